// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <refused.hpp>

#include "table_fixture.hpp"

namespace mlo::table {
namespace {

using test::refused;

TEST_CASE("JSON lines are read, and structs are columns of their own") {
    const World world;
    world.write("a.jsonl", "{\"a\": 1, \"b\": {\"c\": \"x\", \"d\": [1, 2]}}\n{\"a\": 2}\n");
    CHECK(World::types(world.open("a.jsonl")) == "a:integer b.c:text b.d:text");
    CHECK(world.rows("a.jsonl") == "1,x,[1,2]|2,~,~");
    world.write("bad.jsonl", "{\"a\": 1}\n{\"a\": 2\n{\"a\": 3}\n");
    CHECK(refused([&] { (void)world.rows("bad.jsonl"); }).starts_with("B007"));
}

TEST_CASE("keys and values of JSON lines are seen wherever they come first") {
    const World world;
    std::string text;
    for (int i = 0; i < 30'000; ++i) text += "{\"a\":1,\"s\":{\"x\":1}}\n";
    world.write("a.jsonl", text + "{\"a\":1.5,\"late\":\"y\",\"s\":{\"z\":2.5}}\n");
    auto session = world.open("a.jsonl");
    CHECK(World::types(session) == "a:real s.x:integer s.z:real late:text");
    CHECK(World::rows(session.query("SELECT sum(a), sum(\"s.x\"), sum(\"s.z\"), max(late), count(*) FROM t")) ==
          "30001.5,30000,2.5,y,30001");
    for (int i = 0; i < 40; ++i) world.write(fmt::format("many/{:02}.jsonl", i), fmt::format("{{\"k{}\":{}}}\n", i, i));
    CHECK(world.open("many").tables()[0].columns.size() == 40);
}

TEST_CASE("hundreds of keys of JSON lines are columns, and those that differ by case alone have names of their own") {
    const World world;
    std::string object;
    for (int i = 0; i < 500; ++i) object += fmt::format("{}\"c{}\":{}", i == 0 ? "{" : ",", i, i);
    world.write("wide.jsonl", object + "}\n");
    CHECK(world.open("wide.jsonl").tables()[0].columns.size() == 500);
    world.write("case.jsonl", "{\"a\":1,\"A\":2}\n{\"a\":3}\n");
    CHECK(World::types(world.open("case.jsonl")) == "a:integer A_1:integer");
    CHECK(world.rows("case.jsonl") == "1,2|3,~");
    world.write("within.jsonl", "{\"s\":{\"x\":1,\"X\":2}}\n");
    CHECK(refused([&] { (void)world.rows("within.jsonl"); }).starts_with("B017  'within.jsonl'"));
}

TEST_CASE("a line of JSON lines that is no object is named as editors count it") {
    const World world;
    for (const std::string bad : {"{\"a\":2", "[1]", "7", "{\"a\":1}}", "nonsense"}) {
        INFO(bad);
        world.write("bad.jsonl", "{\"a\":1}\n\n\n{\"a\":2}\n" + bad + "\n{\"a\":3}\n");
        CHECK(refused([&] {
                  (void)world.rows("bad.jsonl");
              }).starts_with("B007 bad.jsonl:5 a line is no object of JSON"));
    }
    auto source = world.source({"a.jsonl"});
    source.types = world.typed("columns:\n  a: {type: date, format: '%d.%m.%Y'}\n");
    world.write("a.jsonl", "{\"a\":\"31.12.2023\"}\n\n{\"a\":\"soon\"}\n");
    CHECK(refused([&] {
              (void)World::rows(world.open(source).read(0));
          }).starts_with("B008 a.jsonl:3 'soon' in column 'a' is no date"));
}

TEST_CASE("Parquet that is cut off or no Parquet at all is one clear error") {
    const World world;
    world.write("a.csv", "a,b\n1,x\n2,y\n");
    auto session = world.open("a.csv");
    std::string bytes;
    (void)session.write_parquet("SELECT * FROM t", [&](ByteView part) { bytes += as_text(part); });
    world.write("good.parquet", bytes);
    CHECK(world.rows("good.parquet") == "1,x|2,y");
    for (const std::size_t size :
         {std::size_t{3}, std::size_t{4}, std::size_t{12}, bytes.size() / 2, bytes.size() - 1}) {
        world.write("cut.parquet", std::string_view{bytes}.substr(0, size));
        CHECK(refused([&] { (void)world.rows("cut.parquet"); }).starts_with("B006"));
    }
    // Bytes of the metadata in turn: an error or other values, never a crash.
    constexpr std::size_t step = 17;
    for (std::size_t i = bytes.size() / 3; i < bytes.size(); i += step) {
        auto hostile = bytes;
        hostile[i] = static_cast<char>(hostile[i] ^ 0x7f);
        world.write("hostile.parquet", hostile);
        const auto outcome = refused([&] { (void)world.rows("hostile.parquet"); });
        CHECK((outcome == "nothing" || outcome.starts_with("B0")));
        CHECK_FALSE(outcome.starts_with("B004"));
    }
}

TEST_CASE("Parquet files with other columns are refused, or joined by name") {
    const World world;
    const auto write = [&](const std::string& name, const std::string& sql) {
        world.write("one.csv", "a\n1\n");
        auto session = world.open("one.csv");
        std::string bytes;
        (void)session.write_parquet(sql, [&](ByteView part) { bytes += as_text(part); });
        world.write(name, bytes);
    };
    write("p/1.parquet", "SELECT 1 AS a, 'x' AS b");
    write("p/2.parquet", "SELECT 2 AS a, 2.5::DOUBLE AS c");
    const auto refusal = refused([&] { (void)world.open("p"); });
    CHECK(refusal.starts_with("B010"));
    CHECK(refusal.find("'b' VARCHAR") != refusal.npos);
    CHECK(refusal.find("'c' DOUBLE") != refusal.npos);
    auto source = world.source({"p"});
    source.joining = Joining::by_name;
    CHECK(World::rows(world.open(source).read(0)) == "1,x,~|2,~,2.5");
}

TEST_CASE("types beyond those of columns become the nearest, or their text") {
    const World world;
    world.write("a.csv", "a\n1\n");
    auto session = world.open("a.csv");
    const std::string sql =
        "SELECT 1.25::DECIMAL(9,2) AS d, 170141183460469231731687303715884105727::HUGEINT AS h, DATE '2024-01-01' AS "
        "x, [1, 2] AS l, "
        "'00000000-0000-0000-0000-000000000001'::UUID AS u, INTERVAL 1 DAY AS i, NULL AS n";
    CHECK(World::rows(session.query(sql, Wide::as_text)) ==
          "1.25,170141183460469231731687303715884105727,19723,[1,2],00000000-0000-0000-0000-000000000001,1 day,~");
    CHECK(World::rows(session.query(sql, Wide::as_real)).starts_with("1.25,1.7014118346046923e+38,"));
}

}  // namespace
}  // namespace mlo::table
