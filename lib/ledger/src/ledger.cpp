// SPDX-License-Identifier: Apache-2.0
#include <mlo/ledger/ledger.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <mlo/ledger/errors.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/text.hpp>
#include <tuple>

#include "rules.hpp"
#include "tables.hpp"

namespace mlo::ledger {
namespace {

std::optional<hash::Digest> digest_of(ByteView bytes) {
    hash::Digest digest;
    if (bytes.size() != digest.bytes.size()) return std::nullopt;
    std::copy(bytes.begin(), bytes.end(), digest.bytes.begin());
    return digest;
}

std::optional<ByteView> bytes_of(const std::optional<hash::Digest>& digest) {
    return digest ? std::optional<ByteView>{digest->bytes} : std::nullopt;
}

void sort_ids(std::vector<store::ObjectRef>& ids) {
    std::sort(ids.begin(), ids.end());
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
}

}  // namespace

Bytes writer_bytes(std::string_view hex) {
    MLO_ASSERT(is_writer(hex));
    const auto value = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
    Bytes bytes;
    for (std::size_t i = 0; i < hex.size(); i += 2)
        bytes.push_back(static_cast<std::byte>(value(hex[i]) * 16 + value(hex[i + 1])));
    return bytes;
}

std::string writer_text(ByteView bytes) { return hash::to_hex(bytes); }

Event read_event(db::Statement& row) {
    auto ids = unpack_ids(row.blob(8));
    const auto own_hash = digest_of(row.blob(2));
    if (row.blob(0).size() != writer_digits / 2 || row.integer(1) < 1 || !own_hash || !ids)
        throw Error{errors::ledger_damaged, "a row of the ledger is no event"}.hint("mlo doctor");
    return {.writer = writer_text(row.blob(0)),
            .seq = static_cast<std::uint64_t>(row.integer(1)),
            .time = Timestamp{std::chrono::nanoseconds{row.integer(4)}},
            .kind = std::string{row.text(5)},
            .subject = std::string{row.text(6)},
            .ids = *std::move(ids),
            .body = digest_of(row.blob(7)),
            .previous = digest_of(row.blob(3)),
            .hash = *own_hash};
}

Ledger::Ledger(const std::string& folder, db::Access access, const Runtime& runtime)
    : database_{path::join(folder, file_name), access, db::Durability::power, schema, runtime}, runtime_{runtime} {}

Event Ledger::append(const std::string& writer, const NewEvent& event) {
    return append(writer, std::span{&event, 1}).front();
}

std::vector<Event> Ledger::append(const std::string& writer, std::span<const NewEvent> events) {
    std::vector<Event> added;
    db::Transaction transaction{database_};
    auto last = head(writer);
    for (const auto& wanted : events) {
        const auto* const kind = find_kind(wanted.kind);
        MLO_ASSERT(kind != nullptr && (kind->body == HasBody::yes) == !wanted.body.empty());
        Event event{.writer = writer,
                    .seq = last ? last->seq + 1 : 1,
                    .time = runtime_.clock.now(),
                    .kind = wanted.kind,
                    .subject = wanted.subject,
                    .ids = wanted.ids,
                    .body = {},
                    .previous = last ? std::optional{last->hash} : std::nullopt,
                    .hash = {}};
        sort_ids(event.ids);
        if (!wanted.body.empty()) {
            if (wanted.body.size() > max_body_bytes)
                throw Error{errors::event_too_large,
                            fmt::format("what is to be recorded of {} takes {}, over 1 MiB", quoted(event.subject),
                                        format_bytes(wanted.body.size()))}
                    .hint("record less in one piece: large values belong in files that the record names");
            MLO_ASSERT(is_canonical(wanted.body));
            event.body = hash::sha256(as_bytes(wanted.body));
        }
        MLO_ASSERT(!fault_of(event));
        const auto bytes = encode(event);
        if (bytes.size() > max_event_bytes)
            throw Error{errors::event_too_large,
                        fmt::format("the {} that {} is about are too many for one event",
                                    plural(event.ids.size(), "object", "objects"), quoted(event.subject))}
                .hint("record less in one piece: a folder is one object");
        event.hash = hash::sha256(as_bytes(bytes));
        insert(event);
        if (event.body) insert_body(wanted.body, *event.body);
        last = Head{event.seq, event.hash};
        added.push_back(std::move(event));
    }
    transaction.commit();
    return added;
}

Event Ledger::retract(const std::string& writer, const Place& place) {
    const auto event = is_writer(place.writer) ? find(place.writer, place.seq) : std::nullopt;
    if (!event || event->kind == retract_kind)
        throw Error{errors::event_unknown,
                    fmt::format("{} is no event that can be retracted", quoted(place.to_string()))}
            .hint("fetch from the remote that has it, and try again: mlo pull");
    return append(writer, NewEvent{.kind = std::string{retract_kind}, .subject = place.to_string()});
}

std::optional<Head> Ledger::head(const std::string& writer) {
    auto& select = database_.statement("SELECT seq, hash FROM events WHERE writer = ? ORDER BY seq DESC LIMIT 1");
    if (!select.bind_all(writer_bytes(writer)).step()) return std::nullopt;
    const auto digest = digest_of(select.blob(1));
    const auto seq = static_cast<std::uint64_t>(select.integer(0));
    select.reset();
    if (!digest) throw Error{errors::ledger_damaged, "a row of the ledger is no event"}.hint("mlo doctor");
    return Head{seq, *digest};
}

void Ledger::insert(const Event& event) {
    database_.statement("INSERT INTO events (" MLO_EVENT_COLUMNS ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")
        .bind_all(writer_bytes(event.writer), event.seq, ByteView{event.hash.bytes}, bytes_of(event.previous),
                  event.time.time_since_epoch().count(), event.kind, event.subject, bytes_of(event.body),
                  pack_ids(event.ids))
        .run();
}

bool Ledger::insert_body(std::string_view content, const hash::Digest& id) {
    database_.statement("INSERT OR IGNORE INTO bodies (id, content) VALUES (?, ?)")
        .bind_all(ByteView{id.bytes}, content)
        .run();
    return database_.changes() > 0;
}

std::optional<Event> Ledger::find(const std::string& writer, std::uint64_t seq) {
    auto& select = database_.statement("SELECT " MLO_EVENT_COLUMNS " FROM events WHERE writer = ? AND seq = ?");
    if (seq > max_seq || !select.bind_all(writer_bytes(writer), seq).step()) return std::nullopt;
    auto event = read_event(select);
    select.reset();
    return event;
}

std::vector<Event> Ledger::range(const std::string& writer, std::uint64_t first, std::uint64_t most) {
    std::vector<Event> events;
    auto& select = database_.statement("SELECT " MLO_EVENT_COLUMNS
                                       " FROM events WHERE writer = ? AND seq >= ? ORDER BY seq LIMIT ?");
    if (first > max_seq) return events;
    select.bind_all(writer_bytes(writer), first, std::min(most, max_seq));
    while (select.step()) events.push_back(read_event(select));
    return events;
}

std::map<std::string, Head, std::less<>> Ledger::heads() {
    std::map<std::string, Head, std::less<>> heads;
    // One look into the index for each writer, not for each event.
    auto& next = database_.statement("SELECT writer FROM events WHERE writer > ? ORDER BY writer LIMIT 1");
    Bytes last;
    while (next.bind_all(last).step()) {
        last.assign(next.blob(0).begin(), next.blob(0).end());
        next.reset();
        const auto writer = writer_text(last);
        if (const auto found = head(writer)) heads.emplace(writer, *found);
    }
    return heads;
}

void Ledger::for_each_since(const Watermarks& seen, const std::function<void(const Event&)>& visit) {
    const db::Snapshot snapshot{database_};
    for (const auto& [writer, head] : heads()) {
        const auto mark = seen.find(writer);
        const auto after = mark == seen.end() ? 0 : mark->second;
        if (after >= head.seq) continue;
        auto& select =
            database_.statement("SELECT " MLO_EVENT_COLUMNS " FROM events WHERE writer = ? AND seq > ? ORDER BY seq");
        select.bind_all(writer_bytes(writer), after);
        while (select.step()) {
            runtime_.check_stop();
            visit(read_event(select));
        }
    }
}

std::vector<Event> Ledger::by_subject(std::string_view subject) {
    std::vector<Event> events;
    auto& select = database_.statement("SELECT " MLO_EVENT_COLUMNS " FROM events WHERE subject = ?");
    select.bind_all(subject);
    while (select.step()) events.push_back(read_event(select));
    std::sort(events.begin(), events.end(), [](const Event& a, const Event& b) {
        return std::tie(a.time, a.writer, a.seq) < std::tie(b.time, b.writer, b.seq);
    });
    return events;
}

bool Ledger::is_retracted(const Place& place) {
    auto& select = database_.statement("SELECT 1 FROM events WHERE subject = ? AND kind = 'retract' LIMIT 1");
    const bool is_found = select.bind_all(place.to_string()).step();
    select.reset();
    const auto event = is_found ? find(place.writer, place.seq) : std::nullopt;
    return is_found && (!event || event->kind != retract_kind);
}

std::optional<std::string> Ledger::body(const hash::Digest& id) {
    auto& select = database_.statement("SELECT content FROM bodies WHERE id = ?");
    if (!select.bind_all(ByteView{id.bytes}).step()) return std::nullopt;
    std::string content{select.text(0)};
    select.reset();
    if (hash::sha256(as_bytes(content)) != id)
        throw Error{errors::ledger_damaged,
                    fmt::format("the ledger's body {} is not what its id says", quoted(id.to_string()))}
            .hint("mlo doctor");
    return content;
}

bool Ledger::has_body(const hash::Digest& id) {
    auto& select = database_.statement("SELECT 1 FROM bodies WHERE id = ?");
    const bool is_found = select.bind_all(ByteView{id.bytes}).step();
    select.reset();
    return is_found;
}

std::vector<Event> Ledger::without_body(std::uint64_t most) {
    std::vector<Event> events;
    auto& select = database_.statement(
        "SELECT " MLO_EVENT_COLUMNS
        " FROM events WHERE body IS NOT NULL AND body NOT IN (SELECT id FROM bodies) ORDER BY writer, seq LIMIT ?");
    select.bind_all(std::min(most, max_seq));
    while (select.step()) events.push_back(read_event(select));
    return events;
}

std::vector<store::ObjectRef> Ledger::roots() {
    const db::Snapshot snapshot{database_};
    std::vector<store::ObjectRef> roots;
    auto& select = database_.statement(
        "SELECT " MLO_EVENT_COLUMNS
        " FROM events AS event WHERE length(ids) > 0 AND (kind = 'retract' OR NOT EXISTS (SELECT 1 FROM events WHERE "
        "kind = 'retract' AND subject = lower(hex(event.writer)) || '/' || event.seq))");
    while (select.step()) {
        runtime_.check_stop();
        const auto event = read_event(select);
        roots.insert(roots.end(), event.ids.begin(), event.ids.end());
    }
    sort_ids(roots);
    return roots;
}

}  // namespace mlo::ledger
