// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <event_fixture.hpp>
#include <memory_remote.hpp>
#include <mlo/pipeline/remote_results.hpp>
#include <mlo/sync/fetch.hpp>

using namespace mlo;
using namespace mlo::pipeline;

namespace {

hash::Digest id_of(std::string_view text) { return hash::sha256(as_bytes(text)); }

OutputRecord output(std::string path, const sync::NamedRef& ref) {
    PathState state;
    state.id = ref.object.id;
    state.kind = ref.object.kind;
    OutputRecord out;
    out.path = std::move(path);
    out.state = state;
    return out;
}

StageResult result(std::string_view key, std::vector<OutputRecord> outs) {
    StageResult made;
    made.key = id_of(key);
    made.outs = std::move(outs);
    made.run = std::string(32, '7');
    return made;
}

struct Fixture {
    test::StillClock clock{Timestamp{std::chrono::nanoseconds{1'800'000'000'000'000'000}}};
    test::MemoryRemote remote{clock};
    test::Keeper ada{remote, 1};
    test::Keeper bob{remote, 2};

    /// What Ada's stage made: a folder and a file.
    StageResult made() {
        const auto folder = ada.clone.add_tree("plots", {{"a", {}}, {"sub/b", test::noise_bytes(300'000, 5)}});
        const auto file = ada.clone.add("model", as_bytes("weights"));
        return result("k", {output("model", file), output("plots", folder)});
    }
    Results results(test::Keeper& who) { return {who.ledger, who.name(), silent_log()}; }
};

}  // namespace

TEST_CASE("a colleague's result is found after its events came, and its outputs come when they are wanted") {
    Fixture f;
    const auto made = f.made();
    f.results(f.ada).publish(std::vector{made});
    CHECK(push_results(f.ada.clone.peer(), f.ada.ledger).failures.empty());

    const auto report = fetch_results(f.bob.clone.peer(), f.bob.ledger);
    CHECK(report.failures.empty());
    const auto found = f.results(f.bob).find(id_of("k"));
    REQUIRE(found.size() == 1);
    CHECK(found[0].outs == made.outs);
    CHECK(found[0].writer == f.ada.name());
    CHECK_FALSE(f.bob.clone.store().contains(id_of("weights")));

    const auto fetched = fetch_result(f.bob.clone.peer(), found[0]);
    CHECK(fetched.is_here);
    CHECK(fetched.records > 0);
    for (const auto& out : made.outs) CHECK(sync::is_complete(f.bob.clone.store(), {*out.state->id, out.state->kind}));
    const auto again = fetch_result(f.bob.clone.peer(), found[0]);
    CHECK(again.is_here);
    CHECK(again.records == 0);
}

TEST_CASE("a result whose outputs nobody has published is not here, and says what is missing") {
    Fixture f;
    auto made = f.made();
    made.outs[0].state->id = id_of("never stored");
    f.results(f.ada).publish(std::vector{made});
    static_cast<void>(push_results(f.ada.clone.peer(), f.ada.ledger));
    static_cast<void>(fetch_results(f.bob.clone.peer(), f.bob.ledger));
    const auto found = f.results(f.bob).find(id_of("k"));
    REQUIRE(found.size() == 1);
    const auto fetched = fetch_result(f.bob.clone.peer(), found[0]);
    CHECK_FALSE(fetched.is_here);
    REQUIRE(fetched.failures.size() == 1);
    CHECK(fetched.failures[0].name == "model");
}

TEST_CASE("outputs that are not cached are asked of nobody") {
    Fixture f;
    auto made = f.made();
    for (auto& out : made.outs) out.is_cached = false;
    CHECK(fetch_result(f.bob.clone.peer(), made).is_here);
}

TEST_CASE("results travel with runs, and a run comes with what shows it") {
    Fixture f;
    f.ada.record("run");
    f.results(f.ada).publish(std::vector{f.made()});
    static_cast<void>(push_results(f.ada.clone.peer(), f.ada.ledger));
    const auto report = fetch_results(f.bob.clone.peer(), f.bob.ledger);
    CHECK(report.events.at("stage.result") == 1);
    CHECK(report.events.at("run.sealed") == 1);
    CHECK(push_results(f.ada.clone.peer(), f.ada.ledger).records == 0);
}
