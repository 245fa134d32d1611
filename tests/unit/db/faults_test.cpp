// SPDX-License-Identifier: Apache-2.0
// The disk fails at each call in turn, once or from there on.
#include <catch2/catch.hpp>
#include <failure.hpp>
#include <filesystem>
#include <mlo/db/errors.hpp>
#include <set>
#include <sqlite_faults.hpp>

#include "db_fixture.hpp"

namespace mlo::test {
namespace {

using db::Access;
using db::Database;
using db::Durability;
using db::Transaction;

constexpr std::int64_t transactions = 5;

/// What the program was told.
struct Told {
    std::set<std::int64_t> stored;
    std::set<std::string_view> errors;
};

/// Stores two rows in each transaction, on one connection as long as there is one.
Told write_notes(const std::string& path, Durability durability) {
    Told told;
    std::optional<Database> database;
    for (std::int64_t i = 1; i <= transactions; ++i) {
        const auto error = error_of([&] {
            if (!database) database.emplace(path, Access::write, durability, notes, real_runtime());
            Transaction transaction{*database};
            for (int row = 0; row < 2; ++row)
                database->statement("INSERT INTO notes (text, author) VALUES (?, ?)")
                    .bind_all(std::string(3000, 'x'), std::to_string(i))
                    .run();
            transaction.commit();
            told.stored.insert(i);
            return 0;
        });
        if (error) told.errors.insert(error->code().id);
        if (i == 3 && database) static_cast<void>(error_of([&] { return database->checkpoint(), 0; }));
    }
    return told;
}

TEST_CASE("whatever call fails, what was acknowledged is stored, and nothing is stored by half") {
    const auto kind =
        GENERATE(SqliteFaults::Kind::no_space, SqliteFaults::Kind::io_error, SqliteFaults::Kind::short_write);
    const auto law = GENERATE(SqliteFaults::Law::once, SqliteFaults::Law::persistent);
    const auto durability = GENERATE(Durability::process, Durability::power);
    const bool is_there = GENERATE(false, true);
    SqliteFaults faults;
    std::uint64_t call = 1;
    std::set<std::string_view> errors;
    for (bool has_struck = true; has_struck; ++call) {
        TemporaryFolder folder;
        const auto path = folder.path("a.db");
        if (is_there) open_notes(path);
        faults.fail(kind, call, law);
        const auto told = write_notes(path, durability);
        has_struck = faults.struck();
        faults.heal();
        errors.insert(told.errors.begin(), told.errors.end());
        auto database = open_notes(path);
        INFO("call " << call);
        auto& check = database.statement("PRAGMA integrity_check");
        REQUIRE(check.step());
        REQUIRE(check.text(0) == "ok");
        check.reset();
        for (std::int64_t i = 1; i <= transactions; ++i) {
            const auto rows = number(database, "SELECT count(*) FROM notes WHERE author = " + std::to_string(i));
            REQUIRE((rows == 2 || (rows == 0 && !told.stored.contains(i))));
        }
        if (!has_struck) REQUIRE(told.stored.size() == transactions);
    }
    CHECK(call > 20);
    const std::set<std::string_view> fitting = kind == SqliteFaults::Kind::no_space
                                                   ? std::set<std::string_view>{db::errors::database_full.id, "U005"}
                                                   : std::set<std::string_view>{db::errors::database_io.id, "U002"};
    for (const auto& error : errors) CHECK(fitting.contains(error));
    CHECK(errors.contains(*fitting.begin()));
}

TEST_CASE("a full disk is told as such") {
    TemporaryFolder folder;
    const auto path = folder.path("a.db");
    SqliteFaults faults;
    auto database = open_notes(path);
    faults.fail(SqliteFaults::Kind::no_space, 1, SqliteFaults::Law::persistent);
    const auto error = error_of([&] { return add_note(database, "x"), 0; });
    REQUIRE(error);
    CHECK(error->code().id == db::errors::database_full.id);
    CHECK(error->message() == "no space is left for '" + path + "'");
    faults.heal();
    add_note(database, "y");
    CHECK(count_notes(database) == 1);
}

}  // namespace
}  // namespace mlo::test
