// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <catch2/catch.hpp>
#include <filesystem>
#include <mlo/util/lock_file.hpp>
#include <refused.hpp>

#include "table_fixture.hpp"

namespace mlo::table {
namespace {

using test::refused;

void write_range(const World& world, const std::string& name, int rows) {
    std::string text = "n,word\n";
    for (int i = 0; i < rows; ++i) text += fmt::format("{},w{}\n", i, i % 7);
    world.write(name, text);
}

TEST_CASE("SQL is run over tables by their names") {
    const World world;
    write_range(world, "a.csv", 10);
    auto session = world.open("a.csv");
    CHECK(World::rows(session.query("SELECT count(*), sum(n) FROM t;")) == "10,45");
    CHECK(World::rows(session.query("SELECT n, n FROM t ORDER BY n DESC LIMIT 2 -- the last")) == "9,9|8,8");
    CHECK(World::rows(session.query("WITH x AS (SELECT 1 AS a) SELECT a FROM x")) == "1");
}

TEST_CASE("of a window only the rows are read whose time is in it") {
    const World world;
    // 2024-01-01T00:00:00Z is 1704067200 s after 1970.
    constexpr std::int64_t day_us = 86'400'000'000;
    constexpr std::int64_t start_us = 1'704'067'200'000'000;
    world.write("a.csv",
                "n,day,placed,word\n0,2023-12-31,2023-12-31T23:59:59.999999Z,x\n1,2024-01-01,2024-01-01T00:00:00Z,x\n"
                "2,2024-01-01,2024-01-01T23:30:00Z,x\n3,2024-01-02,2024-01-02T00:00:00Z,x\n4,,,x\n");
    const auto rows = [&](const std::string& column, Source source, std::int64_t per_second = 0) {
        source.window = {column, start_us, start_us + day_us, per_second};
        auto session = world.open(std::move(source));
        const auto counted = session.count_rows(0);
        const std::size_t first[] = {0};
        const auto read = World::rows(session.read(0, first));
        CHECK(World::rows(session.query("SELECT count(*) FROM t")) == std::to_string(counted));
        return read;
    };
    CHECK(rows("day", world.source({"a.csv"})) == "1|2");
    CHECK(rows("placed", world.source({"a.csv"})) == "1|2");

    auto session = world.open("a.csv");
    std::string parquet;
    (void)session.write_parquet("SELECT n, day, placed, placed::TIMESTAMPTZ AS zoned FROM t",
                                [&](ByteView bytes) { parquet += as_text(bytes); });
    world.write("a.parquet", parquet);
    for (const auto* const column : {"day", "placed", "zoned"}) {
        INFO(column);
        CHECK(rows(column, world.source({"a.parquet"})) == "1|2");
    }

    // The same moments as numbers: the last microsecond before, the first of the day, half an hour before its end,
    // after.
    world.write("counts.csv",
                "n,s,ms,us,ns,real\n"
                "0,1704067199,1704067199999,1704067199999999,1704067199999999999,1704067199.5\n"
                "1,1704067200,1704067200000,1704067200000000,1704067200000000000,1704067200.0\n"
                "2,1704151800,1704151800000,1704151800000000,1704151800000000000,1704153599.75\n"
                "3,1704153600,1704153600000,1704153600000000,1704153600000000000,1704153600.0\n4,,,,,\n");
    for (const auto& [column, per_second] :
         {std::pair{"s", std::int64_t{1}}, {"ms", 1'000}, {"us", 1'000'000}, {"ns", 1'000'000'000}, {"real", 1}}) {
        INFO(column);
        CHECK(rows(column, world.source({"counts.csv"}), per_second) == "1|2");
    }
    CHECK(refused([&] { (void)rows("s", world.source({"counts.csv"})); }).find("'unit: s'") != std::string::npos);
    CHECK(refused([&] { (void)rows("day", world.source({"a.csv"}), 1); }).find("leave out 'unit'") !=
          std::string::npos);
    CHECK(refused([&] {
              (void)rows("word", world.source({"a.csv"}));
          }).starts_with("B023  column 'word' of 'a.csv' is text, and a window is a span of time"));
    CHECK(refused([&] {
              (void)rows("placd", world.source({"a.csv"}));
          }).starts_with("B015  'a.csv' has no column 'placd' = the nearest is 'placed'"));
}

TEST_CASE("a query can read nothing that was not named, and write nothing") {
    const World world;
    write_range(world, "a.csv", 3);
    write_range(world, "secret.csv", 3);
    auto session = world.open("a.csv");
    const auto refusal = [&](const std::string& sql) {
        const auto text = refused([&] { (void)World::rows(session.query(sql)); });
        return text.substr(0, 4);
    };
    const auto secret = sql_text(world.folder.path("secret.csv"));
    const auto own = sql_text(world.folder.path("a.csv"));
    CHECK(refusal("SELECT * FROM read_csv(" + secret + ")") == "B012");
    CHECK(refusal("SELECT * FROM read_text('/etc/passwd')") == "B012");
    CHECK(refusal("SELECT * FROM read_blob('/etc/passwd')") == "B012");
    CHECK(refusal("SELECT * FROM glob('/etc/*')") == "B012");
    CHECK(refusal("SELECT * FROM sniff_csv('/etc/passwd')") == "B012");
    CHECK(refusal("SELECT * FROM read_csv('https://example.org/x.csv')") != "noth");
    CHECK(refusal("SELECT * FROM '/etc/passwd'") == "B013");
    CHECK(refusal("COPY (SELECT 1) TO '/tmp/mlo-table-stolen'") == "B012");
    CHECK(refusal("COPY (SELECT 1 AS x) TO " + own + " (USE_TMP_FILE false)") == "B012");
    CHECK(refusal("CREATE TABLE x AS SELECT 1") == "B012");
    CHECK(refusal("ATTACH 'x.db'") == "B012");
    CHECK(refusal("INSTALL sqlite") == "B012");
    CHECK(refusal("LOAD sqlite") == "B012");
    CHECK(refusal("SET enable_external_access = true") == "B012");
    CHECK(refusal("SET memory_limit = '1GB'") == "B012");
    CHECK(refusal("SET allowed_directories = ['/']") == "B012");
    CHECK(refusal("RESET lock_configuration") == "B012");
    CHECK(refusal("PRAGMA database_size") != "noth");
    CHECK(refusal("SELECT 1; SELECT 2") == "B012");
    CHECK(world.folder.read("a.csv").starts_with("n,word\n0,w0"));
}

TEST_CASE("SQL that is wrong is said in one line") {
    const World world;
    write_range(world, "a.csv", 3);
    auto session = world.open("a.csv");
    const auto refusal = [&](const std::string& sql) {
        return refused([&] { (void)World::rows(session.query(sql)); });
    };
    CHECK(refusal("SELEKT 1").starts_with("B013  syntax error at or near"));
    CHECK(refusal("SELECT nn FROM t").starts_with("B013  Referenced column \"nn\" not found"));
    CHECK(refusal("SELECT * FROM u").starts_with("B013  Table with name u does not exist"));
    CHECK(refusal("").starts_with("B013"));
    CHECK(refusal("SELECT n FROM t WHERE n = ?").starts_with("B013"));
    CHECK(refusal("SELECT CAST(word AS INTEGER) FROM t").starts_with("B021"));
    CHECK(refusal("SELECT error('no')").starts_with("B021"));
}

TEST_CASE("a scan hands out every row once, with any number of threads") {
    const World world;
    write_range(world, "a.csv", 50'000);
    auto session = world.open("a.csv");
    std::atomic<std::int64_t> sum{0};
    std::atomic<std::uint64_t> rows{0};
    const std::vector<std::size_t> columns{0};
    session.scan(0, columns, Order::any, [&](const Chunk& chunk, std::uint32_t thread) {
        CHECK(thread < 2);
        std::int64_t own = 0;
        for (const auto value : chunk.columns()[0].integers()) own += value;
        sum += own;
        rows += chunk.rows();
    });
    CHECK(rows == 50'000);
    CHECK(sum == std::int64_t{50'000} * 49'999 / 2);
    std::int64_t expected = 0;
    session.scan(0, columns, Order::as_stored, [&](const Chunk& chunk, std::uint32_t) {
        CHECK(chunk.first_row() == static_cast<std::uint64_t>(expected));
        for (const auto value : chunk.columns()[0].integers()) CHECK((value == expected++));
    });
    CHECK(session.count_rows(0) == 50'000);
}

TEST_CASE("values that are missing are counted column by column") {
    const World world;
    world.write("a.csv", "a,b\n1,\n,\n3,x\n");
    auto session = world.open("a.csv");
    const std::vector<std::size_t> both{0, 1};
    const auto counts = session.count_nulls(0, both);
    CHECK(counts.rows == 3);
    CHECK(counts.nulls == std::vector<std::uint64_t>{1, 2});
}

TEST_CASE("a wish to stop ends a long query") {
    World world;
    write_range(world, "a.csv", 1000);
    std::stop_source stop;
    world.runtime.stop = stop.get_token();
    auto session = world.open("a.csv");
    auto cursor = session.query("SELECT a.n FROM t AS a, t AS b, t AS c");
    Chunk chunk;
    REQUIRE(cursor.next(chunk));
    stop.request_stop();
    CHECK(refused([&] {
              while (cursor.next(chunk)) continue;
          }).starts_with("U009"));
}

TEST_CASE("a query that needs more memory than it may use says so") {
    const World world;
    write_range(world, "a.csv", 1000);
    std::vector<Source> sources;
    sources.push_back(world.source({"a.csv"}));
    Session session{world.engine(), std::move(sources), {world.folder.path(), 40U << 20}, world.runtime};
    CHECK(refused([&] {
              (void)World::rows(session.query("SELECT length(string_agg(repeat('x', 1000), '')) FROM t AS a, t AS b"));
          }).starts_with("B014"));
}

TEST_CASE("an answer is written as Parquet and read again") {
    const World world;
    write_range(world, "a.csv", 5);
    auto session = world.open("a.csv");
    std::string bytes;
    CHECK(session.write_parquet("SELECT n, word FROM t WHERE n > 2;", [&](ByteView part) { bytes += as_text(part); }) ==
          2);
    world.write("b.parquet", bytes);
    CHECK(world.rows("b.parquet") == "3,w3|4,w4");
}

TEST_CASE("nothing is left of a session, nor of one that was killed") {
    const World world;
    write_range(world, "a.csv", 5);
    const auto leftovers = [&] {
        std::size_t count = 0;
        for (const auto& entry : std::filesystem::directory_iterator{world.folder.path()})
            count += entry.path().filename().string().starts_with("mlo-table-") ? 1U : 0U;
        return count;
    };
    // As a process leaves it that was killed: its lock ended with it.
    world.write("mlo-table-00112233aabbccdd/lock", "");
    world.write("mlo-table-00112233aabbccdd/spill/1.tmp", "x");
    {
        const auto session = world.open("a.csv");
        CHECK(leftovers() == 1);
        const auto other = world.open("a.csv");
        CHECK(leftovers() == 2);
    }
    CHECK(leftovers() == 0);
}

TEST_CASE("a file that changes while it is read is noticed") {
    const World world;
    write_range(world, "a.csv", 30'000);
    auto session = world.open("a.csv");
    write_range(world, "a.csv", 100);
    CHECK(refused([&] { (void)World::rows(session.read(0)); }).starts_with("B019  'a.csv' changed"));
}

TEST_CASE("a table may come from a stream of bytes") {
    const World world;
    Source source;
    source.name = "t";
    source.shown = "-";
    source.streams.push_back({"-", [](const std::function<void(ByteView)>& sink) {
                                  for (const std::string_view part : {"a,b\n1,", "x\n2,y\n"}) sink(as_bytes(part));
                              }});
    CHECK(World::rows(world.open(source).read(0)) == "1,x|2,y");
}

}  // namespace
}  // namespace mlo::table
