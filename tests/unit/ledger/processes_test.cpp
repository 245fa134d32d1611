// SPDX-License-Identifier: Apache-2.0
// Several processes on one ledger, killed ones, and rows that somebody changed.
#include <catch2/catch.hpp>
#include <children.hpp>
#include <list>
#include <random>

#include "ledger_fixture.hpp"

namespace mlo::test {
namespace {

Runtime real_runtime() { return {real_fs(), system_clock(), system_random(), silent_log(), silent_progress(), {}, 1}; }

TEST_CASE("processes that append to one chain at once make one chain") {
    TemporaryFolder folder;
    std::list<Child> children;
    for (int which = 0; which < 2; ++which)
        children.emplace_back([&, which](const Child::Tell&) {
            ledger::Ledger ledger{folder.path(), db::Access::write, real_runtime()};
            for (int i = 0; i < 60; ++i) ledger.append(ada, sealed(std::to_string(which)));
        });
    for (auto& child : children) CHECK(child.wait() == 0);
    ledger::Ledger ledger{folder.path(), db::Access::read, real_runtime()};
    CHECK(ledger.heads().at(ada).seq == 120);
    CHECK(ledger.by_subject("0").size() == 60);
    CHECK(ledger.verify().empty());
}

TEST_CASE("events of a killed process that were acknowledged are there, and the chain goes on") {
    TemporaryFolder folder;
    std::mt19937_64 random{11};
    std::uint64_t acknowledged = 0;
    for (int round = 0; round < 60; ++round) {
        Child child{[&](const Child::Tell& tell) {
            ledger::Ledger ledger{folder.path(), db::Access::write, real_runtime()};
            while (true) tell(ledger.append(ada, sealed("r", {object("a")}, R"({"round":1})")).seq);
        }};
        for (auto count = 1 + random() % 4; count > 0; --count) REQUIRE(child.hear(acknowledged));
        child.kill();
        while (child.hear(acknowledged)) continue;
        ledger::Ledger ledger{folder.path(), db::Access::read, real_runtime()};
        const auto last = ledger.heads().at(ada).seq;
        CHECK(last >= acknowledged);
        CHECK(last <= acknowledged + 1);
        REQUIRE(ledger.verify().empty());
    }
}

TEST_CASE("verify names every row that is not as it was written") {
    constexpr db::Migration none[] = {"SELECT 1"};
    const db::Schema schema{.application_id = 0x6d6c6f4c, .migrations = none};
    const std::pair<const char*, const char*> changes[] = {
        {"UPDATE events SET subject = 'x' WHERE seq = 2", "/2"},
        {"UPDATE events SET time = time + 1 WHERE seq = 2", "/2"},
        {"UPDATE events SET ids = x'' WHERE seq = 2", "/2"},
        {"UPDATE events SET ids = x'00' WHERE seq = 2", "/2"},
        {"UPDATE events SET kind = 'run.amended' WHERE seq = 2", "/2"},
        {"UPDATE events SET body = NULL WHERE seq = 2", "/2"},
        {"UPDATE events SET hash = zeroblob(32) WHERE seq = 3", "/3"},
        {"UPDATE events SET previous = zeroblob(32) WHERE seq = 3", "/3"},
        {"DELETE FROM events WHERE seq = 2", "/3"},
        {"DELETE FROM events WHERE seq = 1", "/2"},
        {"UPDATE bodies SET content = '[]'", "sha256:"},
    };
    for (const auto& [change, where] : changes) {
        INFO(change);
        Place place;
        for (int i = 0; i < 3; ++i) place.add(ada, sealed("r", {object("a")}));
        CHECK(place.ledger.verify().empty());
        {
            db::Database behind{place.folder.path("ledger.db"), db::Access::write, db::Durability::process, schema,
                                place.runtime};
            db::Transaction transaction{behind};
            behind.execute(change);
            transaction.commit();
        }
        const auto breaks = place.ledger.verify();
        REQUIRE_FALSE(breaks.empty());
        CHECK_THAT(breaks.front().where, Catch::Contains(where));
    }
}

}  // namespace
}  // namespace mlo::test
