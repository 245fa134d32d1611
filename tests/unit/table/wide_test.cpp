// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <refused.hpp>

#include "table_fixture.hpp"

namespace mlo::table {
namespace {

using test::refused;

/// A table of integers, reals and texts in turn.
std::string wide_csv(int columns, int rows) {
    std::string titles;
    std::string values;
    for (int i = 0; i < columns; ++i) {
        const std::string comma = i == 0 ? "" : ",";
        titles += fmt::format("{}c{}", comma, i);
        values += comma + (i % 3 == 0   ? fmt::format("{}", i)
                           : i % 3 == 1 ? fmt::format("{}.5", i)
                                        : fmt::format("w{}", i));
    }
    std::string text = titles + "\n";
    for (int row = 0; row < rows; ++row) text += values + "\n";
    return text;
}

TEST_CASE("10,000 columns of CSV are read") {
    constexpr int count = 10'000;
    World world;
    world.memory_bytes = std::uint64_t{4} << 30;
    world.write("a.csv", wide_csv(count, 2));
    auto session = world.open("a.csv");
    const auto& columns = session.tables()[0].columns;
    REQUIRE(columns.size() == count);
    CHECK(columns[0].type.type == Type::integer);
    CHECK(columns[9'997].type.type == Type::real);
    CHECK(columns[9'998].type.type == Type::text);
    const auto rows = World::rows(session.read(0));
    CHECK(rows.starts_with("0,1.5,w2,3,4.5,w5,"));
    CHECK(rows.ends_with(",9996,9997.5,w9998,9999"));
}

TEST_CASE("of very many columns some are read in little memory, and for all there is one clear error") {
    constexpr int count = 3'000;
    World world;
    world.memory_bytes = std::uint64_t{160} << 20;
    world.write("a.csv", wide_csv(count, 2));
    auto session = world.open("a.csv");
    const std::vector<std::size_t> chosen{count - 1, 1};
    CHECK(World::rows(session.read(0, chosen)) == "w2999,1.5|w2999,1.5");
    const auto refusal = refused([&] { (void)World::rows(session.read(0)); });
    CHECK(refusal.starts_with("B014"));
    CHECK(refusal.find("3,000 columns are read at once") != refusal.npos);
    CHECK(refusal.find("'--columns'") != refusal.npos);
    CHECK(refusal.find("'--memory'") != refusal.npos);
}

TEST_CASE("a misfit among very many columns is found by its line") {
    constexpr int count = 1'000;
    const World world;
    auto text = wide_csv(count, 3'000);
    const auto last = text.rfind(",999\n");
    text.replace(last, 4, ",9.5");
    world.write("a.csv", text);
    auto source = world.source({"a.csv"});
    source.sample_rows = 100;
    CHECK(refused([&] {
              (void)World::rows(world.open(source).read(0));
          }).starts_with("B008 a.csv:3001 '9.5' in column 'c999' is no integer"));
}

}  // namespace
}  // namespace mlo::table
