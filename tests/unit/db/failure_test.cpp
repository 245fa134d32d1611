// SPDX-License-Identifier: Apache-2.0
// What a database says of files that are none, of others who are busy, and of folders that cannot be written.
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <children.hpp>
#include <failure.hpp>
#include <fault_fs.hpp>
#include <filesystem>
#include <mlo/db/errors.hpp>
#include <mlo/util/errors.hpp>
#include <refused.hpp>
#include <thread>

#include "db_fixture.hpp"

namespace mlo::test {
namespace {

using db::Access;
using db::Database;
using db::Durability;
using db::Transaction;

std::string opening(const std::string& path, Access access = Access::write) {
    return refused([&] { return open_notes(path, access), 0; });
}

void make_one(const std::string& path) {
    auto database = open_notes(path);
    add_note(database, "one");
    database.checkpoint();
}

TEST_CASE("a database of a newer mlo is refused and left alone") {
    TemporaryFolder folder;
    const auto path = folder.path("a.db");
    make_one(path);
    const auto before = folder.read("a.db");
    for (const auto access : {Access::read, Access::write})
        CHECK(refused([&] {
                  return Database{path, access, Durability::process, old_notes, real_runtime()}, 0;
              }) ==
              "D001  '" + path +
                  "' has version 2 of its tables, this mlo knows 1 help: use the mlo that wrote it, or a newer one");
    CHECK(folder.read("a.db") == before);
}

TEST_CASE("a file that is no database is refused and left alone") {
    TemporaryFolder folder;
    const auto path = folder.path("a.db");
    for (const std::string& content : {std::string{"x"}, std::string(511, 'x'), std::string(5000, 'x'),
                                       "SQLite format 3" + std::string(4081, '\1')}) {
        folder.write("a.db", content);
        for (const auto access : {Access::read, Access::write})
            CHECK(opening(path, access) == "D002  '" + path + "' is not a database help: mlo doctor");
        CHECK(folder.read("a.db") == content);
    }
}

TEST_CASE("another program's database is refused and left alone") {
    TemporaryFolder folder;
    const auto path = folder.path("a.db");
    static constexpr db::Migration tables[] = {"CREATE TABLE other (a INTEGER) STRICT"};
    { Database{path, Access::write, Durability::process, {.application_id = 7, .migrations = tables}, real_runtime()}; }
    const auto before = folder.read("a.db");
    for (const auto access : {Access::read, Access::write})
        CHECK_THAT(opening(path, access), Catch::StartsWith("D003 "));
    CHECK(folder.read("a.db") == before);
}

TEST_CASE("a damaged database says so") {
    TemporaryFolder folder;
    const auto path = folder.path("a.db");
    {
        auto database = open_notes(path);
        for (int i = 0; i < 300; ++i) add_note(database, std::string(100, 'x'));
        database.checkpoint();
    }
    auto content = folder.read("a.db");
    for (std::size_t at = 2 * 4096; at < content.size(); at += 4096) content.replace(at, 64, 64, '\xff');
    folder.write("a.db", content);
    std::filesystem::remove(path + "-wal");
    auto database = open_notes(path, Access::read);
    CHECK_THAT(refused([&] { return number(database, "SELECT sum(length(text)) FROM notes"); }),
               Catch::StartsWith("D004  '" + path + "' is damaged") && Catch::EndsWith("help: mlo doctor"));
}

TEST_CASE("an empty file beside a log is not taken for a new database") {
    TemporaryFolder folder;
    const auto path = folder.path("a.db");
    {
        auto database = open_notes(path);
        add_note(database, "one");
    }
    const auto log = folder.read("a.db-wal");
    folder.write("a.db", "");
    for (const auto access : {Access::read, Access::write})
        CHECK_THAT(opening(path, access), Catch::StartsWith("D004 "));
    CHECK(folder.read("a.db-wal") == log);
}

TEST_CASE("a database that is not there can only be made") {
    TemporaryFolder folder;
    const auto path = folder.path("a.db");
    CHECK(opening(path, Access::read) ==
          "D006  '" + path +
              "' does not exist help: nothing has been recorded here yet; is this the right repository? mlo doctor");
    CHECK(std::filesystem::is_empty(folder.path()));
    CHECK_THAT(opening(folder.path("none/a.db")), Catch::StartsWith("U003 "));
    std::filesystem::create_directory(path);
    CHECK(opening(path) != "nothing");
    CHECK(opening(path, Access::read) != "nothing");
}

/// Runs as somebody for whom permissions count, which root is not; returns what it says.
int as_nobody(const std::function<void()>& work) {
    return Child{[&](const Child::Tell&) {
               if (::geteuid() == 0 && (::setgid(65534) != 0 || ::setuid(65534) != 0)) ::_exit(3);
               work();
           }}
        .wait();
}

TEST_CASE("where nothing can be written, a database can be read, and writing says why not") {
    const bool has_log = GENERATE(false, true);
    TemporaryFolder folder;
    const auto path = folder.path("a.db");
    make_one(path);
    if (has_log) {
        auto database = open_notes(path);
        add_note(database, "two");
    } else {
        std::filesystem::remove(path + "-wal");
        std::filesystem::remove(path + "-shm");
    }
    for (const auto& entry : std::filesystem::directory_iterator{folder.path()}) ::chmod(entry.path().c_str(), 0444);
    ::chmod(folder.path().c_str(), 0555);
    CHECK(as_nobody([&] {
              auto database = open_notes(path, Access::read);
              if (count_notes(database) != (has_log ? 2 : 1)) ::_exit(4);
          }) == 0);
    CHECK(as_nobody([&] {
              if (failure([&] { return open_notes(path), 0; }) != db::errors::database_read_only.id) ::_exit(4);
          }) == 0);
    ::chmod(folder.path().c_str(), 0755);
}

TEST_CASE("an older database that cannot be written says so") {
    TemporaryFolder folder;
    const auto path = folder.path("a.db");
    { Database{path, Access::write, Durability::process, old_notes, real_runtime()}; }
    for (const auto& entry : std::filesystem::directory_iterator{folder.path()}) ::chmod(entry.path().c_str(), 0444);
    ::chmod(folder.path().c_str(), 0555);
    CHECK(as_nobody([&] {
              if (failure([&] { return open_notes(path, Access::read), 0; }) != db::errors::database_older.id)
                  ::_exit(4);
          }) == 0);
    ::chmod(folder.path().c_str(), 0755);
}

TEST_CASE("who waits too long hears which process is in the way") {
    TemporaryFolder folder;
    const auto path = folder.path("a.db");
    make_one(path);
    Child holder{[&](const Child::Tell& tell) {
        auto database = open_notes(path);
        const Transaction transaction{database};
        tell(1);
        ::pause();
    }};
    std::uint64_t ready = 0;
    REQUIRE(holder.hear(ready));
    StillWorld world{3};  // whose clock moves by sleeping alone
    Database database{path, Access::write, Durability::process, notes, world.with(real_fs())};
    CHECK(refused([&] { return Transaction{database}, 0; }) ==
          "D005  '" + path + "' is kept busy by process " + std::to_string(holder.process()) +
              " (unit_db) help: wait for it to end, then run the command again");
    CHECK(count_notes(database) == 1);
    holder.kill();
    add_note(database, "two");
    CHECK(count_notes(database) == 2);
}

TEST_CASE("waiting and long statements can be stopped") {
    TemporaryFolder folder;
    const auto path = folder.path("a.db");
    auto holder = open_notes(path);
    std::stop_source stop;
    auto runtime = real_runtime();
    runtime.stop = stop.get_token();
    Database database{path, Access::write, Durability::process, notes, runtime};
    std::optional<Transaction> held{std::in_place, holder};
    std::string waiting;
    std::thread waiter{[&] { waiting = refused([&] { return Transaction{database}, 0; }); }};
    stop.request_stop();
    waiter.join();
    CHECK_THAT(waiting, Catch::StartsWith("U009 "));
    held.reset();
    CHECK(failure([&] {
              return number(database,
                            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n");
          }) == errors::interrupted.id);
}

TEST_CASE("a log does not work on a network file system") {
    FaultFs fs{"/"};
    static_cast<void>(fs.open_root("/")->make_dir("net"));
    CHECK(db::wal_works(*fs.open_root("/net")));
    fs.put_on_network("/net");
    CHECK_FALSE(db::wal_works(*fs.open_root("/net")));
}

}  // namespace
}  // namespace mlo::test
