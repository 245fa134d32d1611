// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <failure.hpp>
#include <limits>
#include <mlo/db/errors.hpp>
#include <mlo/util/errors.hpp>
#include <mlo/util/text.hpp>
#include <refused.hpp>

#include "db_fixture.hpp"

namespace mlo::test {
namespace {

using db::Access;
using db::Database;
using db::Durability;
using db::Transaction;

TEST_CASE("a database is made with its schema, and is there the next time") {
    TemporaryFolder folder;
    const auto path = folder.path("a.db");
    {
        auto database = open_notes(path);
        CHECK(database.path() == path);
        add_note(database, "one");
        CHECK(database.last_row_id() == 1);
        CHECK(database.changes() == 1);
    }
    auto database = open_notes(path);
    CHECK(count_notes(database) == 1);
    CHECK(number(database, "PRAGMA user_version") == 2);
    CHECK(number(database, "PRAGMA application_id") == notes.application_id);
    auto reader = open_notes(path, Access::read);
    CHECK(count_notes(reader) == 1);
}

TEST_CASE("every kind of value comes back as it was bound") {
    TemporaryFolder folder;
    auto database = open_notes(folder.path("a.db"));
    const std::string text{"a\0b'\"", 5};
    const Bytes bytes{std::byte{0}, std::byte{255}};
    constexpr auto highest = std::numeric_limits<std::int64_t>::max();
    constexpr auto infinity = std::numeric_limits<double>::infinity();
    auto& statement = database.statement("SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?");
    statement.bind_all(highest, -1, true, infinity, text, bytes, nullptr, std::string_view{}, ByteView{});
    REQUIRE(statement.step());
    CHECK(statement.integer(0) == highest);
    CHECK(statement.integer(1) == -1);
    CHECK(statement.integer(2) == 1);
    CHECK(statement.real(3) == infinity);
    CHECK(statement.text(4) == text);
    CHECK(Bytes{statement.blob(5).begin(), statement.blob(5).end()} == bytes);
    CHECK(statement.is_null(6));
    CHECK_FALSE(statement.is_null(7));
    CHECK(statement.text(7).empty());
    CHECK_FALSE(statement.is_null(8));
    CHECK_FALSE(statement.step());
    auto& optional = database.statement("SELECT ?, ?");
    optional.bind_all(std::optional<std::string>{"x"}, std::optional<std::int64_t>{});
    REQUIRE(optional.step());
    CHECK(optional.text(0) == "x");
    CHECK(optional.is_null(1));
}

TEST_CASE("a statement is handed out without what was bound before") {
    TemporaryFolder folder;
    auto database = open_notes(folder.path("a.db"));
    REQUIRE(database.statement("SELECT ?").bind_all(1).step());
    auto& again = database.statement("SELECT ?");
    REQUIRE(again.step());
    CHECK(again.is_null(0));
}

TEST_CASE("a transaction that is not committed leaves nothing") {
    TemporaryFolder folder;
    auto database = open_notes(folder.path("a.db"));
    add_note(database, "kept");
    {
        Transaction transaction{database};
        database.statement("INSERT INTO notes (text) VALUES ('dropped')").run();
        CHECK(count_notes(database) == 2);
    }
    CHECK(count_notes(database) == 1);
    add_note(database, "after it");
    CHECK(count_notes(database) == 2);
}

TEST_CASE("a refused row ends with its transaction, and the connection goes on") {
    TemporaryFolder folder;
    auto database = open_notes(folder.path("a.db"));
    const auto add_two = [&] {
        Transaction transaction{database};
        for (const auto* const text : {"a", "b"})
            database.statement("INSERT INTO notes (id, text) VALUES (1, ?)").bind_all(text).run();
        transaction.commit();
        return 0;
    };
    CHECK(refused(add_two) ==
          "D011  '" + database.path() + "' refuses a row: UNIQUE constraint failed: notes.id help: mlo doctor");
    CHECK(count_notes(database) == 0);
    const auto add_number = [&] {
        Transaction transaction{database};
        database.statement("INSERT INTO notes (text) VALUES (?)").bind_all(ByteView{}).run();
        return 0;
    };
    CHECK(failure(add_number) == db::errors::row_refused.id);
    add_note(database, "fine");
    CHECK(count_notes(database) == 1);
}

TEST_CASE("a write outside a transaction is a bug, and so is one by a reader") {
    TemporaryFolder folder;
    const auto path = folder.path("a.db");
    auto database = open_notes(path);
    CHECK(failure([&] {
              database.statement("INSERT INTO notes (text) VALUES ('x')").run();
              return 0;
          }) == errors::assertion.id);
    CHECK(failure([&] {
              database.execute("DELETE FROM notes");
              return 0;
          }) == errors::assertion.id);
    auto reader = open_notes(path, Access::read);
    CHECK(failure([&] { return Transaction{reader}, 0; }) == errors::assertion.id);
    CHECK(failure([&] { return &database.statement("SELEKT"); }) == db::errors::statement_failed.id);
}

TEST_CASE("a snapshot does not change while others write") {
    TemporaryFolder folder;
    auto writer = open_notes(folder.path("a.db"));
    auto reader = open_notes(folder.path("a.db"), Access::read);
    add_note(writer, "before");
    {
        const db::Snapshot snapshot{reader};
        CHECK(count_notes(reader) == 1);
        add_note(writer, "meanwhile");
        CHECK(count_notes(reader) == 1);
    }
    CHECK(count_notes(reader) == 2);
}

TEST_CASE("an older database is brought up to date, by a reader too") {
    for (const auto access : {Access::write, Access::read}) {
        TemporaryFolder folder;
        const auto path = folder.path("a.db");
        {
            Database old{path, Access::write, Durability::process, old_notes, real_runtime()};
            Transaction transaction{old};
            old.statement("INSERT INTO notes (text) VALUES ('old')").run();
            transaction.commit();
        }
        auto database = open_notes(path, access);
        CHECK(number(database, "SELECT count(*) FROM notes WHERE author IS NULL") == 1);
        CHECK(number(database, "PRAGMA user_version") == 2);
    }
}

TEST_CASE("a migration that fails leaves the version before") {
    TemporaryFolder folder;
    const auto path = folder.path("a.db");
    static constexpr db::Migration broken[] = {first_version, "CREATE TABLE more (a INTEGER) STRICT; CREATE NONSENSE"};
    const db::Schema schema{.application_id = notes.application_id, .migrations = broken};
    { Database{path, Access::write, Durability::process, old_notes, real_runtime()}; }
    CHECK(failure([&] {
              return Database{path, Access::write, Durability::process, schema, real_runtime()}, 0;
          }) == db::errors::statement_failed.id);
    auto database = open_notes(path);
    CHECK(number(database, "SELECT count(*) FROM sqlite_schema WHERE name = 'more'") == 0);
}

TEST_CASE("the version of SQLite is three numbers") {
    CHECK(split(std::string{db::sqlite_version()}, '.').size() == 3);
}

}  // namespace
}  // namespace mlo::test
