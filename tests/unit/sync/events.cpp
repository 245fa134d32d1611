// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include <mlo/ledger/errors.hpp>
#include <mlo/remote/schemes.hpp>
#include <mlo/sync/errors.hpp>
#include <remote_wrappers.hpp>

#include "event_fixture.hpp"
#include "event_values.hpp"

namespace mlo::test {
namespace {

struct World {
    StillClock clock{Timestamp{std::chrono::nanoseconds{1'800'000'000'000'000'000}}};
    MemoryRemote remote{clock};
    CountingRemote counted{remote};
    Keeper ada{counted, 1};
    Keeper bob{counted, 2};

    [[nodiscard]] std::vector<std::string> below(const std::string& prefix) const {
        auto keys = remote.keys();
        std::erase_if(keys, [&](const auto& key) { return !key.starts_with(prefix); });
        return keys;
    }
};

/// The same remote under another name.
class Elsewhere final : public WatchedRemote {
public:
    using WatchedRemote::WatchedRemote;
    const std::string& shown() const noexcept override { return shown_; }

private:
    std::string shown_ = "elsewhere";
};

TEST_CASE("runs that one clone pushes are whole in another, with the same ids") {
    World w;
    w.ada.record("one", true);
    w.ada.record("two");
    const auto pushed = w.ada.push();
    CHECK(pushed.failures.empty());
    CHECK(pushed.objects == 0);
    CHECK(pushed.events == sync::EventCounts{{"run.sealed", 2}});
    const auto fetched = w.bob.fetch();
    CHECK(fetched.failures.empty());
    CHECK(fetched.events == pushed.events);
    CHECK(fetched.bodies == 2);
    CHECK(fetched.absent == 0);
    CHECK(w.bob.events() == w.ada.events());
    CHECK(w.bob.is_whole("one"));
    CHECK(w.bob.is_whole("two"));
    CHECK(w.bob.ledger.verify().empty());
    // Outputs come when somebody asks for them; they are there.
    CHECK_FALSE(w.bob.has("model of one"));
    const store::ObjectRef model{hash::sha256(as_bytes("model of one")), store::ObjectKind::blob};
    CHECK(w.bob.clone.fetch({{"model", model}}).failures.empty());
    CHECK(w.bob.has("model of one"));
}

TEST_CASE("a value is what the README says, under the name that it says") {
    World w;
    w.ada.record("one");
    w.ada.record("two");
    static_cast<void>(w.ada.push());
    const auto keys = w.below("events/");
    REQUIRE(keys.size() == 1);
    const auto text = w.remote.value(keys[0]);
    const auto events = w.ada.events();
    CHECK(text == events[0] + "\n" + events[1] + "\n");
    CHECK(keys[0] == "events/" + w.ada.name() + "/1-2-" + hash::sha256(as_bytes(text)).hex());
    const auto roots = w.below("roots/");
    REQUIRE(roots.size() == 1);
    CHECK(roots[0].starts_with("roots/" + w.ada.clone.peer().project + "/" + w.ada.name() + "/1-"));
    for (const auto& subject : {"one", "two"}) {
        CHECK(w.remote.value(roots[0]).find(hash::sha256(as_bytes(Keeper::body_of(subject))).hex()) !=
              std::string::npos);
        CHECK(w.remote.value(roots[0]).find(hash::sha256(as_bytes("log of " + std::string{subject})).hex()) !=
              std::string::npos);
    }
}

TEST_CASE("with runs, a push with nothing to do makes three requests, and a fetch of nothing new one") {
    World w;
    w.ada.record("one");
    static_cast<void>(w.ada.push());
    const auto keys = w.remote.keys();
    w.counted.reset();
    CHECK(w.ada.push().events.empty());
    CHECK(w.counted.requests() == 3);
    CHECK(w.remote.keys() == keys);
    static_cast<void>(w.bob.fetch());
    w.counted.reset();
    CHECK(w.bob.fetch().events.empty());
    CHECK(w.counted.requests() == 1);
    // What it fetched it does not send back.
    w.counted.reset();
    CHECK(w.bob.push().events.empty());
    CHECK(w.counted.requests() == 3);
    CHECK(w.remote.keys() == keys);
}

TEST_CASE("two clones with runs of their own end with the same, whatever the order") {
    World w;
    w.ada.record("a1");
    w.bob.record("b1");
    static_cast<void>(w.bob.push());
    static_cast<void>(w.ada.fetch());
    w.ada.record("a2");
    static_cast<void>(w.ada.push());
    w.bob.record("b2");
    static_cast<void>(w.bob.fetch());
    static_cast<void>(w.bob.push());
    static_cast<void>(w.ada.fetch());
    CHECK(w.ada.events() == w.bob.events());
    CHECK(w.ada.events().size() == 4);
    for (const auto* subject : {"a1", "a2", "b1", "b2"}) {
        CHECK(w.ada.is_whole(subject));
        CHECK(w.bob.is_whole(subject));
    }
    CHECK(w.ada.ledger.verify().empty());
    CHECK(w.bob.ledger.verify().empty());
}

TEST_CASE("a chain that was pushed event by event is read in a few values") {
    World w;
    constexpr int pushes = 100;
    for (int i = 0; i < pushes; ++i) {
        w.ada.record(std::to_string(i));
        static_cast<void>(w.ada.push());
    }
    CHECK(w.below("events/").size() == pushes);
    w.counted.reset();
    CHECK(w.bob.fetch().failures.empty());
    CHECK(w.bob.events() == w.ada.events());
    std::vector<sync::EventKey> keys;
    for (const auto& key : w.below("events/")) keys.push_back(*sync::EventKey::parse(key.substr(7)));
    CHECK(sync::find_cover(keys, 0).size() <= 7);
    CHECK(sync::covered_to(keys) == pushes);
}

TEST_CASE("a chain too long for one value takes several, each within its limit") {
    World w;
    // 5,000 ids make an event of 400 KB.
    std::vector<store::ObjectRef> ids;
    for (int i = 0; i < 5000; ++i) ids.push_back({hash::sha256(as_bytes(std::to_string(i))), store::ObjectKind::blob});
    for (int i = 0; i < 30; ++i)
        w.ada.ledger.append(
            w.ada.name(),
            ledger::NewEvent{.kind = "run.sealed", .subject = std::to_string(i), .ids = ids, .body = "{}"});
    CHECK(w.ada.push().failures.empty());
    const auto keys = w.below("events/");
    CHECK(keys.size() >= 3);
    for (const auto& key : keys) CHECK(w.remote.value(key).size() <= (4u << 20));
    CHECK(w.bob.fetch().failures.empty());
    CHECK(w.bob.events() == w.ada.events());
}

TEST_CASE("a retraction travels, and what it takes back is neither sent nor kept") {
    World w;
    const auto event = w.ada.record("one");
    w.ada.record("two");
    w.ada.ledger.retract(w.ada.name(), {event.writer, event.seq});
    CHECK(w.ada.push().failures.empty());
    const auto fetched = w.bob.fetch();
    CHECK(fetched.failures.empty());
    CHECK(w.bob.ledger.is_retracted({event.writer, event.seq}));
    CHECK_FALSE(w.bob.has("log of one"));
    CHECK(w.bob.is_whole("two"));
    CHECK(w.bob.ledger.roots() == w.ada.ledger.roots());
}

TEST_CASE("a chain of which nothing counts any more still belongs to its project") {
    World w;
    const auto event = w.ada.record("one");
    w.ada.ledger.retract(w.ada.name(), {event.writer, event.seq});
    CHECK(w.ada.push().failures.empty());
    CHECK(w.bob.fetch().failures.empty());
    CHECK(w.bob.events() == w.ada.events());
    const auto keys = w.remote.keys();
    static_cast<void>(w.ada.push());
    CHECK(w.remote.keys() == keys);
}

TEST_CASE("a dry run counts, and changes nothing on either side") {
    World w;
    w.ada.record("one");
    const auto report =
        sync::push(w.ada.clone.peer(), {.objects = {}, .dry_run = sync::DryRun::yes, .ledger = &w.ada.ledger});
    CHECK(report.events == sync::EventCounts{{"run.sealed", 1}});
    CHECK(w.remote.keys().empty());
    static_cast<void>(w.ada.push());
    CHECK(w.bob.fetch(sync::DryRun::yes).events == report.events);
    CHECK(w.bob.events().empty());
    CHECK(w.bob.fetch().events == report.events);
}

TEST_CASE("what is not on the remote is counted by kind") {
    World w;
    w.ada.record("one");
    CHECK(sync::events_not_pushed(w.ada.clone.peer(), w.ada.ledger, sync::Chains::own) ==
          sync::EventCounts{{"run.sealed", 1}});
    static_cast<void>(w.ada.push());
    CHECK(sync::events_not_pushed(w.ada.clone.peer(), w.ada.ledger, sync::Chains::own).empty());
    w.ada.record("two");
    CHECK(sync::events_not_pushed(w.ada.clone.peer(), w.ada.ledger, sync::Chains::own) ==
          sync::EventCounts{{"run.sealed", 1}});
}

TEST_CASE(
    "a chain goes on to another remote, and a given-up identity's too; from a store that projects share it does not") {
    World w;
    w.ada.record("one");
    static_cast<void>(w.ada.push());
    static_cast<void>(w.bob.fetch());
    w.bob.record("two");
    MemoryRemote values{w.clock};
    Elsewhere elsewhere{values};
    sync::Peer peer{w.bob.clone.store(), elsewhere, w.bob.clone.peer().project, w.bob.name(), w.bob.clone.runtime(), 1};
    CHECK(sync::push(peer, {.objects = {}, .ledger = &w.bob.ledger, .chains = sync::Chains::own}).events ==
          sync::EventCounts{{"run.sealed", 1}});
    CHECK(sync::push(peer, {.objects = {}, .ledger = &w.bob.ledger, .chains = sync::Chains::all}).events ==
          sync::EventCounts{{"run.sealed", 1}});
    Keeper eve{elsewhere, 3};
    CHECK(eve.fetch().failures.empty());
    CHECK(eve.events() == w.bob.events());
    CHECK(eve.is_whole("one"));
    CHECK(eve.is_whole("two"));
    // The writer itself goes on there as if nothing had been.
    sync::Peer own{w.ada.clone.store(), elsewhere, w.ada.clone.peer().project, w.ada.name(), w.ada.clone.runtime(), 1};
    w.ada.record("three");
    CHECK(sync::push(own, {.objects = {}, .ledger = &w.ada.ledger}).failures.empty());
    CHECK(eve.fetch().events == sync::EventCounts{{"run.sealed", 1}});
    CHECK(eve.is_whole("three"));
}

TEST_CASE("the runs of another project on the same remote stay there") {
    World w;
    w.ada.record("one");
    static_cast<void>(w.ada.push());
    w.bob.clone.peer().project = std::string(32, 'b');
    CHECK(w.bob.fetch().events.empty());
    CHECK(w.bob.events().empty());
}

TEST_CASE("a ledger that was lost comes back from the remote; an old one is told to fetch before it goes on") {
    World w;
    w.ada.record("one");
    w.ada.record("two");
    static_cast<void>(w.ada.push());
    TemporaryFolder fresh;
    ledger::Ledger old{fresh.path(), db::Access::write, w.ada.clone.runtime()};
    const auto first = w.ada.ledger.range(w.ada.name(), 1, 1);
    old.merge(ledger::encode_run(first));
    // As if the clone's own folder had been put back, too.
    TemporaryFolder store_folder;
    store::ObjectStore store{store_folder.open(), w.ada.clone.runtime()};
    const sync::Peer peer{store, w.counted, w.ada.clone.peer().project, w.ada.name(), w.ada.clone.runtime(), 1};
    const auto pushed = sync::push(peer, {.objects = {}, .ledger = &old});
    REQUIRE(pushed.failures.size() == 1);
    CHECK(pushed.failures[0].error.code().id == sync::errors::ledger_behind.id);
    CHECK(sync::fetch_events(peer, {.ledger = [&] { return &old; }, .needs = Keeper::needs()}).failures.empty());
    CHECK(old.heads() == w.ada.ledger.heads());
}

TEST_CASE("an object that nobody has does not keep its run from travelling, and is counted") {
    World w;
    const auto gone = hash::sha256(as_bytes("log of one"));
    w.ada.ledger.append(w.ada.name(), ledger::NewEvent{.kind = "run.sealed",
                                                       .subject = "one",
                                                       .ids = {{gone, store::ObjectKind::blob}},
                                                       .body = Keeper::body_of("one")});
    CHECK(w.ada.push().failures.empty());
    const auto fetched = w.bob.fetch();
    CHECK(fetched.failures.empty());
    CHECK(fetched.absent == 1);
    CHECK(w.bob.events() == w.ada.events());
}

TEST_CASE("a clone without a run sends and gets data as before, and no ledger is asked for") {
    World w;
    const auto data = w.ada.clone.add("data", noise_bytes(100, 1));
    static_cast<void>(w.ada.clone.push({data}));
    const auto report = sync::fetch_events(w.bob.clone.peer(), {.ledger = []() -> ledger::Ledger* {
                                                                    FAIL("it was asked for");
                                                                    return nullptr;
                                                                },
                                                                .needs = {}});
    CHECK(report.events.empty());
    CHECK(w.below("events/").empty());
}

TEST_CASE("10,000 runs take some dozens of requests each way") {
    World w;
    constexpr int count = 10'000;
    std::vector<ledger::NewEvent> events;
    const auto ingest = w.ada.clone.store().begin_ingest(store::LargeFiles::chunked);
    for (int i = 0; i < count; ++i) {
        const auto subject = std::to_string(i);
        const auto log = ingest->add_bytes(as_bytes("log of " + subject));
        events.push_back({.kind = "run.sealed",
                          .subject = subject,
                          .ids = {{log, store::ObjectKind::blob}},
                          .body = Keeper::body_of(subject)});
    }
    ingest->commit();
    w.ada.ledger.append(w.ada.name(), events);
    w.counted.reset();
    CHECK(w.ada.push().failures.empty());
    CHECK(w.counted.requests() < 40);
    w.counted.reset();
    CHECK(w.bob.fetch().failures.empty());
    CHECK(w.counted.requests() < 60);
    CHECK(w.bob.events().size() == count);
    CHECK(w.bob.is_whole("9999"));
}

}  // namespace
}  // namespace mlo::test
