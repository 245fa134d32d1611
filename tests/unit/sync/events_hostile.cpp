// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include <full.hpp>
#include <interleave.hpp>
#include <mlo/ledger/errors.hpp>
#include <mlo/remote/errors.hpp>
#include <mlo/remote/transfer.hpp>
#include <mlo/sync/errors.hpp>
#include <remote_wrappers.hpp>

#include "event_fixture.hpp"

namespace mlo::test {
namespace {

struct World {
    StillClock clock{Timestamp{std::chrono::nanoseconds{1'800'000'000'000'000'000}}};
    MemoryRemote remote{clock};
    Keeper ada{remote, 1};
    Keeper bob{remote, 2};
    Keeper eve{remote, 3};

    [[nodiscard]] std::string only_value() const {
        std::string found;
        for (const auto& key : remote.keys())
            if (key.starts_with("events/")) found = key;
        return found;
    }
    /// Writes events below the name that they should have, or another.
    void put(const std::string& writer, std::uint64_t first, std::uint64_t last, std::string_view text) {
        remote.set("events/" + writer + "/" + std::to_string(first) + "-" + std::to_string(last) + "-" +
                       hash::sha256(as_bytes(text)).hex(),
                   text);
    }
    /// Eve has one chain that is no good; bob gets ada's all the same, and nothing of hers.
    Error refused() {
        ada.record("good");
        REQUIRE(ada.push().failures.empty());
        auto report = bob.fetch();
        REQUIRE(report.failures.size() == 1);
        CHECK(bob.is_whole("good"));
        CHECK(bob.events().size() == 1);
        CHECK(bob.ledger.verify().empty());
        CHECK(bob.clone.problems().empty());
        return report.failures[0].error;
    }
};

ledger::Event make_event(const std::string& writer, const std::string& subject, std::string_view body) {
    ledger::Event event{.writer = writer,
                        .seq = 1,
                        .time = Timestamp{std::chrono::seconds{1}},
                        .kind = "run.sealed",
                        .subject = subject,
                        .ids = {},
                        .body = hash::sha256(as_bytes(body)),
                        .previous = {},
                        .hash = {}};
    event.hash = hash::sha256(as_bytes(ledger::encode(event)));
    return event;
}

TEST_CASE("a chain on a remote that is no good is told, and every other one is taken", "[hostile]") {
    World w;
    w.eve.record("e1");
    w.eve.record("e2");
    REQUIRE(w.eve.push().failures.empty());
    const auto key = w.only_value();
    const auto text = w.remote.value(key);
    w.remote.remove(remote::Key{key});
    const auto first = text.substr(0, text.find('\n') + 1);
    SECTION("a byte flipped") {
        auto damaged = text;
        damaged[20] ^= 1;
        w.remote.set(key, damaged);
        CHECK(w.refused().code().id == sync::errors::remote_corrupt.id);
    }
    SECTION("cut short") {
        w.remote.set(key, text.substr(0, text.size() / 2));
        CHECK(w.refused().code().id == sync::errors::remote_corrupt.id);
    }
    SECTION("empty") {
        w.remote.set(key, "");
        CHECK(w.refused().code().id == sync::errors::remote_corrupt.id);
    }
    SECTION("fewer events than the name says") {
        w.put(w.eve.name(), 1, 2, first);
        CHECK(w.refused().code().id == sync::errors::remote_corrupt.id);
    }
    SECTION("another writer's") {
        w.remote.remove(remote::Key{"index/none"});
        w.put(std::string(32, 'e'), 1, 2, text);
        w.remote.set("roots/" + w.bob.clone.peer().project + "/" + std::string(32, 'e') + "/1-0123456789abcdef", "");
        CHECK(w.refused().code().id == sync::errors::remote_corrupt.id);
    }
    SECTION("something else") {
        w.put(w.eve.name(), 1, 2, "events\n");
        CHECK(w.refused().code().id == sync::errors::remote_corrupt.id);
    }
    SECTION("one in the middle was changed, and the name made to fit") {
        auto forged = text;
        forged.replace(forged.find("\"e1\""), 4, "\"ex\"");
        w.put(w.eve.name(), 1, 2, forged);
        CHECK(w.refused().code().id == sync::errors::remote_corrupt.id);
    }
    SECTION("the last one was changed") {
        auto forged = text;
        forged.replace(forged.find("\"e2\""), 4, "\"ex\"");
        w.remote.set(key, forged);
        CHECK(w.refused().code().id == sync::errors::remote_corrupt.id);
    }
    SECTION("of a newer version") {
        auto newer = text;
        for (auto at = newer.find("\"version\":1"); at != newer.npos; at = newer.find("\"version\":1", at + 1))
            newer[at + 10] = '2';
        w.put(w.eve.name(), 1, 2, newer);
        CHECK(w.refused().code().id == ledger::errors::event_newer.id);
    }
    SECTION("without its first event") {
        w.put(w.eve.name(), 2, 2, text.substr(first.size()));
        CHECK(w.refused().code().id == ledger::errors::event_gap.id);
    }
    SECTION("a key that is no name of events") {
        w.remote.set("events/" + w.eve.name() + "/1-2", text);
        CHECK(w.refused().code().id == sync::errors::remote_corrupt.id);
    }
}

TEST_CASE("a sound value serves where another for the same events is damaged", "[hostile]") {
    World w;
    w.eve.record("e1");
    REQUIRE(w.eve.push().failures.empty());
    w.remote.set("events/" + w.eve.name() + "/1-9-" + std::string(64, '0'), "rubbish");
    CHECK(w.bob.fetch().failures.size() == 1);
    CHECK(w.bob.is_whole("e1"));
    // It does not keep its owner from going on.
    w.eve.record("e2");
    CHECK(w.eve.push().failures.empty());
    CHECK(w.bob.fetch().failures.size() == 1);
    CHECK(w.bob.is_whole("e2"));
}

TEST_CASE("a fork is told by who pushes and by who fetches, and changes neither chain", "[hostile]") {
    World w;
    w.eve.clone.peer().clone = w.ada.name();  // a copied checkout that kept the identity
    w.ada.record("mine");
    w.eve.record("yours");
    REQUIRE(w.ada.push().failures.empty());
    const auto keys = w.remote.keys();
    w.bob.record("other");
    const auto pushed = w.eve.push();
    REQUIRE(pushed.failures.size() == 1);
    CHECK(pushed.failures[0].error.code().id == ledger::errors::event_fork.id);
    CHECK(w.remote.keys() == keys);
    REQUIRE(w.bob.push().failures.empty());
    w.ada.record("more");
    REQUIRE(w.ada.push().failures.empty());
    const auto fetched = w.eve.fetch();
    REQUIRE(fetched.failures.size() == 1);
    CHECK(fetched.failures[0].error.code().id == ledger::errors::event_fork.id);
    CHECK(w.eve.is_whole("other"));
    CHECK(w.eve.ledger.by_subject("mine").empty());
    CHECK(w.eve.ledger.verify().empty());
}

TEST_CASE("a body that is none is told; its event is here, and is tried again", "[hostile]") {
    World w;
    const auto publish = [&](std::string_view body) {
        const auto blob = w.eve.clone.add("body", as_bytes(body));
        REQUIRE(w.eve.clone.push({blob}).failures.empty());
        w.put(w.eve.name(), 1, 1, ledger::encode(make_event(w.eve.name(), "e1", body)) + "\n");
    };
    SECTION("no canonical JSON") { publish("{ \"run\": 1 }"); }
    SECTION("too large") { publish("\"" + std::string(2u << 20, 'x') + "\""); }
    const auto report = w.bob.fetch();
    REQUIRE(report.failures.size() == 1);
    CHECK(report.failures[0].error.code().id == ledger::errors::event_invalid.id);
    CHECK(w.bob.events().size() == 1);
    CHECK(w.bob.ledger.without_body(10).size() == 1);
    CHECK(w.bob.fetch().failures.size() == 1);  // and is told again
}

TEST_CASE("a body that is published later is got then") {
    World w;
    const std::string body = "{\"late\":true}";
    w.eve.clone.add("any", as_bytes("any"));
    REQUIRE(w.eve.clone.push({w.eve.clone.add("any", as_bytes("any"))}).failures.empty());
    w.put(w.eve.name(), 1, 1, ledger::encode(make_event(w.eve.name(), "e1", body)) + "\n");
    CHECK(w.bob.fetch().absent == 1);
    CHECK(w.bob.ledger.without_body(10).size() == 1);
    REQUIRE(w.eve.clone.push({w.eve.clone.add("body", as_bytes(body))}).failures.empty());
    CHECK(w.bob.fetch().bodies == 1);
    CHECK(w.bob.ledger.without_body(10).empty());
}

TEST_CASE("a reader cannot be made to fetch what its event does not name", "[hostile]") {
    World w;
    const auto secret = w.eve.clone.add("secret", as_bytes("not named"));
    REQUIRE(w.eve.clone.push({secret}).failures.empty());
    w.eve.record("e1");
    REQUIRE(w.eve.push().failures.empty());
    const auto needs = [&](const ledger::Event&, std::string_view) { return sync::Needs{{secret.object}}; };
    CHECK(sync::fetch_events(w.bob.clone.peer(), {.ledger = [&] { return &w.bob.ledger; }, .needs = needs})
              .failures.empty());
    CHECK_FALSE(w.bob.clone.store().contains(secret.object.id));
}

TEST_CASE("a damaged log is told, and its run is here all the same") {
    World w;
    w.eve.record("e1");
    REQUIRE(w.eve.push().failures.empty());
    CorruptingRemote corrupting{w.remote, "packs/", 150};
    Keeper reader{corrupting, 9};
    const auto report = reader.fetch();
    CHECK(report.failures.size() == 1);
    CHECK(reader.events() == w.eve.events());
}

TEST_CASE("wherever a push of runs breaks off, what is visible is whole, and the next push completes it") {
    std::uint64_t at = 1;
    for (bool is_done = false; !is_done; ++at) {
        CAPTURE(at);
        for (const auto moment : {FailureMoment::before_effect, FailureMoment::after_effect}) {
            World w;
            w.ada.record("zero");
            REQUIRE(w.ada.push().failures.empty());  // from now on readers see all of the chain that is there
            w.ada.record("one", true);
            w.ada.record("two");
            FailingRemote failing{w.remote, at, Error{remote::errors::busy, "gone"}, FailureLaw::from_then_on, moment};
            const sync::Peer& real = w.ada.clone.peer();
            const sync::Peer broken{real.store, failing, real.project, real.clone, real.runtime, 1};
            try {
                static_cast<void>(sync::push(broken, {.objects = {}, .ledger = &w.ada.ledger}));
            } catch (const Error&) {  // and then somebody looks
            }
            const auto early = w.bob.fetch();
            CHECK(early.failures.empty());
            CHECK(early.absent == 0);
            CHECK(w.ada.push().failures.empty());
            CHECK(w.bob.fetch().failures.empty());
            CHECK(w.bob.events() == w.ada.events());
            CHECK(w.bob.is_whole("one"));
            CHECK(w.bob.is_whole("two"));
            is_done = !failing.struck();
        }
    }
    CHECK(at > 10);
}

TEST_CASE("wherever a fetch of runs breaks off, what is in the ledger is whole, and the next fetch completes it") {
    std::uint64_t at = 1;
    for (bool is_done = false; !is_done; ++at) {
        CAPTURE(at);
        World w;
        w.ada.record("one");
        w.ada.record("two");
        REQUIRE(w.ada.push().failures.empty());
        w.eve.record("three");
        REQUIRE(w.eve.push().failures.empty());
        FailingRemote failing{w.remote, at, Error{remote::errors::busy, "gone"}, FailureLaw::from_then_on,
                              FailureMoment::before_effect};
        const sync::Peer& real = w.bob.clone.peer();
        const sync::Peer broken{real.store, failing, real.project, real.clone, real.runtime, 1};
        try {
            static_cast<void>(
                sync::fetch_events(broken, {.ledger = [&] { return &w.bob.ledger; }, .needs = Keeper::needs()}));
        } catch (const Error&) {  // what is there is looked at now
        }
        w.bob.ledger.for_each_since({}, [&](const ledger::Event& event) { CHECK(w.bob.is_whole(event.subject)); });
        CHECK(w.bob.fetch().failures.empty());
        CHECK(w.bob.events().size() == 3);
        for (const auto* subject : {"one", "two", "three"}) CHECK(w.bob.is_whole(subject));
        is_done = !failing.struck();
    }
    CHECK(at > 5);
}

TEST_CASE("two clones that push and fetch runs, one request at a time in any order, end with the same") {
    const std::uint64_t rounds = full_run() ? 1000 : 30;
    std::uint64_t switches = 0;
    for (std::uint64_t seed = 1; seed <= rounds; ++seed) {
        CAPTURE(seed);
        StillClock clock{Timestamp{std::chrono::nanoseconds{1'800'000'000'000'000'000}}};
        MemoryRemote remote{clock};
        Interleaving order{seed};
        WatchedRemote watched{remote, [&](RemoteCall, const std::string&) { order.turn(); }};
        Keeper first{watched, seed * 3};
        Keeper second{watched, seed * 3 + 1};
        Keeper reader{watched, seed * 3 + 2};
        const auto live = [](Keeper& keeper, const std::string& name) {
            for (int i = 0; i < 3; ++i) {
                keeper.record(name + std::to_string(i));
                CHECK(keeper.push().failures.empty());
                CHECK(keeper.fetch().failures.empty());
            }
        };
        order.run({[&] { live(first, "a"); }, [&] { live(second, "b"); },
                   [&] {
                       for (int i = 0; i < 3; ++i) {
                           const auto report = reader.fetch();
                           CHECK(report.failures.empty());
                           CHECK(report.absent == 0);
                       }
                   }});
        for (auto* keeper : {&first, &second, &reader}) {
            CHECK(keeper->fetch().failures.empty());
            CHECK(keeper->events().size() == 6);
            CHECK(keeper->events() == first.events());
            CHECK(keeper->is_whole("a2"));
            CHECK(keeper->is_whole("b2"));
        }
        switches += order.switches();
    }
    CHECK(switches > rounds);
}

TEST_CASE("where nobody can list, runs travel by the listing, and a hidden value comes back with the next push") {
    constexpr remote::Traits lists_for_nobody{.scheme = "memory",
                                              .can_write = true,
                                              .can_list = false,
                                              .never_lists = true,
                                              .can_range = true,
                                              .has_exclusive_put = true,
                                              .is_durable = true};
    StillClock clock{Timestamp{std::chrono::nanoseconds{1'800'000'000'000'000'000}}};
    MemoryRemote remote{clock, lists_for_nobody};
    Keeper ada{remote, 1};
    Keeper bob{remote, 2};
    Keeper reader{remote, 3};
    ada.record("a1");
    CHECK(ada.push().failures.empty());
    bob.record("b1");
    CHECK(bob.push().failures.empty());
    CHECK(reader.fetch().failures.empty());
    CHECK(reader.events().size() == 2);
    // Another push at the same instant has hidden ada's.
    auto listing = remote.value("listing");
    const auto at = listing.find("events/" + ada.name());
    REQUIRE(at != listing.npos);
    listing.erase(at, listing.find('\n', at) + 1 - at);
    remote.set("listing", listing);
    ada.record("a2");
    CHECK(ada.push().failures.empty());
    Keeper late{remote, 4};
    CHECK(late.fetch().failures.empty());
    CHECK(late.events().size() == 3);
    CHECK(late.is_whole("a1"));
}

}  // namespace
}  // namespace mlo::test
