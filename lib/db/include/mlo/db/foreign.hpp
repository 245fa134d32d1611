// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <mlo/db/statement.hpp>
#include <mlo/util/runtime.hpp>

namespace mlo::db {

/// A database that another program wrote, for reading alone: as it was when this was made, whatever is written to it
/// meanwhile. Its schema is not trusted: it runs no functions that could do harm. Used by one thread at a time.
class ForeignDatabase {
public:
    /// `path` is absolute. Throws not_a_database, database_corrupt, database_missing, database_locked.
    ForeignDatabase(const std::string& path, const Runtime& runtime);
    ~ForeignDatabase();
    ForeignDatabase(const ForeignDatabase&) = delete;
    ForeignDatabase& operator=(const ForeignDatabase&) = delete;

    /// The names of its tables and views, sorted, without those of SQLite itself.
    [[nodiscard]] std::vector<std::string> tables();
    /// The names of a table's columns, in its order; none for a table that is not there.
    [[nodiscard]] std::vector<std::string> columns(const std::string& table);
    /// A statement that reads, as Database::statement.
    [[nodiscard]] Statement& statement(std::string_view sql);

private:
    std::unique_ptr<Connection> connection_;
};

}  // namespace mlo::db
