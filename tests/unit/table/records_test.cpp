// SPDX-License-Identifier: Apache-2.0
#include "records.hpp"

#include <catch2/catch.hpp>

#include "table_fixture.hpp"

namespace mlo::table {
namespace {

TEST_CASE("lines are found in files of many blocks") {
    const World world;
    std::string text = "a,b\n";
    std::uint64_t line = 1;
    for (int i = 0; i < 200'000; ++i) {
        const bool is_long = i % 1000 == 0;
        text += is_long ? "1,\"x\ny\"\n" : "1,2\r\n";
        line += is_long ? 2U : 1U;
    }
    text += "\n\n3,\"it\"\"s\"\n";
    const auto wanted = line + 3;
    world.write("a.csv", text);
    const auto path = world.folder.path("a.csv");
    CHECK(line_of_cell(path, {}, Header::yes, 1, "it\"s", world.runtime) == wanted);
    CHECK(line_of_cell(path, {}, Header::yes, 0, "3", world.runtime) == wanted);
    CHECK(line_of_cell(path, {}, Header::yes, 0, "a", world.runtime) == std::nullopt);
    CHECK(line_of_cell(path, {}, Header::no, 0, "a", world.runtime) == 1);
    CHECK(line_of_cell(path, {}, Header::yes, 2, "3", world.runtime) == std::nullopt);
    // Titles, records, and two empty lines.
    CHECK(line_of_entry(path, {}, 200'004, world.runtime) == wanted);
    CHECK(line_of_entry(path, {}, 1, world.runtime) == 1);
    CHECK(line_of_entry(path, {}, 200'005, world.runtime) == std::nullopt);
}

TEST_CASE("a record that lies across two blocks is one record") {
    const World world;
    constexpr std::size_t block = std::size_t{1} << 20;
    for (std::size_t before = block - 4; before < block + 3; ++before) {
        std::string text(before - 1, 'x');
        text += "\n\"p\r\nq\",r\r\nlast,z\n";
        world.write("a.csv", text);
        const auto path = world.folder.path("a.csv");
        CHECK(line_of_cell(path, {}, Header::no, 0, "p\r\nq", world.runtime) == 2);
        CHECK(line_of_cell(path, {}, Header::no, 1, "z", world.runtime) == 4);
    }
}

TEST_CASE("a byte order mark is no part of the first cell") {
    const World world;
    world.write("a.csv", "\xef\xbb\xbf\"x\",y\n");
    CHECK(line_of_cell(world.folder.path("a.csv"), {}, Header::no, 0, "x", world.runtime) == 1);
}

TEST_CASE("objects of JSON lines are counted without blank lines") {
    const World world;
    world.write("a.jsonl", "\n{}\n \t\r\n{}\n{}");
    const auto line = [&](std::uint64_t object) {
        return line_of_object(world.folder.path("a.jsonl"), object, world.runtime);
    };
    CHECK(line(1) == 2);
    CHECK(line(2) == 4);
    CHECK(line(3) == 5);
    CHECK(line(4) == std::nullopt);
}

}  // namespace
}  // namespace mlo::table
