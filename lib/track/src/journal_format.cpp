// SPDX-License-Identifier: Apache-2.0
#include "journal_format.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <mlo/hash/digest.hpp>
#include <mlo/json/canonical.hpp>
#include <mlo/json/parse.hpp>
#include <mlo/track/errors.hpp>
#include <mlo/track/limits.hpp>
#include <mlo/util/text.hpp>

namespace mlo::track::journal {
namespace {

constexpr std::string_view file_magic{"mlo journal 1\n\0\0", 16};
constexpr std::string_view frame_magic = "MLOj";
constexpr std::size_t id_bytes = 16;
constexpr std::size_t sum_bytes = 16;
/// More is not looked through for frames behind damage.
constexpr std::uint64_t most_summed_bytes = std::uint64_t{1} << 30;

void put(Bytes& bytes, std::uint64_t value, int size) {
    for (int i = 0; i < size; ++i) bytes.push_back(static_cast<std::byte>(value >> (8 * i) & 0xff));
}

std::uint64_t number_at(ByteView bytes, std::size_t offset, std::size_t size) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < size; ++i) value |= std::to_integer<std::uint64_t>(bytes[offset + i]) << (8 * i);
    return value;
}

Bytes id_of(std::string_view run) {
    MLO_ASSERT(is_run_id(run));
    const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
    Bytes bytes;
    for (std::size_t i = 0; i < run.size(); i += 2)
        bytes.push_back(static_cast<std::byte>(digit(run[i]) * 16 + digit(run[i + 1])));
    return bytes;
}

hash::Checksum frame_sum(const Header& header, std::uint64_t number, std::string_view payload) {
    auto bytes = id_of(header.run);
    put(bytes, header.generation, 4);
    put(bytes, payload.size(), 4);
    put(bytes, number, 8);
    append(bytes, as_bytes(payload));
    return hash::xxh3_128(bytes);
}

}  // namespace

Bytes encode(const Header& header) {
    Bytes bytes;
    append(bytes, as_bytes(file_magic));
    append(bytes, id_of(header.run));
    put(bytes, header.generation, 4);
    bytes.resize(header_bytes - sum_bytes);
    const auto sum = hash::xxh3_128(bytes);
    append(bytes, sum);
    return bytes;
}

std::optional<Header> parse_header(ByteView bytes) {
    if (bytes.size() < header_bytes || as_text(bytes.first(file_magic.size())) != file_magic) return std::nullopt;
    Header header{.run = hash::to_hex(bytes.subspan(file_magic.size(), id_bytes)),
                  .generation = static_cast<std::uint32_t>(number_at(bytes, file_magic.size() + id_bytes, 4))};
    if (header.generation == 0 || !std::ranges::equal(encode(header), bytes.first(header_bytes))) return std::nullopt;
    return header;
}

std::string file_name(const Header& header) { return fmt::format("{}.{}.journal", header.run, header.generation); }

Bytes encode_frame(const Header& header, std::uint64_t number, std::string_view payload) {
    MLO_ASSERT(!payload.empty() && payload.size() <= max_payload_bytes);
    Bytes bytes;
    bytes.reserve(frame_header_bytes + payload.size());
    append(bytes, as_bytes(frame_magic));
    put(bytes, payload.size(), 4);
    put(bytes, number, 8);
    append(bytes, frame_sum(header, number, payload));
    append(bytes, as_bytes(payload));
    return bytes;
}

std::optional<Frame> find_frame(ByteView bytes, std::size_t from, const Header& header) {
    const auto text = as_text(bytes);
    std::uint64_t summed = 0;
    for (auto at = text.find(frame_magic, from); at != std::string_view::npos; at = text.find(frame_magic, at + 1)) {
        if (bytes.size() - at < frame_header_bytes) return std::nullopt;
        const auto size = number_at(bytes, at + 4, 4);
        if (size == 0 || size > max_payload_bytes || size > bytes.size() - at - frame_header_bytes) continue;
        if ((summed += size) > most_summed_bytes) return std::nullopt;
        Frame frame{.begin = at,
                    .end = at + frame_header_bytes + size,
                    .number = number_at(bytes, at + 8, 8),
                    .payload = text.substr(at + frame_header_bytes, size)};
        const auto sum = frame_sum(header, frame.number, frame.payload);
        if (std::ranges::equal(sum, bytes.subspan(at + 16, sum_bytes))) return frame;
    }
    return std::nullopt;
}

