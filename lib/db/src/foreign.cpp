// SPDX-License-Identifier: Apache-2.0
#include <mlo/db/foreign.hpp>

#include "connection.hpp"

namespace mlo::db {

ForeignDatabase::ForeignDatabase(const std::string& path, const Runtime& runtime)
    : connection_{std::make_unique<Connection>(path, Access::read, Durability::process, runtime)} {
    connection_->execute("PRAGMA query_only = ON");
    connection_->execute("BEGIN");
}

ForeignDatabase::~ForeignDatabase() = default;

std::vector<std::string> ForeignDatabase::tables() {
    auto& names = statement(
        "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' "
        "ORDER BY name");
    std::vector<std::string> all;
    while (names.step()) all.emplace_back(names.text(0));
    return all;
}

std::vector<std::string> ForeignDatabase::columns(const std::string& table) {
    auto& names = statement("SELECT name FROM pragma_table_info(?) ORDER BY cid");
    names.bind(1, table);
    std::vector<std::string> all;
    while (names.step()) all.emplace_back(names.text(0));
    return all;
}

Statement& ForeignDatabase::statement(std::string_view sql) { return connection_->statement(sql); }

}  // namespace mlo::db
