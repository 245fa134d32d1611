// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <filesystem>
#include <mlo/db/database.hpp>
#include <refused.hpp>

#include "table_fixture.hpp"

namespace mlo::table {
namespace {

using test::refused;

/// Makes a database of these statements.
void make_database(const World& world, const std::string& name, std::string_view sql) {
    const db::Migration migrations[] = {sql};
    const db::Schema schema{.application_id = 0x6d6c6f54, .migrations = migrations};
    db::Database database{world.folder.path(name), db::Access::write, db::Durability::process, schema, world.runtime};
    database.checkpoint();
}

TEST_CASE("a column of SQLite has the type that all its cells have") {
    const World world;
    make_database(world, "a.sqlite",
                  "CREATE TABLE t (i INTEGER, r, m, w, b, n); INSERT INTO t VALUES (9007199254740993, 1.5, 1, 'x', "
                  "x'00ff', NULL), "
                  "(-9223372036854775808, -0.25, 2.5, 7, 'text', NULL), (NULL, NULL, NULL, NULL, NULL, NULL);");
    auto session = world.open("a.sqlite");
    CHECK(World::types(session) == "i:integer r:real m:real w:text b:text n:text");
    CHECK(World::rows(session.read(0)) ==
          "9007199254740993,1.5,1,x,00FF,~|-9223372036854775808,-0.25,2.5,7,text,~|~,~,~,~,~,~");
    CHECK(session.count_rows(0) == 3);
    const auto& columns = session.tables()[0].columns;
    CHECK(columns[0].evidence == "2 integers");
    CHECK(columns[2].evidence == "1 integer, 1 real");
    CHECK(columns[4].evidence == "1 text, 1 blob (as hex)");
    CHECK(columns[5].evidence == "no values");
    CHECK(World::rows(session.query("SELECT sum(r) FROM t WHERE i > 0")) == "1.5");
}

TEST_CASE("one table of several is named, and a view is a table") {
    const World world;
    make_database(
        world, "a.db",
        "CREATE TABLE one (x); CREATE TABLE two (y); CREATE VIEW three AS SELECT 3 AS z; INSERT INTO two VALUES (2);");
    CHECK(refused([&] {
              (void)world.open("a.db");
          }).starts_with("B018  'a.db' has 3 tables = it has 'one', 'three', 'two'"));
    auto source = world.source({"a.db"});
    source.sqlite_table = "two";
    CHECK(World::rows(world.open(source).read(0)) == "2");
    source.sqlite_table = "three";
    CHECK(World::rows(world.open(source).read(0)) == "3");
    source.sqlite_table = "one";
    CHECK(World::types(world.open(source)) == "x:text");
    CHECK(world.open(source).count_rows(0) == 0);
    source.sqlite_table = "sqlite_schema";
    CHECK(refused([&] { (void)world.open(source); }).starts_with("B018  'a.db' has no table 'sqlite_schema'"));
}

TEST_CASE("names within SQLite are data") {
    const World world;
    make_database(world, "a.db",
                  "CREATE TABLE \"t'; DROP TABLE x; --\" (\"a\"\"b\", \"sel ect\"); INSERT INTO \"t'; DROP TABLE x; "
                  "--\" VALUES (1, 'y');");
    CHECK(World::types(world.open("a.db")) == "a\"b:integer sel ect:text");
    CHECK(world.rows("a.db") == "1,y");
}

TEST_CASE("a file of types decides how texts of SQLite are read, and a misfit has its row") {
    const World world;
    make_database(world, "a.db",
                  "CREATE TABLE t (day TEXT, n); INSERT INTO t VALUES ('31.12.2023', '1'), ('soon', '2');");
    auto source = world.source({"a.db"});
    source.types = world.typed("columns:\n  n: integer\n");
    CHECK(World::types(world.open(source)) == "day:text n:integer");
    CHECK(World::rows(world.open(source).read(0)) == "31.12.2023,1|soon,2");
    source.types = world.typed("columns:\n  day: {type: date, format: '%d.%m.%Y'}\n");
    CHECK(refused([&] {
              (void)World::rows(world.open(source).read(0));
          }).starts_with("B008 a.db, row 2 'soon' in column 'day' is no date"));
    source.types = world.typed("columns:\n  d: text\n");
    CHECK(refused([&] { (void)world.open(source); }).starts_with("B011"));
}

TEST_CASE("what is no single sound database is refused") {
    const World world;
    make_database(world, "a.db",
                  "CREATE TABLE t (x); INSERT INTO t SELECT value FROM (WITH RECURSIVE c(value) AS (SELECT 1 UNION ALL "
                  "SELECT value + 1 FROM c "
                  "WHERE value < 20000) SELECT value FROM c);");
    make_database(world, "b.db", "CREATE TABLE t (x);");
    CHECK(refused([&] { (void)world.open(world.source({"a.db", "b.db"})); }).starts_with("B017"));
    CHECK(World::rows(world.open("a.db").query("SELECT count(*), sum(x) FROM t")) == "20000,200010000");
    const auto bytes = world.folder.read("a.db");
    world.write("cut.db", std::string_view{bytes}.substr(0, bytes.size() / 2));
    CHECK(refused([&] { (void)world.rows("cut.db"); }).starts_with("D004"));
    world.write("text.db",
                "no database at all, but longer than the header of one, which has a hundred bytes: this is no "
                "database, either\n");
    CHECK(refused([&] { (void)world.rows("text.db"); }).starts_with("D002"));
    world.write("packed.sqlite.gz", "\x1f\x8b and so on");
    CHECK(refused([&] { (void)world.rows("packed.sqlite.gz"); }).starts_with("B017"));
}

TEST_CASE("texts of SQLite that are no UTF-8 are refused, and NUL bytes are kept") {
    const World world;
    make_database(world, "a.db", "CREATE TABLE t (x); INSERT INTO t VALUES (CAST(x'610062' AS TEXT));");
    CHECK(world.rows("a.db") == std::string{"a\0b", 3});
    make_database(world, "b.db", "CREATE TABLE t (x); INSERT INTO t VALUES (CAST(x'ff41' AS TEXT));");
    CHECK(refused([&] { (void)world.rows("b.db"); }).starts_with("B009 b.db, row 1 "));
}

}  // namespace
}  // namespace mlo::table
