// SPDX-License-Identifier: Apache-2.0
// Databases with a rollback journal: where processes share no memory, and wherever it is asked for.
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <children.hpp>
#include <failure.hpp>
#include <fault_fs.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <list>
#include <mlo/db/check.hpp>
#include <mlo/db/errors.hpp>
#include <mlo/util/text.hpp>
#include <random>
#include <refused.hpp>
#include <thread>

#include "db_fixture.hpp"

namespace mlo::test {
namespace {

using db::Access;
using db::Database;
using db::Durability;
using db::Journaling;
using db::Transaction;

/// A world whose folder of that path, which is a real one, is told to be on a network file system.
class Network {
public:
    explicit Network(const std::string& folder) {
        std::string path;
        for (const auto& component : split(std::string_view{folder}.substr(1), '/')) {
            static_cast<void>(fs_.open_root(path.empty() ? "/" : path)->make_dir(component));
            path += "/" + std::string{component};
        }
        fs_.put_on_network(folder);
    }
    [[nodiscard]] Runtime runtime() {
        return {fs_, system_clock(), system_random(), silent_log(), silent_progress(), {}, 1};
    }

private:
    FaultFs fs_{"/"};
};

Database open_rollback(const std::string& path, Access access = Access::write) {
    return Database{path, access, Durability::power, notes, real_runtime(), Journaling::rollback};
}

/// By the file's header. Not while a connection of this process holds a lock.
bool has_log(const std::string& path) {
    std::ifstream file{path, std::ios::binary};
    file.seekg(18);
    return file.get() == 2;
}

bool is_there(const std::string& path) { return std::filesystem::exists(path); }

TEST_CASE("a database with a rollback journal has no log, and each of its commits is synced") {
    TemporaryFolder folder;
    const auto path = folder.path("a.db");
    auto database = open_rollback(path);
    add_note(database, "one");
    CHECK_FALSE(has_log(path));
    CHECK(number(database, "PRAGMA synchronous") == 3);
    CHECK_FALSE(is_there(path + "-wal"));
    CHECK_FALSE(is_there(path + "-shm"));
    CHECK(is_there(path + "-journal"));
    database.checkpoint();
    Database other{path, Access::write, Durability::process, notes, real_runtime(), Journaling::rollback};
    CHECK(number(other, "PRAGMA synchronous") == 2);
    CHECK(count_notes(other) == 1);
    auto reader = open_notes(path, Access::read);
    CHECK(count_notes(reader) == 1);
}

TEST_CASE("on a network file system a database has a rollback journal, whoever asks") {
    TemporaryFolder folder;
    const auto path = folder.path("a.db");
    Network network{folder.path()};
    {
        Database database{path, Access::write, Durability::process, notes, network.runtime()};
        add_note(database, "one");
        CHECK_FALSE(has_log(path));
        CHECK(number(database, "PRAGMA synchronous") == 2);
    }
    CHECK_FALSE(is_there(path + "-shm"));
    Database reader{path, Access::read, Durability::process, notes, network.runtime()};
    CHECK(count_notes(reader) == 1);
    // It lets go of what it read.
    Database writer{path, Access::write, Durability::process, notes, network.runtime()};
    add_note(writer, "two");
    CHECK(count_notes(reader) == 2);
    CHECK(db::check(path, network.runtime()).empty());
}

TEST_CASE("a database with a log that came to a network file system loses it, and nothing else") {
    const auto access = GENERATE(Access::write, Access::read);
    TemporaryFolder folder;
    const auto path = folder.path("a.db");
    {
        auto database = open_notes(path);
        add_note(database, "in the log");
        CHECK(has_log(path));
    }
    CHECK(is_there(path + "-wal"));
    Network network{folder.path()};
    Database database{path, access, Durability::process, notes, network.runtime()};
    CHECK(count_notes(database) == 1);
    CHECK_FALSE(has_log(path));
    CHECK_FALSE(is_there(path + "-wal"));
}

TEST_CASE("a log that another process has open on a network file system is told, and left") {
    TemporaryFolder folder;
    const auto path = folder.path("a.db");
    Child holder{[&](const Child::Tell& tell) {
        auto database = open_notes(path);
        add_note(database, "theirs");
        tell(1);
        std::this_thread::sleep_for(std::chrono::hours{1});
    }};
    std::uint64_t told = 0;
    REQUIRE(holder.hear(told));
    Network network{folder.path()};
    for (const auto access : {Access::write, Access::read})
        CHECK_THAT(refused([&] {
                       return Database{path, access, Durability::process, notes, network.runtime()}, 0;
                   }),
                   Catch::StartsWith("D013  '" + path + "' has a write-ahead log, and is on a network file system"));
    holder.kill();
    Database database{path, Access::write, Durability::process, notes, network.runtime()};
    CHECK(count_notes(database) == 1);
}

TEST_CASE("a database changes between log and journal when nobody else has it, and works on when somebody has") {
    TemporaryFolder folder;
    const auto path = folder.path("a.db");
    auto with_log = open_notes(path);
    add_note(with_log, "one");
    {
        auto wants_journal = open_rollback(path);
        CHECK(has_log(path));
        add_note(wants_journal, "two");
    }
    add_note(with_log, "three");
    with_log = open_notes(folder.path("b.db"));
    auto with_journal = open_rollback(path);
    CHECK_FALSE(has_log(path));
    CHECK(count_notes(with_journal) == 3);
    // Back again: one that is open and idle notices.
    auto log_again = open_notes(path);
    CHECK(has_log(path));
    add_note(with_journal, "four");
    add_note(log_again, "five");
    CHECK(count_notes(with_journal) == 5);
}

TEST_CASE("processes that write and read one database with a rollback journal wait for each other") {
    constexpr std::uint64_t writers = 4;
    constexpr std::uint64_t each = 40;
    TemporaryFolder folder;
    const auto path = folder.path("a.db");
    static_cast<void>(open_rollback(path));
    std::list<Child> children;
    for (std::uint64_t which = 0; which < writers; ++which)
        children.emplace_back([&](const Child::Tell&) {
            auto database = open_rollback(path);
            for (std::uint64_t i = 0; i < each; ++i) {
                Transaction transaction{database};
                const auto last = number(database, "SELECT coalesce(max(id), 0) FROM notes");
                database.statement("INSERT INTO notes (id, text) VALUES (?, 'x')").bind_all(last + 1).run();
                transaction.commit();
            }
        });
    for (int reader = 0; reader < 2; ++reader)
        children.emplace_back([&](const Child::Tell&) {
            auto database = open_rollback(path, Access::read);
            std::int64_t seen = 0;
            while (seen < static_cast<std::int64_t>(writers * each)) {
                const db::Snapshot snapshot{database};
                const auto now = count_notes(database);
                if (now < seen || now != number(database, "SELECT coalesce(max(id), 0) FROM notes"))
                    throw std::runtime_error{"an inconsistent view"};
                seen = now;
            }
        });
    bool is_well = true;
    for (auto& child : children) is_well &= child.wait() == 0;
    CHECK(is_well);
    auto database = open_rollback(path);
    CHECK(count_notes(database) == static_cast<std::int64_t>(writers * each));
    CHECK(db::check(path, real_runtime()).empty());
}

TEST_CASE("what a killed process had committed with a rollback journal is there, and nothing half") {
    TemporaryFolder folder;
    const auto path = folder.path("a.db");
    std::mt19937_64 random{11};
    std::uint64_t acknowledged = 0;
    for (int round = 0; round < 60; ++round) {
        Child child{[&](const Child::Tell& tell) {
            auto database = open_rollback(path);
            for (auto i = acknowledged + 1;; ++i) {
                Transaction transaction{database};
                for (int half = 0; half < 2; ++half)
                    database.statement("INSERT INTO notes (text, author) VALUES (?, ?)")
                        .bind_all(std::string(20'000, 'x'), std::to_string(i))
                        .run();
                transaction.commit();
                tell(i);
            }
        }};
        const auto heard = 1 + random() % 4;
        for (std::uint64_t i = 0; i < heard; ++i) REQUIRE(child.hear(acknowledged));
        std::this_thread::sleep_for(std::chrono::microseconds{random() % 3'000});
        child.kill();
        while (child.hear(acknowledged)) continue;  // what was still in the pipe
        auto database = open_rollback(path);
        const auto last = number(database, "SELECT coalesce(max(CAST(author AS INTEGER)), 0) FROM notes");
        REQUIRE(last >= static_cast<std::int64_t>(acknowledged));
        REQUIRE(number(database, "SELECT count(*) FROM (SELECT 1 FROM notes GROUP BY author HAVING count(*) <> 2)") ==
                0);
        REQUIRE(db::check(path, real_runtime()).empty());
        acknowledged = static_cast<std::uint64_t>(last);
    }
}

/// Puts back into a journal what page 2 holds, and then writes over that page: the state that a commit leaves which was
/// cut off in the middle (https://www.sqlite.org/fileformat2.html, section 3).
void cut_off_commit(const std::string& path) {
    constexpr std::uint32_t page_size = 4096;
    std::fstream file{path, std::ios::in | std::ios::out | std::ios::binary};
    std::string content{std::istreambuf_iterator<char>{file}, {}};
    const auto page = content.substr(page_size, page_size);
    std::string journal{"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7", 8};
    const auto add = [&](std::uint32_t number) {
        for (int shift = 24; shift >= 0; shift -= 8) journal += static_cast<char>(number >> shift & 0xff);
    };
    for (const auto number : {1U, 0U, static_cast<std::uint32_t>(content.size() / page_size), 512U, page_size})
        add(number);
    journal.resize(512, '\0');
    add(2);
    journal += page;
    std::uint32_t sum = 0;
    for (int i = page_size - 200; i > 0; i -= 200) sum += static_cast<unsigned char>(page[static_cast<std::size_t>(i)]);
    add(sum);
    std::ofstream{path + "-journal", std::ios::binary} << journal;
    file.clear();
    file.seekp(page_size);
    file << std::string(page_size, '\0');
}

TEST_CASE("a commit that was cut off is undone by the next who opens, and nobody reads the half of it") {
    TemporaryFolder folder;
    const auto path = folder.path("a.db");
    {
        auto database = open_rollback(path);
        add_note(database, "whole");
    }
    cut_off_commit(path);
    for (const auto& entry : std::filesystem::directory_iterator{folder.path()}) ::chmod(entry.path().c_str(), 0444);
    ::chmod(folder.path().c_str(), 0555);
    Child nobody{[&](const Child::Tell&) {
        if (::geteuid() == 0 && (::setgid(65534) != 0 || ::setuid(65534) != 0)) ::_exit(3);
        if (failure([&] { return open_notes(path, Access::read), 0; }) != db::errors::database_read_only.id) ::_exit(4);
    }};
    CHECK(nobody.wait() == 0);
    ::chmod(folder.path().c_str(), 0755);
    for (const auto& entry : std::filesystem::directory_iterator{folder.path()}) ::chmod(entry.path().c_str(), 0644);
    auto database = open_rollback(path, Access::read);
    CHECK(count_notes(database) == 1);
    CHECK(db::check(path, real_runtime()).empty());
}

}  // namespace
}  // namespace mlo::test
