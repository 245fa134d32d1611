// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <mlo/db/foreign.hpp>
#include <refused.hpp>

#include "db_fixture.hpp"

namespace mlo::test {
namespace {

using db::ForeignDatabase;

/// Makes a database of these statements, as another program might.
void make_database(const TemporaryFolder& folder, const std::string& name, std::string_view sql) {
    const db::Migration migrations[] = {sql};
    const db::Schema schema{.application_id = 0x6d6c6f54, .migrations = migrations};
    db::Database database{folder.path(name), db::Access::write, db::Durability::process, schema, real_runtime()};
    database.checkpoint();
}

TEST_CASE("the tables and columns of another program's database are listed") {
    const TemporaryFolder folder;
    make_database(
        folder, "a.db",
        "CREATE TABLE zebra (b TEXT, a INTEGER PRIMARY KEY AUTOINCREMENT, \"odd 'name\" BLOB); CREATE TABLE ant (x); "
        "CREATE VIEW many AS SELECT a + 1 AS next FROM zebra; CREATE INDEX i ON ant (x);");
    ForeignDatabase database{folder.path("a.db"), real_runtime()};
    CHECK(database.tables() == std::vector<std::string>{"ant", "many", "zebra"});
    CHECK(database.columns("zebra") == std::vector<std::string>{"b", "a", "odd 'name"});
    CHECK(database.columns("many") == std::vector<std::string>{"next"});
    CHECK(database.columns("none").empty());
    CHECK(database.columns("x'); DROP TABLE ant; --").empty());
}

TEST_CASE("another program's database is read as it was when it was opened") {
    const TemporaryFolder folder;
    auto writer = open_notes(folder.path("a.db"));
    add_note(writer, "one");
    ForeignDatabase database{folder.path("a.db"), real_runtime()};
    const auto count = [&] {
        auto& statement = database.statement("SELECT count(*) FROM notes");
        REQUIRE(statement.step());
        const auto value = statement.integer(0);
        statement.reset();
        return value;
    };
    CHECK(count() == 1);
    add_note(writer, "two");
    CHECK(count() == 1);
    CHECK(count_notes(writer) == 2);
    ForeignDatabase later{folder.path("a.db"), real_runtime()};
    auto& texts = later.statement("SELECT text FROM notes ORDER BY id DESC");
    REQUIRE(texts.step());
    CHECK(texts.text(0) == "two");
}

TEST_CASE("nothing is written to another program's database") {
    const TemporaryFolder folder;
    make_database(folder, "a.db", "CREATE TABLE t (x); INSERT INTO t VALUES (1);");
    ForeignDatabase database{folder.path("a.db"), real_runtime()};
    for (const std::string_view sql :
         {"INSERT INTO t VALUES (2)", "DELETE FROM t", "CREATE TABLE u (x)", "UPDATE t SET x = 3", "DROP TABLE t"})
        CHECK(refused([&] { database.statement(sql).run(); }).starts_with("U001"));
    auto& rows = database.statement("SELECT sum(x) FROM t");
    REQUIRE(rows.step());
    CHECK(rows.integer(0) == 1);
}

TEST_CASE("what is no database, or none that is sound, is refused when it is opened or read") {
    const TemporaryFolder folder;
    CHECK(refused([&] { ForeignDatabase{folder.path("none.db"), real_runtime()}; }).starts_with("D006"));
    folder.write("text.db", std::string(4096, 'x'));
    CHECK(refused([&] { (void)ForeignDatabase{folder.path("text.db"), real_runtime()}.tables(); }).starts_with("D002"));
    std::string fill = "CREATE TABLE t (x); INSERT INTO t VALUES ";
    for (int i = 0; i < 3000; ++i) fill += std::string{i == 0 ? "" : ","} + "('some text to fill pages with')";
    make_database(folder, "a.db", fill + ";");
    const auto bytes = folder.read("a.db");
    folder.write("cut.db", std::string_view{bytes}.substr(0, bytes.size() / 3));
    CHECK(refused([&] {
              ForeignDatabase database{folder.path("cut.db"), real_runtime()};
              auto& rows = database.statement("SELECT x FROM t");
              while (rows.step()) continue;
          }).starts_with("D004"));
}

TEST_CASE("a schema is not trusted: its views call nothing that could do harm") {
    const TemporaryFolder folder;
    make_database(folder, "a.db",
                  "CREATE TABLE t (x); CREATE VIEW evil AS SELECT load_extension('/tmp/evil.so') AS x; CREATE VIEW "
                  "good AS SELECT abs(-1) AS x;");
    ForeignDatabase database{folder.path("a.db"), real_runtime()};
    CHECK(refused([&] {
              auto& rows = database.statement("SELECT x FROM evil");
              while (rows.step()) continue;
          }) != "nothing");
    auto& rows = database.statement("SELECT x FROM good");
    REQUIRE(rows.step());
    CHECK(rows.integer(0) == 1);
}

}  // namespace
}  // namespace mlo::test
