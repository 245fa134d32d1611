// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <cstdlib>
#include <full.hpp>
#include <mlo/json/parse.hpp>
#include <refused.hpp>

#include "table_fixture.hpp"

namespace mlo::table {
namespace {

using test::refused;

/// Files that pyarrow wrote, and what it reads from them: tests/data/table/make.py.
constexpr std::string_view names[] = {"primitive",  "required",   "times",      "decimals",   "nested",
                                      "empty",      "row_groups", "codec_none", "codec_gzip", "codec_snappy",
                                      "codec_zstd", "pages_v2",   "plain",      "delta"};

TimeUnit unit_of(std::string_view name) {
    return name == "s"    ? TimeUnit::second
           : name == "ms" ? TimeUnit::millisecond
           : name == "us" ? TimeUnit::microsecond
                          : TimeUnit::nanosecond;
}

std::vector<std::vector<std::string>> cells_of(Session& session, Wide wide) {
    std::vector<std::vector<std::string>> columns(session.tables()[0].columns.size());
    auto cursor = session.read(0, {}, wide);
    Chunk chunk;
    while (cursor.next(chunk))
        for (std::size_t i = 0; i < columns.size(); ++i)
            for (std::size_t row = 0; row < chunk.rows(); ++row)
                columns[i].push_back(World::cell(chunk.columns()[i], row));
    return columns;
}

/// Whether a cell is what is expected: reals to the last bit.
bool is_same(std::string_view expected, const std::string& found, bool is_real) {
    if (!is_real || found == World::no_value) return found == expected;
    const double wanted = std::strtod(std::string{expected}.c_str(), nullptr);
    const double value = std::strtod(found.c_str(), nullptr);
    return wanted == value || (wanted != wanted && value != value);
}

void compare(const Value& column, const ColumnInfo& info, const std::vector<std::string>& found, bool is_real) {
    const auto expected = column.get("cells").items();
    REQUIRE(found.size() == expected.size());
    for (std::size_t row = 0; row < found.size(); ++row) {
        const auto text =
            expected[row].is_null() ? std::string{World::no_value} : std::string{expected[row].as_string()};
        INFO(info.type.name << ", row " << row << ": " << found[row] << ", not " << text);
        CHECK(is_same(text, found[row], is_real));
    }
}

TEST_CASE("Parquet is read as pyarrow reads it") {
    const World world;
    for (const auto name : names) {
        INFO(name);
        const auto file = fmt::format("{}/{}", TABLE_DATA, name);
        const auto expected = json::parse(World::bytes_of(file + ".json"), file);
        auto session = world.open(file + ".parquet");
        const auto& info = session.tables()[0];
        const auto columns = expected.root().get("columns").items();
        REQUIRE(info.columns.size() == columns.size());
        CHECK(session.count_rows(0) == expected.root().get("rows").as_unsigned());
        const auto texts = cells_of(session, Wide::as_text);
        const auto reals = cells_of(session, Wide::as_real);
        for (std::size_t i = 0; i < columns.size(); ++i) {
            const auto& type = info.columns[i].type;
            CHECK(type.name == columns[i].get("name").as_string());
            CHECK(to_string(type.type) == columns[i].get("type").as_string());
            if (const auto unit = columns[i].find("unit")) CHECK(type.unit == unit_of(unit->as_string()));
            const bool is_wide = columns[i].find("wide").has_value();
            compare(columns[i], info.columns[i], texts[i], type.type == Type::real && !is_wide);
            compare(columns[i], info.columns[i], reals[i], type.type == Type::real);
        }
    }
}

TEST_CASE("bytes of Parquet that are wrong anywhere are an error or other values, and never a bug") {
    const World world;
    std::size_t refusals = 0;
    for (const auto name : {"primitive", "nested", "pages_v2"}) {
        const auto bytes = World::bytes_of(fmt::format("{}/{}.parquet", TABLE_DATA, name));
        const std::size_t step = test::full_run() ? 41 : 151;
        for (std::size_t i = 0; i < bytes.size(); i += step) {
            auto hostile = bytes;
            hostile[i] = static_cast<char>(hostile[i] ^ 0xff);
            world.write("hostile.parquet", hostile);
            const auto outcome = refused([&] { (void)world.rows("hostile.parquet"); });
            INFO(name << ", byte " << i << ": " << outcome);
            CHECK((outcome == "nothing" || (outcome.starts_with("B0") && !outcome.starts_with("B004"))));
            refusals += outcome != "nothing" ? 1U : 0U;
        }
        for (std::size_t size = 0; size < bytes.size(); size += bytes.size() / 8) {
            world.write("cut.parquet", std::string_view{bytes}.substr(0, size));
            const auto outcome = refused([&] { (void)world.rows("cut.parquet"); });
            CHECK((outcome.starts_with("B006") || (size == 0 && outcome.starts_with("B005"))));
        }
    }
    CHECK(refusals > 10);
}

TEST_CASE("metadata of Parquet that promises more than there is, is refused within the memory") {
    const World world;
    const auto bytes = World::bytes_of(fmt::format("{}/plain.parquet", TABLE_DATA));
    // The length of the footer stands before the last four bytes.
    for (const auto& length : {std::string{"\xff\xff\xff\x7f"}, std::string{"\xff\xff\xff\xff"}, std::string(4, char{}),
                               std::string{"\x01\0\0\0", 4}}) {
        auto hostile = bytes;
        hostile.replace(hostile.size() - 8, 4, length);
        world.write("footer.parquet", hostile);
        CHECK(refused([&] { (void)world.rows("footer.parquet"); }).starts_with("B006"));
    }
}

TEST_CASE("the place of a misfit in Parquet is its row") {
    const World world;
    auto source = world.source({fmt::format("{}/plain.parquet", TABLE_DATA)});
    source.shown = "plain.parquet";
    source.types = world.typed("columns:\n  word: integer\n");
    CHECK(refused([&] {
              (void)World::rows(world.open(source).read(0));
          }).starts_with("B008 plain.parquet, row 2 'w1' in column 'word' is no integer"));
}

TEST_CASE("thousands of columns of Parquet are read") {
    const int count = test::full_run() ? 10'000 : 3'000;
    World world;
    std::string select;
    for (int i = 0; i < count; ++i) select += fmt::format("{}{} AS c{}", i == 0 ? "SELECT " : ", ", i, i);
    world.write("one.csv", "a\n1\n");
    std::string bytes;
    world.memory_bytes = std::uint64_t{4} << 30;
    (void)world.open("one.csv").write_parquet(select, [&](ByteView part) { bytes += as_text(part); });
    world.write("wide.parquet", bytes);
    auto session = world.open("wide.parquet");
    CHECK(session.tables()[0].columns.size() == static_cast<std::size_t>(count));
    CHECK(session.count_rows(0) == 1);
    const std::vector<std::size_t> chosen{static_cast<std::size_t>(count) - 1, 0};
    CHECK(World::rows(session.read(0, chosen)) == fmt::format("{},0", count - 1));
    const auto all = World::rows(session.read(0));
    CHECK(all.starts_with("0,1,2,"));
    CHECK(all.ends_with(fmt::format(",{},{}", count - 2, count - 1)));
}

}  // namespace
}  // namespace mlo::table
