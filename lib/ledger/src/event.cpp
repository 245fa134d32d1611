// SPDX-License-Identifier: Apache-2.0
#include <mlo/ledger/event.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <mlo/json/canonical.hpp>
#include <mlo/json/parse.hpp>
#include <mlo/ledger/errors.hpp>
#include <mlo/util/text.hpp>

#include "rules.hpp"

namespace mlo::ledger {
namespace {

constexpr std::int64_t format_version = 1;
/// Of a run.
constexpr std::size_t smallest_event_bytes = 150;

std::string_view name_of(store::ObjectKind kind) noexcept { return kind == store::ObjectKind::blob ? "blob" : "tree"; }

bool is_hex(char c) noexcept { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

bool is_kind_name(std::string_view name) noexcept {
    if (name.empty() || name.size() > max_kind_bytes) return false;
    char before = '.';
    for (const char c : name) {
        const bool is_word = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
        if (!is_word && (c != '.' || before == '.')) return false;
        before = c;
    }
    return before != '.';
}

bool is_subject(std::string_view text) noexcept {
    const bool is_plain = std::none_of(text.begin(), text.end(),
                                       [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
    return !text.empty() && text.size() <= max_subject_bytes && is_plain && is_valid_utf8(text);
}

[[noreturn]] void refuse(const std::string& why) {
    throw Error{errors::event_invalid, "an event is not what mlo writes: " + why}.hint(
        "none of what came was taken; have it pushed again from the clone that wrote it");
}

template <class T>
T wanted(std::optional<T> value, std::string_view member) {
    if (!value) refuse(fmt::format("{} is wrong", quoted(member)));
    return *std::move(value);
}

std::optional<hash::Digest> digest_or_null(const Value& value, std::string_view member) {
    if (value.is_null()) return std::nullopt;
    return wanted(hash::Digest::parse(value.as_string()), member);
}

store::ObjectRef object_of(const Value& value) {
    const auto pair = value.items();
    if (pair.size() != 2) refuse("'ids' is wrong");
    const auto kind = pair[0].as_string();
    if (kind != "blob" && kind != "tree") refuse("'ids' is wrong");
    return {wanted(hash::Digest::parse(pair[1].as_string()), "ids"),
            kind == "blob" ? store::ObjectKind::blob : store::ObjectKind::tree};
}

Event read_event(const Value& root) {
    if (const auto version = root.get("version").as_integer(); version > format_version)
        throw Error{errors::event_newer,
                    fmt::format("an event has version {}, this mlo knows {}", version, format_version)}
            .hint("use the newer mlo that wrote it; none of what came was taken");
    root.allow_only({"body", "ids", "kind", "previous", "seq", "subject", "time", "version", "writer"});
    Event event{.writer = std::string{root.get("writer").as_string()},
                .seq = root.get("seq").as_unsigned(),
                .time = wanted(parse_rfc3339(root.get("time").as_string()), "time"),
                .kind = std::string{root.get("kind").as_string()},
                .subject = std::string{root.get("subject").as_string()},
                .ids = {},
                .body = digest_or_null(root.get("body"), "body"),
                .previous = digest_or_null(root.get("previous"), "previous"),
                .hash = {}};
    for (const auto& item : root.get("ids").items()) event.ids.push_back(object_of(item));
    return event;
}

}  // namespace

bool is_writer(std::string_view text) noexcept {
    return text.size() == writer_digits && std::all_of(text.begin(), text.end(), is_hex);
}

std::optional<std::string> fault_of(const Event& event) {
    const auto* const kind = find_kind(event.kind);
    const bool is_sorted =
        std::adjacent_find(event.ids.begin(), event.ids.end(), std::greater_equal<>{}) == event.ids.end();
    if (!is_writer(event.writer)) return "'writer' is wrong";
    if (event.seq == 0 || event.seq > max_seq) return "'seq' is wrong";
    if (event.previous.has_value() != (event.seq > 1)) return "'previous' is wrong";
    if (!is_kind_name(event.kind)) return "'kind' is wrong";
    if (!is_subject(event.subject)) return "'subject' is wrong";
    if (!is_sorted) return "'ids' are not in order";
    if (kind != nullptr && event.body.has_value() != (kind->body == HasBody::yes))
        return "'body' is wrong for its kind";
    if (event.kind == retract_kind && !Place::parse(event.subject)) return "'subject' is no event";
    return std::nullopt;
}

std::string encode(const Event& event) {
    json::CanonicalWriter writer;
    const auto digest = [&](std::string_view key, const std::optional<hash::Digest>& value) {
        writer.key(key);
        if (value)
            writer.string(value->to_string());
        else
            writer.null();
    };
    writer.begin_object();
    digest("body", event.body);
    writer.key("ids").begin_array();
    for (const auto& object : event.ids)
        writer.begin_array().string(name_of(object.kind)).string(object.id.to_string()).end_array();
    writer.end_array().key("kind").string(event.kind);
    digest("previous", event.previous);
    writer.key("seq").unsigned_integer(event.seq);
    writer.key("subject").string(event.subject);
    writer.key("time").string(to_rfc3339(event.time));
    writer.key("version").integer(format_version);
    writer.key("writer").string(event.writer);
    return writer.end_object().take();
}

Event decode(std::string_view bytes) {
    if (bytes.size() > max_event_bytes) refuse("it is larger than 1 MiB");
    Event event;
    try {
        const auto document =
            json::parse(bytes, "event", {.size_bytes = max_event_bytes, .nodes = 100'000, .depth = 4});
        event = read_event(document.root());
    } catch (const Error& error) {
        if (error.kind() != ErrorKind::config) throw;
        refuse(error.message());
    }
    if (const auto fault = fault_of(event)) refuse(*fault);
    if (encode(event) != bytes) refuse("its JSON is not canonical");
    event.hash = hash::sha256(as_bytes(bytes));
    return event;
}

std::string encode_run(std::span<const Event> events) {
    std::string text;
    for (const auto& event : events) text += encode(event) + '\n';
    return text;
}

std::vector<Event> decode_run(std::string_view text) {
    if (text.empty() || text.size() > max_run_bytes || text.back() != '\n')
        throw Error{errors::event_invalid, "a run of events is empty, cut off or too large"}.hint(
            "none of what came was taken; have it pushed again from the clone that wrote it");
    std::vector<Event> run;
    run.reserve(std::min<std::size_t>(text.size() / smallest_event_bytes + 1, 4096));
    while (!text.empty()) {
        const auto end = text.find('\n');
        run.push_back(decode(text.substr(0, end)));
        text.remove_prefix(end + 1);
        if (run.size() == 1) continue;
        const auto& event = run.back();
        const auto& before = run[run.size() - 2];
        if (event.writer != before.writer || event.seq != before.seq + 1 || event.previous != before.hash)
            throw Error{errors::event_invalid, fmt::format("event {} does not follow the one before it",
                                                           quoted(Place{event.writer, event.seq}.to_string()))}
                .hint("none of what came was taken; have it pushed again from the clone that wrote it");
    }
    return run;
}

Bytes pack_ids(const std::vector<store::ObjectRef>& ids) {
    Bytes bytes;
    bytes.reserve(ids.size() * (1 + hash::Digest::binary_size));
    for (const auto& object : ids) {
        bytes.push_back(static_cast<std::byte>(object.kind));
        append(bytes, object.id.binary());
    }
    return bytes;
}

std::optional<std::vector<store::ObjectRef>> unpack_ids(ByteView bytes) {
    constexpr std::size_t each = 1 + hash::Digest::binary_size;
    std::vector<store::ObjectRef> ids;
    if (bytes.size() % each != 0) return std::nullopt;
    ids.reserve(bytes.size() / each);
    for (; !bytes.empty(); bytes = bytes.subspan(each)) {
        const auto id = hash::Digest::from_binary(bytes.subspan(1, hash::Digest::binary_size));
        if (!id || std::to_integer<unsigned>(bytes[0]) > 1) return std::nullopt;
        ids.push_back({*id, static_cast<store::ObjectKind>(bytes[0])});
    }
    return ids;
}

}  // namespace mlo::ledger
