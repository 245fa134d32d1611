// SPDX-License-Identifier: Apache-2.0
#include <mlo/track/object_links.hpp>

#include <fmt/format.h>

#include <limits>

#include "run_state.hpp"

namespace mlo::track {
namespace {

// Inputs that were merely present are left out, here and in the indexes.
constexpr std::string_view reads = "SELECT run, path, role FROM inputs WHERE id = ?1 AND role < 2";
constexpr std::string_view writes = "SELECT run, path, 0 AS role FROM outputs WHERE id = ?1";

/// Of the members of a folder hardly one has a run.
bool has_row(RunStore& runs, std::string_view sql, const store::ObjectId& id) {
    const auto binary = id.binary();
    auto& statement = runs.state().database.statement(sql);
    const bool has = statement.bind_all(ByteView{binary}).step();
    statement.reset();
    return has;
}

/// A run that names an object more than once is told once.
ObjectLinks links_of(RunStore& runs, std::string_view source, const store::ObjectId& id, const LinkRequest& request) {
    auto& database = runs.state().database;
    const db::Snapshot view{database};
    const auto sql = fmt::format(
        "SELECT r.id, r.started, o.path, min(o.role), count(*) OVER () FROM ({}) o JOIN runs r ON r.row = o.run "
        "WHERE r.started <= ?2 AND r.started >= ?3 GROUP BY r.row ORDER BY r.started {}, r.id LIMIT ?4",
        source, request.not_before_ms ? "ASC" : "DESC");
    const auto binary = id.binary();
    auto& statement = database.statement(sql);
    statement.bind_all(ByteView{binary}, request.not_after_ms.value_or(std::numeric_limits<std::int64_t>::max()),
                       request.not_before_ms.value_or(std::numeric_limits<std::int64_t>::min()), request.limit);
    ObjectLinks found;
    std::uint64_t count = 0;
    while (statement.step()) {
        found.links.push_back({std::string{statement.text(0)}, statement.integer(1),
                               std::string{as_text(statement.blob(2))}, static_cast<InputRole>(statement.integer(3))});
        count = static_cast<std::uint64_t>(statement.integer(4));
    }
    found.omitted = count - found.links.size();
    return found;
}

std::vector<store::ObjectId> folders_at(RunStore& runs, std::string_view sql, std::string_view path,
                                        std::uint32_t limit) {
    auto& statement = runs.state().database.statement(sql);
    statement.bind_all(as_bytes(path), limit);
    std::vector<store::ObjectId> folders;
    while (statement.step())
        if (const auto id = store::ObjectId::from_binary(statement.blob(0))) folders.push_back(*id);
    return folders;
}

}  // namespace

ObjectLinks writers_of(RunStore& runs, const store::ObjectId& id, const LinkRequest& request) {
    if (!has_row(runs, "SELECT 1 FROM outputs WHERE id = ? LIMIT 1", id)) return {};
    return links_of(runs, writes, id, request);
}

ObjectLinks readers_of(RunStore& runs, const store::ObjectId& id, const LinkRequest& request) {
    if (!has_row(runs, "SELECT 1 FROM inputs WHERE id = ? AND role < 2 LIMIT 1", id)) return {};
    return links_of(runs, reads, id, request);
}

std::vector<store::ObjectId> folders_written_at(RunStore& runs, std::string_view path, std::uint32_t limit) {
    return folders_at(runs, "SELECT DISTINCT id FROM outputs WHERE kind = 1 AND path = ? LIMIT ?", path, limit);
}

std::vector<store::ObjectId> folders_read_at(RunStore& runs, std::string_view path, std::uint32_t limit) {
    return folders_at(runs, "SELECT DISTINCT id FROM inputs WHERE kind = 1 AND role < 2 AND path = ? LIMIT ?", path,
                      limit);
}

std::vector<NamedObject> find_objects(RunStore& runs, ByteView start, std::uint32_t limit) {
    auto& statement = runs.state().database.statement(
        "SELECT id, kind, min(path) FROM (SELECT id, kind, path FROM outputs WHERE id >= ?1 AND id < ?2 UNION ALL "
        "SELECT id, kind, path FROM inputs WHERE id >= ?1 AND id < ?2) GROUP BY id LIMIT ?3");
    // Before the digest stands what tells its kind.
    const auto any = store::ObjectId{}.binary();
    Bytes first{any.front()};
    first.insert(first.end(), start.begin(), start.end());
    Bytes end = first;
    end.resize(any.size() + 1, std::byte{0xff});
    statement.bind_all(ByteView{first}, ByteView{end}, limit);
    std::vector<NamedObject> found;
    while (statement.step()) {
        if (const auto id = store::ObjectId::from_binary(statement.blob(0)))
            found.push_back({*id, statement.integer(1) == 0 ? store::ObjectKind::blob : store::ObjectKind::tree,
                             std::string{as_text(statement.blob(2))}});
    }
    return found;
}

}  // namespace mlo::track
