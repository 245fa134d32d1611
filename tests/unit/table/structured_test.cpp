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
