// SPDX-License-Identifier: Apache-2.0
// Damaged databases: what is said of them, and what can be saved.
#include <catch2/catch.hpp>
#include <failure.hpp>
#include <filesystem>
#include <mlo/db/check.hpp>
#include <mlo/db/errors.hpp>
#include <random>
#include <set>

#include "db_fixture.hpp"

namespace mlo::test {
namespace {

using db::Access;
using db::Database;
using db::Durability;
using db::Transaction;

constexpr db::Migration tables[] = {R"(
CREATE TABLE events (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, value REAL NOT NULL, content BLOB, flag INTEGER) STRICT;
CREATE INDEX events_by_flag ON events (flag);
CREATE TABLE points (value REAL, series INTEGER, step INTEGER, kind INTEGER NOT NULL, PRIMARY KEY (series, step)) STRICT, WITHOUT ROWID;
)"};
constexpr db::Schema schema{.application_id = 99, .migrations = tables};
constexpr std::int64_t event_count = 400;
constexpr std::int64_t point_count = 3000;

Database open(const std::string& path, Access access = Access::write) {
    return {path, access, Durability::process, schema, real_runtime()};
}

enum class Log : std::uint8_t { moved, left };

void make(const std::string& path, Log log) {
    auto database = open(path);
    const auto add = [&](std::int64_t first, std::int64_t last) {
        Transaction transaction{database};
        for (auto i = first; i < last; ++i) {
            // Every twentieth has an overflow chain.
            const std::string content(i % 20 == 0 ? 9000 : 50, static_cast<char>('a' + i % 26));
            database.statement("INSERT INTO events VALUES (?, ?, ?, ?, ?)")
                .bind_all(i * 3, "event " + std::to_string(i), static_cast<double>(i) / 4, as_bytes(content),
                          i % 2 == 0 ? std::optional<std::int64_t>{} : i)
                .run();
        }
        transaction.commit();
    };
    add(1, event_count / 2 + 1);
    if (log == Log::moved) add(event_count / 2 + 1, event_count + 1);
    {
        Transaction transaction{database};
        for (std::int64_t i = 0; i < point_count; ++i)
            database.statement("INSERT INTO points VALUES (?, ?, ?, ?)")
                .bind_all(static_cast<double>(i), i % 3, i, 0)
                .run();
        transaction.commit();
    }
    database.checkpoint();
    if (log == Log::left) add(event_count / 2 + 1, event_count + 1);
}

/// The rows of both tables as text.
std::set<std::string> rows_of(Database& database) {
    std::set<std::string> rows;
    auto& select = database.statement(
        "SELECT 'e', number, name, value, hex(content), flag FROM events UNION ALL SELECT 'p', series, step, value, "
        "kind, NULL "
        "FROM points");
    while (select.step()) {
        std::string row;
        for (int column = 0; column < 6; ++column) row += std::string{select.text(column)} + "|";
        rows.insert(row);
    }
    return rows;
}

struct Saved {
    std::set<std::string> rows;
    db::Salvage report;
};

Saved save(const TemporaryFolder& folder) {
    std::filesystem::remove(folder.path("b.db"));
    for (const auto* const more : {"b.db-wal", "b.db-shm", "b.db.lock"}) std::filesystem::remove(folder.path(more));
    Saved saved;
    saved.report = db::salvage(folder.path("a.db"), folder.path("b.db"), schema, real_runtime());
    CHECK(db::check(folder.path("b.db"), real_runtime()).empty());
    auto database = open(folder.path("b.db"), Access::read);
    saved.rows = rows_of(database);
    return saved;
}

std::set<std::string> all_rows(const TemporaryFolder& folder) {
    auto database = open(folder.path("a.db"), Access::read);
    return rows_of(database);
}

bool is_part(const std::set<std::string>& part, const std::set<std::string>& whole) {
    return std::includes(whole.begin(), whole.end(), part.begin(), part.end());
}

TEST_CASE("a sound database has no problems, and all of it can be saved, the log included") {
    const auto log = GENERATE(Log::moved, Log::left);
    TemporaryFolder folder;
    make(folder.path("a.db"), log);
    CHECK(db::check(folder.path("a.db"), real_runtime()).empty());
    const auto before = folder.read("a.db") + folder.read("a.db-wal");
    const auto whole = all_rows(folder);
    CHECK(whole.size() == event_count + point_count);
    const auto saved = save(folder);
    CHECK(saved.rows == whole);
    CHECK(saved.report.unreadable_pages == 0);
    CHECK(saved.report.refused_rows == 0);
    REQUIRE(saved.report.tables.size() == 2);
    CHECK(saved.report.tables[0].name == "events");
    CHECK(saved.report.tables[0].rows == event_count);
    CHECK(saved.report.tables[1].rows == point_count);
    CHECK(folder.read("a.db") + folder.read("a.db-wal") == before);
    CHECK(failure([&] { return db::salvage(folder.path("a.db"), folder.path("b.db"), schema, real_runtime()); }) ==
          "U006");
}

TEST_CASE("deleted rows are not saved") {
    TemporaryFolder folder;
    make(folder.path("a.db"), Log::moved);
    {
        auto database = open(folder.path("a.db"));
        Transaction transaction{database};
        database.execute("DELETE FROM events WHERE number > 300; DELETE FROM points WHERE series = 1");
        transaction.commit();
    }
    CHECK(save(folder).rows == all_rows(folder));
}

TEST_CASE("a database without its first page loses none of its rows") {
    TemporaryFolder folder;
    make(folder.path("a.db"), Log::moved);
    const auto whole = all_rows(folder);
    auto content = folder.read("a.db");
    content.replace(0, 4096, 4096, '\0');
    folder.write("a.db", content);
    std::filesystem::remove(folder.path("a.db-wal"));
    CHECK_FALSE(db::check(folder.path("a.db"), real_runtime()).empty());
    CHECK(save(folder).rows == whole);
}

TEST_CASE("a database cut off anywhere is a problem, and what is before the cut can be saved") {
    TemporaryFolder folder;
    make(folder.path("a.db"), Log::moved);
    const auto whole = all_rows(folder);
    const auto content = folder.read("a.db");
    std::filesystem::remove(folder.path("a.db-wal"));
    std::size_t before = 0;
    for (std::size_t size = 4096; size < content.size(); size += 7 * 4096 + 100) {
        INFO(size);
        folder.write("a.db", content.substr(0, size));
        std::filesystem::remove(folder.path("a.db-shm"));
        CHECK_FALSE(db::check(folder.path("a.db"), real_runtime()).empty());
        const auto saved = save(folder);
        CHECK(is_part(saved.rows, whole));
        CHECK(saved.rows.size() >= before);
        before = saved.rows.size();
    }
    CHECK(before > 1500);
}

TEST_CASE("a page that is overwritten costs its own rows and no others") {
    TemporaryFolder folder;
    make(folder.path("a.db"), Log::moved);
    const auto whole = all_rows(folder);
    const auto content = folder.read("a.db");
    std::filesystem::remove(folder.path("a.db-wal"));
    for (std::size_t page = 0; page < content.size() / 4096; ++page) {
        INFO("page " << page + 1);
        auto damaged = content;
        damaged.replace(page * 4096, 4096, 4096, '\xff');
        folder.write("a.db", damaged);
        const auto saved = save(folder);
        CHECK(is_part(saved.rows, whole));
        CHECK(whole.size() - saved.rows.size() <= 350);  // as many points are on one page
    }
}

TEST_CASE("flipped bytes never make saving fail, and most rows are saved") {
    TemporaryFolder folder;
    const auto log = GENERATE(Log::moved, Log::left);
    make(folder.path("a.db"), log);
    const auto whole = all_rows(folder);
    const auto content = folder.read("a.db");
    const auto tail = folder.read("a.db-wal");
    std::mt19937_64 random{13};
    for (int round = 0; round < 60; ++round) {
        auto damaged = content;
        for (int i = 0; i < 20; ++i) damaged[random() % damaged.size()] = static_cast<char>(random());
        folder.write("a.db", damaged);
        auto damaged_tail = tail;
        if (round % 2 == 1 && !tail.empty()) damaged_tail[random() % damaged_tail.size()] ^= 1;
        folder.write("a.db-wal", damaged_tail);
        std::filesystem::remove(folder.path("a.db-shm"));
        static_cast<void>(db::check(folder.path("a.db"), real_runtime()));
        const auto saved = save(folder);
        std::size_t same = 0;
        for (const auto& row : saved.rows) same += whole.contains(row) ? 1u : 0u;
        CHECK(same > whole.size() / 4);
    }
}

TEST_CASE("rubbish yields nothing, and no error") {
    TemporaryFolder folder;
    std::mt19937_64 random{17};
    for (const std::size_t size : {0u, 1u, 99u, 100u, 511u, 4096u, 50'000u}) {
        std::string content(size, '\0');
        for (auto& c : content) c = static_cast<char>(random());
        folder.write("a.db", content);
        if (size > 0) CHECK_FALSE(db::check(folder.path("a.db"), real_runtime()).empty());
        CHECK(save(folder).rows.empty());
    }
    CHECK(failure([&] { return db::salvage(folder.path("none"), folder.path("c.db"), schema, real_runtime()); }) ==
          "U003");
    CHECK(failure([&] { return db::check(folder.path("none"), real_runtime()); }) == db::errors::database_missing.id);
}

}  // namespace
}  // namespace mlo::test
