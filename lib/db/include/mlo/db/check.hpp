// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <mlo/db/database.hpp>

/// For `mlo doctor`: what is wrong with a database, and what can be saved of it.
namespace mlo::db {

/// Something in a database that contradicts something else, as SQLite says it.
struct Problem {
    std::string text;
};

/// Reads all of a database; empty if it is sound. At most 100 problems. Damage that keeps SQLite from opening it is a
/// problem too; throws only database_missing, database_locked, interrupted and failures of the system.
[[nodiscard]] std::vector<Problem> check(const std::string& path, const Runtime& runtime);

struct SalvagedTable {
    std::string name;
    std::uint64_t rows = 0;
};

struct Salvage {
    std::vector<SalvagedTable> tables;   ///< every table of the schema
    std::uint64_t pages = 0;             ///< of the damaged database
    std::uint64_t unreadable_pages = 0;  ///< that should hold rows or lead to them
    std::uint64_t refused_rows = 0;      ///< that were read, but break a rule of their table
};

/// Copies the rows that can be read of a damaged database, and of its write-ahead log, into a new one at `into`, which
/// must not exist. The damaged one is read page by page, whatever its trees say, so a damaged root loses no rows; it is
/// not changed. No Database may be open on it in this process. Rows may be missing, and those of damaged pages may hold
/// wrong values: who has checksums checks them. Free pages are left out as long as their list can be read. Throws
/// database_newer for one of a newer schema, whose rows this one does not know.
Salvage salvage(const std::string& damaged, const std::string& into, const Schema& schema, const Runtime& runtime);

/// Puts `made`, a sound database that nobody has open, in the place of the damaged one, by one rename. Before that, a
/// complete and durable copy of the damaged one, its log included, is beside it: "X.damaged-20261122T030000Z". Returns
/// the copy's path. When it fails before the rename, the damaged one is as it was.
[[nodiscard]] std::string replace_damaged(const std::string& damaged, const std::string& made, const Schema& schema,
                                          const Runtime& runtime);

}  // namespace mlo::db