namespace {

constexpr std::array kinds{"create", "write", "end"};

std::string operation_line(const Operation& operation) {
    json::CanonicalWriter w;
    w.begin_object().key("op").string(kinds.at(static_cast<std::size_t>(operation.kind)));
    w.key("time").integer(operation.time_ms);
    if (const auto& process = operation.process) {
        w.key("process").begin_object();
        w.key("pid").integer(process->pid).key("start").unsigned_integer(process->start_ticks);
        w.key("boot").string(process->boot_id).key("space").string(process->pid_space);
        w.key("host").string(process->host).end_object();
    }
    if (const auto& job = operation.job)
        w.key("job").begin_array().integer(job->first).unsigned_integer(job->second).end_array();
    if (const auto& ingested = operation.ingested) {
        w.key("ingested").begin_array().bytes(as_bytes(ingested->file));
        w.unsigned_integer(ingested->offset_bytes).unsigned_integer(ingested->lines).end_array();
    }
    if (!operation.points.empty()) {
        w.key("points").begin_object();
        for (const auto& [key, points] : operation.points) {
            w.key(key).begin_array();
            for (const auto& point : points)
                w.begin_array().integer(point.step).integer(point.time_ms).real(point.value).end_array();
            w.end_array();
        }
        w.end_object();
    }
    return w.end_object().take();
}

Point point_of(const Value& value) {
    const auto items = value.items();
    if (items.size() != 3) value.fail_type("a step, a time and a value");
    return {items[0].as_integer(), items[1].as_integer(), json::canonical_real(items[2])};
}

Operation operation_of(const Value& root) {
    root.allow_only({"ingested", "job", "op", "points", "process", "time"});
    Operation operation;
    const auto kind = std::ranges::find(kinds, root.get("op").as_string());
    if (kind == kinds.end()) root.get("op").fail_type("'create', 'write' or 'end'");
    operation.kind = static_cast<Kind>(kind - kinds.begin());
    operation.time_ms = root.get("time").as_integer();
    if (const auto process = root.find("process")) {
        process->allow_only({"boot", "host", "pid", "space", "start"});
        operation.process = ProcessIdentity{.pid = process->get("pid").as_integer(),
                                            .start_ticks = process->get("start").as_unsigned(),
                                            .boot_id = std::string{process->get("boot").as_string()},
                                            .pid_space = std::string{process->get("space").as_string()},
                                            .host = std::string{process->get("host").as_string()}};
    }
    if (const auto job = root.find("job")) {
        const auto items = job->items();
        if (items.size() != 2) job->fail_type("a pid and a start");
        operation.job.emplace(items[0].as_integer(), items[1].as_unsigned());
    }
    if (const auto ingested = root.find("ingested")) {
        const auto items = ingested->items();
        if (items.size() != 3) ingested->fail_type("a file, an offset and lines");
        operation.ingested = Ingested{json::canonical_bytes(items[0]), items[1].as_unsigned(), items[2].as_unsigned()};
    }
    if (const auto series = root.find("points")) {
        for (const auto& member : series->members()) {
            auto& [key, points] = operation.points.emplace_back(json::canonical_key(member), std::vector<Point>{});
            for (const auto& item : member.value.items()) points.push_back(point_of(item));
        }
    }
    return operation;
}

/// What a reader binds into its tables must fit there.
bool is_in_bounds(const Operation& operation) {
    constexpr std::uint64_t most = std::uint64_t{1} << 62;
    const bool is_create = operation.kind == Kind::create;
    if (is_create != operation.process.has_value()) return false;
    if (operation.kind != Kind::write && !operation.document) return false;
    if (operation.process && operation.process->start_ticks > most) return false;
    if (operation.job && operation.job->second > most) return false;
    if (operation.ingested && std::max(operation.ingested->offset_bytes, operation.ingested->lines) > most)
        return false;
    const auto& document = operation.document;
    if (document && (!document->metrics.empty() || document->series)) return false;
    if (document && is_open(document->state) == (operation.kind == Kind::end)) return false;
    return std::ranges::none_of(operation.points, [](const auto& series) { return series.second.empty(); });
}

}  // namespace

std::string encode(const Operation& operation) {
    auto payload = operation_line(operation);
    if (operation.document) payload += '\n' + to_canonical_json(*operation.document);
    if (payload.size() > max_payload_bytes)
        throw Error{errors::run_too_large,
                    fmt::format("what is to be recorded together takes {}", format_bytes(payload.size()))}
            .note(fmt::format("a journal takes at most {}", format_bytes(max_payload_bytes)));
    return payload;
}

Operation parse_operation(std::string_view payload, std::string_view name) {
    constexpr std::uint32_t most_nodes = 16'000'000;
    constexpr std::uint8_t most_levels = 8;
    const auto line_end = payload.find('\n');
    const auto line = payload.substr(0, line_end);
    try {
        auto operation = operation_of(json::parse(line, name, {max_payload_bytes, most_nodes, most_levels}).root());
        if (operation_line(operation) != line)
            throw Error{errors::journal_invalid, fmt::format("{} is not in canonical form", quoted(name))};
        if (line_end != std::string_view::npos) operation.document = parse_run(payload.substr(line_end + 1), name);
        if (!is_in_bounds(operation))
            throw Error{errors::journal_invalid, fmt::format("{} contradicts itself", quoted(name))};
        return operation;
    } catch (const Error& error) {
        if (error.code().id == errors::journal_invalid.id || error.kind() == ErrorKind::internal) throw;
        throw Error{errors::journal_invalid,
                    fmt::format("{} is none that mlo writes: {}", quoted(name), error.message())};
    }
}

}  // namespace mlo::track::journal
