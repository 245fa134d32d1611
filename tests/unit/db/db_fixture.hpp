// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mlo/db/database.hpp>
#include <mlo/util/fs.hpp>
#include <seeded.hpp>
#include <still_world.hpp>
#include <string>
#include <temporary_folder.hpp>

namespace mlo::test {

inline constexpr db::Migration first_version =
    "CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;";
inline constexpr db::Migration second_version =
    "ALTER TABLE notes ADD COLUMN author TEXT; CREATE TABLE authors (name TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;";
inline constexpr db::Migration both_versions[] = {first_version, second_version};
inline constexpr db::Schema old_notes{.application_id = 0x6d6c6f54, .migrations = {both_versions, 1}};
inline constexpr db::Schema notes{.application_id = 0x6d6c6f54, .migrations = both_versions};

/// A Runtime of the real world.
inline Runtime real_runtime() {
    return {real_fs(), system_clock(), system_random(), silent_log(), silent_progress(), {}, 1};
}

inline db::Database open_notes(const std::string& path, db::Access access = db::Access::write,
                               db::Durability durability = db::Durability::process) {
    return db::Database{path, access, durability, notes, real_runtime()};
}

inline void add_note(db::Database& database, std::string_view text) {
    db::Transaction transaction{database};
    database.statement("INSERT INTO notes (text) VALUES (?)").bind_all(text).run();
    transaction.commit();
}

inline std::int64_t number(db::Database& database, std::string_view sql) {
    auto& statement = database.statement(sql);
    const auto value = statement.step() ? statement.integer(0) : -1;
    statement.reset();
    return value;
}

inline std::int64_t count_notes(db::Database& database) { return number(database, "SELECT count(*) FROM notes"); }

}  // namespace mlo::test
