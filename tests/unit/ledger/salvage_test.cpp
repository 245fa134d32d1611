// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <failure.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <mlo/ledger/salvage.hpp>
#include <random>
#include <set>

#include "ledger_fixture.hpp"
#include "tables.hpp"

namespace mlo::test {
namespace {

const std::string carol(32, 'c');

/// A ledger of two writers in one file, closed.
class Closed {
public:
    Closed() {
        ledger::Ledger ledger{folder.path(), db::Access::write, runtime};
        for (int i = 1; i <= 30; ++i) {
            clock.sleep(std::chrono::seconds{1}, {});
            for (const auto& writer : {ada, bob})
                ledger.append(writer, sealed(writer.substr(0, 1) + "-run-" + std::to_string(100 + i),
                                             {object(std::to_string(i))}, "{\"number\":" + std::to_string(i) + "}"));
        }
        ledger.for_each_since({}, [&](const ledger::Event& event) { events.push_back(event); });
    }
    /// Moves everything from the log into the one file.
    void settle() const {
        db::Database{path(), db::Access::write, db::Durability::power, ledger::schema, runtime}.checkpoint();
    }
    [[nodiscard]] std::string path() const { return folder.path("ledger.db"); }
    [[nodiscard]] std::string content(const std::string& name = "ledger.db") const {
        std::ifstream file{folder.path(name), std::ios::binary};
        return {std::istreambuf_iterator<char>{file}, {}};
    }
    void replace(const std::string& what, const std::string& by) {
        for (const auto* const name : {"ledger.db", "ledger.db-wal"}) {
            auto bytes = content(name);
            for (auto at = bytes.find(what); at != bytes.npos; at = bytes.find(what, at + 1))
                bytes.replace(at, by.size(), by);
            std::ofstream{folder.path(name), std::ios::binary | std::ios::trunc} << bytes;
        }
    }
    [[nodiscard]] ledger::SalvagedLedger salvage() { return ledger::salvage(folder.path(), carol, runtime); }

    TemporaryFolder folder;
    StillClock clock{Timestamp{std::chrono::nanoseconds{1'800'000'000'000'000'001}}};
    SeededRandom random{1};
    Runtime runtime{real_fs(), clock, random, silent_log(), silent_progress(), {}, 1};
    std::vector<ledger::Event> events;
};

TEST_CASE("a sound ledger is left alone, and so is none") {
    Closed closed;
    CHECK_FALSE(ledger::is_damaged(closed.folder.path(), closed.runtime));
    CHECK(closed.salvage().set_aside.empty());
    TemporaryFolder empty;
    CHECK_FALSE(ledger::is_damaged(empty.path(), closed.runtime));
}

TEST_CASE("of a ledger with a changed event, chains are kept up to it, and what is behind it is recorded again") {
    Closed closed;
    closed.settle();
    const auto before = closed.content();
    closed.replace("a-run-107", "a-run-xxx");
    REQUIRE(ledger::is_damaged(closed.folder.path(), closed.runtime));
    const auto damaged = closed.content();
    const auto salvaged = closed.salvage();
    CHECK(salvaged.kept == 6 + 30);
    CHECK(salvaged.recorded_again == 23);
    CHECK(salvaged.lost == std::vector<std::string>{"the event 7 of " + ada});
    CHECK(closed.content(salvaged.set_aside.substr(closed.folder.path().size() + 1)) == damaged);
    CHECK(damaged != before);
    CHECK_FALSE(ledger::is_damaged(closed.folder.path(), closed.runtime));

    ledger::Ledger ledger{closed.folder.path(), db::Access::write, closed.runtime};
    const auto heads = ledger.heads();
    CHECK(heads.at(ada).seq == 6);
    CHECK(heads.at(bob).seq == 30);
    CHECK(heads.at(carol).seq == 23);
    CHECK(ledger.by_subject("a-run-108").at(0).writer == carol);
    CHECK(ledger.by_subject("a-run-108").at(0).ids == std::vector{object("8")});
    CHECK(ledger.body(*ledger.by_subject("a-run-130").at(0).body) == "{\"number\":30}");
    // What was lost comes back with whoever has it.
    std::vector<ledger::Event> whole;
    for (const auto& event : closed.events)
        if (event.writer == ada) whole.push_back(event);
    const std::vector<std::string> bodies{"{\"number\":7}"};
    CHECK(ledger.merge(ledger::encode_run(whole), bodies).added == 24);
    CHECK(ledger.verify().empty());
}

TEST_CASE("a body that is lost is named, and its event stays where its chain vouches for it") {
    Closed closed;
    closed.settle();
    closed.replace("{\"number\":17}", "{\"number\":1x}");
    closed.replace("a-run-107", "a-run-xxx");
    const auto salvaged = closed.salvage();
    CHECK(salvaged.kept == 36);
    CHECK(salvaged.recorded_again == 22);
    CHECK(salvaged.lost ==
          std::vector<std::string>{"the event 7 of " + ada, "the event 17 of " + ada + ", which has no body any more"});
    CHECK_FALSE(ledger::is_damaged(closed.folder.path(), closed.runtime));
}

TEST_CASE("whatever is damaged, what is made of it is sound, and nothing in it is new") {
    Closed closed;
    closed.settle();
    const auto whole = closed.content();
    std::mt19937_64 random{5};
    std::set<std::string> known;
    for (const auto& event : closed.events) known.insert(event.subject);
    std::uint64_t saved = 0;
    constexpr int rounds = 25;
    for (int round = 0; round < rounds; ++round) {
        auto damaged = whole;
        for (int i = 0; i < 8; ++i) damaged[4096 + random() % (damaged.size() - 4096)] = static_cast<char>(random());
        if (round % 3 == 0) damaged.replace(4096 * (random() % (damaged.size() / 4096)), 4096, 4096, '\0');
        std::ofstream{closed.path(), std::ios::binary | std::ios::trunc} << damaged;
        for (const auto* const suffix : {"-wal", "-shm"}) std::filesystem::remove(closed.path() + suffix);
        closed.clock.sleep(std::chrono::seconds{1}, {});
        static_cast<void>(closed.salvage());
        REQUIRE_FALSE(ledger::is_damaged(closed.folder.path(), closed.runtime));
        ledger::Ledger ledger{closed.folder.path(), db::Access::read, closed.runtime};
        ledger.for_each_since({}, [&](const ledger::Event& event) {
            ++saved;
            if (!known.contains(event.subject)) FAIL(event.subject);
        });
    }
    CHECK(saved > closed.events.size() * rounds / 2);
}

}  // namespace
}  // namespace mlo::test
