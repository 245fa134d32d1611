// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <filesystem>
#include <full.hpp>
#include <refused.hpp>

#include "table_fixture.hpp"

namespace mlo::table {
namespace {

using test::refused;

std::string packed(std::string_view name) { return World::bytes_of(fmt::format("{}/packed.{}", TABLE_DATA, name)); }

/// A stream that hands out `head`, then `fill` until it has handed out so many bytes of it, then `tail`.
Stream long_stream(std::string head, std::string fill, std::uint64_t bytes, std::string tail) {
    return {"-", [=](const std::function<void(ByteView)>& sink) {
                sink(as_bytes(head));
                std::string block;
                constexpr std::size_t block_bytes = std::size_t{1} << 20;
                while (block.size() < block_bytes) block += fill;
                for (std::uint64_t done = 0; done < bytes; done += block.size()) sink(as_bytes(block));
                sink(as_bytes(tail));
            }};
}

std::string outcome(const World& world, Stream stream, Format format) {
    Source source;
    source.name = "t";
    source.shown = "-";
    source.format = format;
    source.streams.push_back(std::move(stream));
    return refused([&] { (void)World::rows(world.open(std::move(source)).read(0)); });
}

TEST_CASE("text that is compressed is read as it is without") {
    const World world;
    for (const std::string name : {"csv.zst", "csv.gz", "jsonl.zst", "jsonl.gz"}) {
        INFO(name);
        world.write("packed." + name, packed(name));
        auto session = world.open("packed." + name);
        CHECK(World::types(session) == "n:integer word:text");
        CHECK(World::rows(session.query("SELECT count(*), sum(n), count(DISTINCT word) FROM t")) == "3000,4498500,10");
    }
    world.write("two.csv.zst", packed("csv.zst") + packed("csv.zst"));
    CHECK(world.open("two.csv.zst").count_rows(0) == 6001);
}

TEST_CASE("a file of zstd that was cut off anywhere is refused, however much of it can be read") {
    const World world;
    const auto bytes = packed("csv.zst");
    constexpr std::size_t step = 61;
    for (std::size_t size = 4; size < bytes.size(); size += step) {
        world.write("cut.csv.zst", std::string_view{bytes}.substr(0, size));
        INFO(size << " of " << bytes.size());
        CHECK(refused([&] { (void)world.rows("cut.csv.zst"); }).starts_with("B006  'cut.csv.zst' is cut off"));
    }
    world.write("more.csv.zst", bytes + "and more");
    CHECK(refused([&] { (void)world.rows("more.csv.zst"); }).starts_with("B006"));
    const std::string_view skippable{"\x50\x2a\x4d\x18\x03\0\0\0abc", 11};
    world.write("skip.csv.zst", bytes + std::string{skippable});
    CHECK(world.open("skip.csv.zst").count_rows(0) == 3000);
}

TEST_CASE("a cell that is longer than a row may be is an error within the memory") {
    World world;
    world.memory_bytes = std::uint64_t{128} << 20;
    const auto bytes = test::full_run() ? std::uint64_t{1} << 30 : std::uint64_t{48} << 20;
    CHECK(outcome(world, long_stream("a,b\n1,", "x", bytes, "\n2,y\n"), Format::csv).starts_with("B007"));
    CHECK(outcome(world, long_stream("a,b\n1,\"", "x\n", bytes, "\"\n2,y\n"), Format::csv).starts_with("B007"));
    const World larger;
    const auto refusal = outcome(larger, long_stream("{\"a\":\"", "x", bytes, "\"}\n"), Format::jsonl);
    CHECK(refusal.starts_with("B007"));
    CHECK(refusal.find("longer than 16 MiB") != refusal.npos);
}

TEST_CASE("a cell of 1 MiB is read") {
    const World world;
    const std::string text(std::size_t{1} << 20, 'x');
    world.write("a.csv", "a,b\n1," + text + "\n2,y\n");
    CHECK(World::rows(world.open("a.csv").query("SELECT a, length(b) FROM t")) == "1,1048576|2,1");
    world.write("a.jsonl", "{\"b\":\"" + text + "\"}\n");
    CHECK(World::rows(world.open("a.jsonl").query("SELECT length(b) FROM t")) == "1048576");
}

TEST_CASE("a file that is cut off or removed while it is read is noticed") {
    const World world;
    std::string csv = "n,word\n";
    std::string lines;
    for (int i = 0; i < 300'000; ++i) {
        csv += fmt::format("{},w{}\n", i, i % 7);
        lines += fmt::format("{{\"n\":{},\"word\":\"w{}\"}}\n", i, i % 7);
    }
    const auto read_with = [&](const std::string& name, const std::function<void(const std::string&)>& change) {
        auto session = world.open(name);
        auto cursor = session.read(0);
        Chunk chunk;
        REQUIRE(cursor.next(chunk));
        change(world.folder.path(name));
        return refused([&] {
            while (cursor.next(chunk)) continue;
        });
    };
    const auto cut = [](const std::string& path) {
        std::filesystem::resize_file(path, std::filesystem::file_size(path) / 2);
    };
    const auto remove = [](const std::string& path) { std::filesystem::remove(path); };
    const std::function<void(const std::string&)> changes[] = {cut, remove};
    for (const auto& change : changes) {
        world.write("a.csv", csv);
        CHECK(read_with("a.csv", change).starts_with("B019  'a.csv' changed"));
        world.write("a.jsonl", lines);
        CHECK(read_with("a.jsonl", change).starts_with("B019  'a.jsonl' changed"));
        world.write("b.csv", csv);
        std::string bytes;
        (void)world.open("b.csv").write_parquet("SELECT * FROM t", [&](ByteView part) { bytes += as_text(part); });
        world.write("a.parquet", bytes);
        CHECK(read_with("a.parquet", change).starts_with("B019  'a.parquet' changed"));
    }
}

TEST_CASE("line ends that are mixed beyond the start are an error that says so") {
    const World world;
    std::string text = "a,b\n";
    for (int i = 0; i < 400'000; ++i) text += "1,x\n";
    world.write("late.csv", text + "2,y\r\n3,z\r\n");
    const auto refusal = refused([&] { (void)world.rows("late.csv"); });
    CHECK(refusal.starts_with("B007 late.csv "));
    CHECK(refusal.find("line ends are mixed") != refusal.npos);
}

TEST_CASE("bytes that are no text in UTF-8 are named with their line, also beyond the start") {
    const World world;
    std::string text = "a,b\n";
    for (int i = 0; i < 400'000; ++i) text += "1,x\n";
    world.write("late.csv", text + "2,caf\xe9\n");
    CHECK(
        refused([&] { (void)world.rows("late.csv"); }).starts_with("B009 late.csv:400002 'late.csv' is not in UTF-8"));
    world.write("title.csv", "a,caf\xe9\n1,2\n");
    CHECK(refused([&] { (void)world.rows("title.csv"); }).starts_with("B009 title.csv:1"));
}

TEST_CASE("NUL bytes in titles and cells are kept or said") {
    const World world;
    world.write("a.csv", std::string_view{"a\0,b\n1,x\0y\n2,\0\n", 15});
    const auto session = world.open("a.csv");
    CHECK(World::types(session) == "a?:integer b:text");
    CHECK(World::rows(world.open("a.csv").read(0)) == std::string{"1,x\0y|2,\0", 9});
}

TEST_CASE("numbers with separators of thousands stay text, which is said, until a file of types says more") {
    const World world;
    world.write("a.csv", "a;b\n1,234;1.234,5\n12,345,678;0,5\n");
    auto source = world.source({"a.csv"});
    const auto session = world.open(source);
    CHECK(World::types(session) == "a:text b:text");
    CHECK(session.tables()[0].columns[0].evidence.find("thousands") != std::string::npos);
    source.types = world.typed(
        "columns:\n  a: {type: integer, thousands: ','}\n  b: {type: real, thousands: '.', decimal: ','}\n");
    CHECK(World::rows(world.open(source).read(0)) == "1234,1234.5|12345678,0.5");
    world.write("b.csv", "a\n1,2345\n");
    auto wrong = world.source({"b.csv"});
    wrong.csv.delimiter = ';';
    wrong.types = world.typed("columns:\n  a: {type: integer, thousands: ','}\n");
    CHECK(refused([&] {
              (void)World::rows(world.open(wrong).read(0));
          }).starts_with("B008 b.csv:2 '1,2345' in column 'a' is no integer"));
}

TEST_CASE("dates in three formats stay text, and those of one that fits are dates") {
    const World world;
    world.write("a.csv",
                "mixed,day,both\n2024-01-31,31.01.2024,01/02/2024\n31.01.2024,01.02.2024,03/04/2024\n01/31/"
                "2024,29.02.2024,05/06/2024\n");
    auto session = world.open("a.csv");
    CHECK(World::types(session) == "mixed:text day:date both:text");
    CHECK(session.tables()[0].columns[2].evidence.find("fit both") != std::string::npos);
    CHECK(World::rows(session.query("SELECT mixed, day - DATE '2024-01-01' FROM t")) ==
          "2024-01-31,30|31.01.2024,31|01/31/2024,59");
    world.write("b.csv", "day\n31.12.2023\n30.02.2024\n");
    auto source = world.source({"b.csv"});
    source.types = world.typed("columns:\n  day: {type: date, format: '%d.%m.%Y'}\n");
    CHECK(refused([&] {
              (void)World::rows(world.open(source).read(0));
          }).starts_with("B008 b.csv:3 '30.02.2024' in column 'day' is no date"));
}

TEST_CASE("a time with an offset from UTC is that moment, or no time") {
    const World world;
    std::string text = "t,d\n";
    for (int i = 0; i < 30'000; ++i) text += "2024-01-01T00:00:00,2024-01-01\n";
    world.write("a.csv", text + "2024-01-01T00:00:00+02:00,2024-01-01\n");
    CHECK(World::rows(world.open("a.csv").query("SELECT min(t) = TIMESTAMP '2023-12-31 22:00:00', count(*) FROM t")) ==
          "true,30001");
    world.write("b.csv", text + "2024-01-01T00:00:00,2024-01-01T10:00\n");
    CHECK(refused([&] {
              (void)world.rows("b.csv");
          }).starts_with("B008 b.csv:30002 '2024-01-01T10:00' in column 'd' is no date"));
    world.write("a.jsonl", "{\"t\":\"2024-01-01T00:00:00+02:00\",\"s\":{\"t\":\"2024-01-01T00:00:00-01:00\"}}\n");
    CHECK(world.rows("a.jsonl") == "1704060000000000,1704070800000000");
}

TEST_CASE("integers beyond 64 bits stay text, and beyond the sample they are misfits") {
    const World world;
    world.write("a.csv", "a\n9223372036854775808\n1\n");
    CHECK(World::types(world.open("a.csv")) == "a:text");
    std::string text = "a\n";
    for (int i = 0; i < 30'000; ++i) text += "1\n";
    for (const std::string value : {"9007199254740993", "9223372036854775808", "1e300", "nan"}) {
        world.write("late.csv", text + value + "\n");
        CHECK(refused([&] {
                  (void)world.rows("late.csv");
              }).starts_with("B008 late.csv:30002 '" + value + "' in column 'a' is no "));
    }
}

TEST_CASE("a misfit is found again in the file that has it, and where lines are not known, by its row") {
    const World world;
    std::string text = "a,b\n";
    for (int i = 0; i < 30'000; ++i) text += "1,\"two\nlines\"\n";
    world.write("d/1.csv", text);
    world.write("d/2.csv", "a,b\n2,x\n\n2.5,y\n");
    auto source = world.source({"d"});
    source.current_folder = world.folder.path();
    CHECK(refused([&] {
              (void)World::rows(world.open(source).read(0));
          }).starts_with("B008 d/2.csv:4 '2.5' in column 'a' is no integer"));
    auto session = world.open(source);
    CHECK(
        refused([&] { (void)World::rows(session.query("SELECT sum(a) FROM t")); }).starts_with("B008 d/2.csv:4 '2.5'"));
    world.write("packed.csv.gz", packed("csv.gz"));
    auto wrong = world.source({"packed.csv.gz"});
    wrong.types = world.typed("columns:\n  word: integer\n");
    CHECK(refused([&] {
              (void)World::rows(world.open(wrong).read(0));
          }).starts_with("B008 packed.csv.gz, row 1 'w0' in column 'word'"));
}

TEST_CASE("columns without a single value, and those of NaN alone, are read") {
    const World world;
    world.write("a.csv", "a,b,c\n,nan,inf\n,NaN,-Infinity\n");
    CHECK(World::types(world.open("a.csv")) == "a:text b:real c:real");
    CHECK(world.rows("a.csv") == "~,nan,inf|~,nan,-inf");
}

TEST_CASE("a last line without an end is read, and one that was torn is named") {
    const World world;
    world.write("whole.csv", "a,b\n1,x\n2,y");
    CHECK(world.rows("whole.csv") == "1,x|2,y");
    std::string text = "a,b\n";
    for (int i = 0; i < 300'000; ++i) text += "1,x\n";
    world.write("torn.csv", text + "1");
    CHECK(refused([&] { (void)world.rows("torn.csv"); }).starts_with("B007 torn.csv:300002 "));
    world.write("quote.csv", text + "1,\"x");
    CHECK(refused([&] { (void)world.rows("quote.csv"); }).starts_with("B007 quote.csv:300002 "));
}

}  // namespace
}  // namespace mlo::table
