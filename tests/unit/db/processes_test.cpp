// SPDX-License-Identifier: Apache-2.0
// Several processes on one database, some of them killed.
#include <catch2/catch.hpp>
#include <children.hpp>
#include <chrono>
#include <filesystem>
#include <list>
#include <random>

#include "db_fixture.hpp"

namespace mlo::test {
namespace {

using db::Access;
using db::Database;
using db::Durability;
using db::Transaction;

using Work = std::function<void(std::uint64_t which, const Child::Tell&)>;

/// Starts so many; each gets its number from 0 on.
std::list<Child> start(std::uint64_t count, const Work& work) {
    std::list<Child> children;
    for (std::uint64_t which = 0; which < count; ++which)
        children.emplace_back([&](const Child::Tell& tell) { work(which, tell); });
    return children;
}

/// Whether all end well.
bool all_end_well(std::list<Child>& children) {
    bool is_well = true;
    for (auto& child : children) is_well &= child.wait() == 0;
    return is_well;
}

bool is_sound(Database& database) {
    auto& statement = database.statement("PRAGMA integrity_check");
    return statement.step() && statement.text(0) == "ok";
}

std::uintmax_t log_size(const std::string& path) { return std::filesystem::file_size(path + "-wal"); }

constexpr std::size_t block_count = 64;

/// Overwrites one of a few large rows: the log grows by 64 KiB, the database does not.
void write_block(Database& database, std::uint64_t number) {
    static const std::string block(64 << 10, 'x');
    Transaction transaction{database};
    database.statement("INSERT OR REPLACE INTO notes (id, text) VALUES (?, ?)")
        .bind_all(-1 - static_cast<std::int64_t>(number % block_count), block)
        .run();
    transaction.commit();
}

TEST_CASE("processes that write at once wait for each other, and nothing is lost") {
    const auto writers = GENERATE(as<std::uint64_t>{}, 2, 8);
    constexpr std::uint64_t each = 150;
    TemporaryFolder folder;
    const auto path = folder.path("a.db");
    // Each reads and then writes: without IMMEDIATE, SQLite would refuse most of it at once.
    auto children = start(writers, [&](std::uint64_t which, const Child::Tell&) {
        auto database = open_notes(path);
        for (std::uint64_t i = 0; i < each; ++i) {
            Transaction transaction{database};
            const auto last = number(database, "SELECT coalesce(max(id), 0) FROM notes");
            database.statement("INSERT INTO notes (id, text) VALUES (?, ?)")
                .bind_all(last + 1, std::to_string(which))
                .run();
            transaction.commit();
        }
    });
    CHECK(all_end_well(children));
    auto database = open_notes(path, Access::read);
    CHECK(count_notes(database) == static_cast<std::int64_t>(writers * each));
    CHECK(number(database, "SELECT count(*) FROM (SELECT text FROM notes GROUP BY text HAVING count(*) = 150)") ==
          static_cast<std::int64_t>(writers));
    CHECK(is_sound(database));
}

TEST_CASE("processes that make a database at once all find it made") {
    const bool is_older = GENERATE(false, true);
    for (int round = 0; round < 10; ++round) {
        TemporaryFolder folder;
        const auto path = folder.path("a.db");
        if (is_older) Database{path, Access::write, Durability::process, old_notes, real_runtime()};
        auto children = start(8, [&](std::uint64_t, const Child::Tell&) {
            auto database = open_notes(path);
            add_note(database, "here");
        });
        CHECK(all_end_well(children));
        auto database = open_notes(path, Access::read);
        CHECK(count_notes(database) == 8);
        CHECK(number(database, "SELECT count(*) FROM authors") == 0);
    }
}

TEST_CASE("a process that is killed while it makes a database leaves none or a whole one") {
    std::mt19937_64 random{5};
    for (int round = 0; round < 40; ++round) {
        TemporaryFolder folder;
        const auto path = folder.path("a.db");
        Child child{[&](const Child::Tell& tell) {
            tell(0);
            auto database = open_notes(path);
            tell(1);
        }};
        std::uint64_t told = 0;
        REQUIRE(child.hear(told));
        const auto moment = std::chrono::steady_clock::now() + std::chrono::microseconds{random() % 30'000};
        while (std::chrono::steady_clock::now() < moment) continue;
        child.kill();
        auto database = open_notes(path);
        add_note(database, "after");
        CHECK(count_notes(database) == 1);
        CHECK(is_sound(database));
    }
}

TEST_CASE("what a killed process was told to be committed is there, a hundred times") {
    TemporaryFolder folder;
    const auto path = folder.path("a.db");
    std::mt19937_64 random{7};
    std::vector<std::uint64_t> acknowledged(2);
    const auto last_of = [&](Database& database, std::uint64_t writer) {
        return static_cast<std::uint64_t>(number(
            database,
            "SELECT coalesce(max(CAST(author AS INTEGER)), 0) FROM notes WHERE text = " + std::to_string(writer)));
    };
    for (int round = 0; round < 100; ++round) {
        auto children = start(2, [&](std::uint64_t which, const Child::Tell& tell) {
            auto database = open_notes(path);
            for (std::uint64_t i = acknowledged[which] + 1;; ++i) {
                {
                    Transaction transaction{database};
                    auto& insert = database.statement("INSERT INTO notes (text, author) VALUES (?, ?)");
                    insert.bind_all(std::to_string(which), std::to_string(i)).run();
                    transaction.commit();
                }
                tell(i);
                write_block(database, i);
            }
        });
        const auto rounds = 1 + random() % 20;
        for (std::uint64_t i = 0; i < rounds; ++i)
            for (std::uint64_t which = 0; auto& child : children) REQUIRE(child.hear(acknowledged[which++]));
        for (auto& child : children) child.kill();
        for (std::uint64_t which = 0; auto& child : children) {
            while (child.hear(acknowledged[which])) continue;  // what was still in the pipe
            ++which;
        }
        auto database = open_notes(path);
        for (std::uint64_t which = 0; which < 2; ++which) {
            const auto last = last_of(database, which);
            CHECK(last >= acknowledged[which]);
            CHECK(last <= acknowledged[which] + 1);
            CHECK(number(database, "SELECT count(*) FROM notes WHERE text = " + std::to_string(which)) ==
                  static_cast<std::int64_t>(last));
            acknowledged[which] = last;
        }
        REQUIRE(is_sound(database));
    }
}

TEST_CASE("the log stays small while many write, and what is in it reaches the database") {
    TemporaryFolder folder;
    const auto path = folder.path("a.db");
    constexpr std::uint64_t blocks_each = 400;  // 4 x 400 x 64 KiB: six times the log
    auto children = start(4, [&](std::uint64_t, const Child::Tell&) {
        auto database = open_notes(path);
        for (std::uint64_t i = 0; i < blocks_each; ++i) write_block(database, i);
    });
    CHECK(all_end_well(children));
    CHECK(log_size(path) < (18u << 20));
    auto database = open_notes(path, Access::read);
    CHECK(count_notes(database) == block_count);
    CHECK(is_sound(database));
}

TEST_CASE("a reader makes the log grow, and when it has ended the log is small again") {
    TemporaryFolder folder;
    const auto path = folder.path("a.db");
    auto database = open_notes(path);
    auto reader = open_notes(path, Access::read);
    {
        const db::Snapshot snapshot{reader};
        CHECK(count_notes(reader) == 0);
        for (std::uint64_t i = 0; i < 600; ++i) write_block(database, i);
        CHECK(log_size(path) > (36u << 20));
        CHECK(count_notes(reader) == 0);
    }
    for (std::uint64_t i = 0; i < 300; ++i) write_block(database, i);
    CHECK(log_size(path) < (18u << 20));
    CHECK(count_notes(reader) == block_count);
}

TEST_CASE("short processes leave no long log to each other, nor does one that writes much at once") {
    TemporaryFolder folder;
    const auto path = folder.path("a.db");
    for (std::uint64_t i = 0; i < 300; ++i) {
        auto database = open_notes(path);
        write_block(database, i);
        REQUIRE(log_size(path) < (17u << 20));
    }
    CHECK(log_size(path) < (8u << 20));  // of the last ones alone

    auto database = open_notes(path);
    for (std::uint64_t i = 0; i < 150; ++i) write_block(database, i);
    static const std::string large(40 << 20, 'x');
    Transaction transaction{database};
    database.statement("INSERT INTO notes (id, text) VALUES (1000, ?)").bind_all(large).run();
    transaction.commit();
    CHECK(log_size(path) == 0);
    CHECK(count_notes(database) == block_count + 1);
}

TEST_CASE("a checkpoint leaves nothing in the log that the next to open would have to read") {
    TemporaryFolder folder;
    const auto path = folder.path("a.db");
    {
        auto database = open_notes(path);
        for (std::uint64_t i = 0; i < 20; ++i) write_block(database, i);
        database.checkpoint();
    }
    CHECK(log_size(path) == 0);
    std::filesystem::remove(path + "-wal");
    std::filesystem::remove(path + "-shm");
    auto database = open_notes(path);
    CHECK(count_notes(database) == 20);
}

}  // namespace
}  // namespace mlo::test
