// SPDX-License-Identifier: Apache-2.0
// What the decider, the collector and the committer do where the transcripts of `mlo run` do not lead.
#include <catch2/catch.hpp>
#include <mlo/pipeline/errors.hpp>
#include <thread>

#include "engine_world.hpp"

using namespace mlo;
using namespace mlo::test;

namespace {

/// copy: in -> a; join: a -> b. Each has run once.
void make_chain(EngineWorld& world) {
    world.maker.stage("copy", {"in"}, {"a"}).written_commands = {"cp in a"};
    world.maker.stage("join", {"a"}, {"b"}).written_commands = {"cp a b"};
    world.write("in", "1");
    world.begin();
    for (std::uint32_t stage = 0; stage < 2; ++stage) {
        const auto decision = world.decide(stage);
        REQUIRE(decision.verdict == Verdict::must_run);
        world.write(stage == 0 ? "a" : "b", "made");
        REQUIRE_FALSE(world.finish(decision).error);
    }
    REQUIRE(world.end().empty());
    world.begin();
}

}  // namespace

TEST_CASE("decider: an absent output is passed over while the store has it, and comes back for who reads it") {
    EngineWorld world;
    make_chain(world);
    world.remove("a");
    const auto first = world.decide(0);
    CHECK(first.verdict == Verdict::up_to_date);
    CHECK(first.note == "its outputs are not in the work tree, where nobody needs them");
    CHECK(world.decide(1).verdict == Verdict::up_to_date);
    CHECK_FALSE(world.exists("a"));

    SECTION("it comes back") {
        world.maker.made.stages[1].written_commands = {"cp -p a b"};
        CHECK(world.decide(1).verdict == Verdict::must_run);
        CHECK(world.read("a") == "made");
    }
    SECTION("the store loses it after it was passed over") {
        world.lose(world.packs());
        world.maker.made.stages[1].written_commands = {"cp -p a b"};
        const auto second = world.decide(1);
        REQUIRE(second.verdict == Verdict::failed);
        CHECK(second.error->code().id == errors::dependency_missing.id);
        CHECK(second.error->hint_text() == "mlo run --force copy");
    }
    SECTION("the store has lost it before: the stage runs") {
        world.lose(world.packs());
        world.begin();
        CHECK(world.decide(0).verdict == Verdict::must_run);
    }
}

TEST_CASE("decider: an absent output that nobody else needs is put back") {
    EngineWorld world;
    world.set_needed(false);
    make_chain(world);
    world.remove("b");
    CHECK(world.decide(1).verdict == Verdict::restored);
    CHECK(world.read("b") == "made");
}

TEST_CASE("decider: a frozen stage never runs: what is there is recorded, and what is absent comes back") {
    EngineWorld world;
    make_chain(world);
    world.maker.made.stages[0].is_frozen = true;
    world.begin();
    CHECK(world.decide(0).verdict == Verdict::up_to_date);

    SECTION("what it reads does not count, but for what is recorded") {
        world.write("in", "other");
        CHECK(world.decide(0).verdict == Verdict::up_to_date);
        world.request.is_forced = true;
        const auto decision = world.decide(0);
        CHECK(decision.verdict == Verdict::recorded);
        REQUIRE(decision.record.deps.size() == 1);
        CHECK(decision.record.deps[0].state != decision.known->deps[0].state);
        CHECK(decision.record.outs == decision.known->outs);
        world.remove("in");
        world.begin();
        CHECK(world.decide(0).verdict == Verdict::failed);
        world.request.is_forced = false;
        CHECK(world.decide(0).verdict == Verdict::up_to_date);
    }
    SECTION("an edit is recorded") {
        world.write("a", "edited");
        const auto decision = world.decide(0);
        CHECK(decision.verdict == Verdict::recorded);
        CHECK(decision.record.outs[0].state->size_bytes == 6);
    }
    SECTION("it has no result, and its output is not there") {
        world.remove("pipeline.lock");
        world.remove("a");
        world.begin();
        const auto decision = world.decide(0);
        REQUIRE(decision.verdict == Verdict::failed);
        CHECK(decision.error->code().id == errors::frozen_output_missing.id);
    }
    SECTION("its output is absent, and needed") {
        world.set_needed(false);
        world.remove("a");
        world.begin();
        CHECK(world.decide(0).verdict == Verdict::restored);
        CHECK(world.read("a") == "made");
        world.remove("a");
        world.lose(world.packs());
        world.begin();
        CHECK(world.decide(0).verdict == Verdict::failed);
    }
}

TEST_CASE("decider: of two results of one key the oldest is put back that can be, and both are told of") {
    EngineWorld world;
    make_chain(world);
    const auto first = world.decide(0);
    const auto first_packs = world.packs();
    world.request.is_forced = true;
    const auto forced = world.decide(0);
    REQUIRE(forced.verdict == Verdict::must_run);
    REQUIRE(forced.earlier.size() == 1);
    world.write("a", "made anew");
    const auto collected = world.finish(forced);
    CHECK_FALSE(collected.is_deterministic);
    CHECK(collected.is_reusable);
    CHECK(collected.notes ==
          std::vector<std::string>{"it is not deterministic: from the same, run 77777777 made another 'a'"});
    CHECK(world.end().empty());
    world.request.is_forced = false;
    REQUIRE(world.results_of(first.record).size() == 2);
    world.remove("pipeline.lock");
    world.begin();

    SECTION("the oldest") {
        const auto again = world.decide(0);
        CHECK(again.verdict == Verdict::restored);
        CHECK(again.note == "2 results are known for what it follows from: it is not deterministic");
        CHECK(world.read("a") == "made");
    }
    SECTION("the other, as the store has lost the oldest") {
        world.lose(first_packs);
        world.begin();
        CHECK(world.decide(0).verdict == Verdict::restored);
        CHECK(world.read("a") == "made anew");
    }
}

TEST_CASE("collector: to verify is to look: what was there comes back") {
    EngineWorld world;
    make_chain(world);
    world.request.verify_percent = 100;
    const auto decision = world.decide(0);
    REQUIRE(decision.verdict == Verdict::must_run);
    REQUIRE(decision.reasons.size() == 1);
    CHECK(decision.reasons[0].name == "--verify");

    SECTION("the same again") {
        const auto collected = world.collect(decision);
        CHECK(collected.is_deterministic);
        CHECK_FALSE(collected.was_put_back);
    }
    SECTION("something else") {
        world.write("a", "by chance");
        const auto collected = world.collect(decision);
        CHECK_FALSE(collected.is_deterministic);
        CHECK(collected.was_put_back);
        CHECK(collected.record.outs == decision.known->outs);
        CHECK(world.read("a") == "made");
    }
    SECTION("something else, and what was there is lost") {
        world.lose(world.packs());
        world.write("a", "by chance");
        const auto collected = world.collect(decision);
        CHECK_FALSE(collected.is_deterministic);
        CHECK_FALSE(collected.was_put_back);
        CHECK(world.read("a") == "by chance");
    }
}

TEST_CASE("collector: what changed meanwhile is not said to be what a result follows from") {
    EngineWorld world;
    auto& stage = world.maker.stage("fit", {"in", "other"}, {"model"});
    stage.params.push_back({{"params.yaml", "params.yaml", Reach::workspace, {}}, {"lr", "seed"}});
    world.write("in", "1");
    world.write("other", "1");
    world.write("params.yaml", "lr: 0.1\nseed: 1\n");
    world.begin();
    const auto decision = world.decide(0);
    REQUIRE(decision.verdict == Verdict::must_run);
    world.write("model", "weights");

    SECTION("one of each") {
        world.write("in", "before\n");
        world.write("params.yaml", "lr: 0.25\nseed: 1\n");
        const auto collected = world.finish(decision);
        CHECK_FALSE(collected.is_reusable);
        CHECK(collected.notes.size() == 2);
        REQUIRE(collected.record.deps.size() == 1);
        CHECK(collected.record.deps[0].path == "other");
        REQUIRE(collected.record.params.size() == 1);
        REQUIRE(collected.record.params[0].values.size() == 1);
        CHECK(collected.record.params[0].values[0].name == "seed");
    }
    SECTION("one is gone") {
        world.remove("in");
        const auto collected = world.finish(decision);
        CHECK_FALSE(collected.is_reusable);
        CHECK(collected.record.deps.empty());
        CHECK(collected.record.params.empty());
    }
    CHECK(world.end().empty());
    CHECK(world.results_of(decision.record).empty());
    // As it was before: what is there may still have been made from something else.
    world.write("in", "1");
    world.write("params.yaml", "lr: 0.1\nseed: 1\n");
    world.begin();
    CHECK(world.decide(0).verdict == Verdict::must_run);
}

TEST_CASE("committer: what cannot be written down stays in the journal, and the next command writes it down") {
    EngineWorld world;
    world.maker.stage("copy", {"in"}, {"a"});
    world.write("in", "1");
    world.begin();
    const auto decision = world.decide(0);
    world.write("a", "made");
    std::string in_the_way;
    SECTION("the ledger") { in_the_way = ".mlo/ledger.db"; }
    SECTION("the runs") { in_the_way = ".mlo/runs.db"; }
    SECTION("the lock") { in_the_way = "pipeline.lock"; }
    const auto aside = in_the_way + ".aside";
    // Before anything is written, but after what is there was read.
    static_cast<void>(world.committer());
    if (world.exists(in_the_way)) std::filesystem::rename(world.path(in_the_way), world.path(aside));
    world.write(in_the_way + "/in the way", "");
    const auto collected = world.collect(decision);
    JournalEntry entry{.document = "pipeline.yaml",
                       .stage = "copy",
                       .run = std::string(32, '7'),
                       .record = collected.record,
                       .is_reusable = true};
    try {
        world.committer().submit({entry, {}});
        CHECK(world.end().empty());
    } catch (const Error&) {
        // The lock is read for it.
        CHECK(in_the_way == "pipeline.lock");
    }
    static_cast<void>(world.end());
    CHECK(world.exists(".mlo/pipeline.journal"));
    world.remove(in_the_way);
    if (world.exists(aside)) std::filesystem::rename(world.path(aside), world.path(in_the_way));

    world.begin();
    static_cast<void>(world.committer());
    REQUIRE(world.left.size() == 1);
    CHECK(world.left[0].stage == "copy");
    // Its run was never begun.
    CHECK(world.end() == std::vector<std::string>{"run 77777777 could not be recorded: there is no run '" +
                                                  std::string(32, '7') + "'"});
    CHECK_FALSE(world.exists(".mlo/pipeline.journal"));
    world.begin();
    CHECK(world.decide(0).verdict == Verdict::up_to_date);
    CHECK(world.results_of(decision.record).size() == 1);
}

TEST_CASE("committer: trouble is told, and nothing is written down after it") {
    EngineWorld world;
    world.maker.stage("copy", {"in"}, {"a"});
    world.maker.stage("other", {"in"}, {"b"});
    world.write("in", "1");
    world.begin();
    const auto first = world.decide(0);
    const auto second = world.decide(1);
    world.write("a", "made");
    world.write("b", "made too");
    std::filesystem::rename(world.path(".mlo/ledger.db"), world.path("ledger"));
    world.write(".mlo/ledger.db/in the way", "");
    auto& committer = world.committer();
    world.finish(first);
    while (!committer.trouble()) std::this_thread::yield();
    CHECK(committer.trouble()->kind() != ErrorKind::internal);
    world.finish(second);
    CHECK(world.end().empty());
    CHECK_FALSE(world.exists("pipeline.lock"));
    world.remove(".mlo/ledger.db");
    std::filesystem::rename(world.path("ledger"), world.path(".mlo/ledger.db"));
    world.begin();
    static_cast<void>(world.committer());
    CHECK(world.left.size() == 2);
    CHECK(world.end().size() == 2);
    CHECK(world.exists("pipeline.lock"));
}

TEST_CASE("committer: an output that changed before it was stored, or is not for the store, is not for others") {
    EngineWorld world;
    world.maker.stage("edited", {"in"}, {"a"});
    world.maker.stage("loose", {"in"}, {"b"}).outs[0].is_cached = false;
    world.maker.stage("sound", {"in"}, {"c"});
    world.write("in", "1");
    world.begin();
    std::vector<Decision> decisions;
    for (std::uint32_t stage = 0; stage < 3; ++stage) decisions.push_back(world.decide(stage));
    for (const auto* name : {"a", "b", "c"}) world.write(name, std::string{"made "} + name);
    auto edited = world.collect(decisions[0]).record;
    world.write("a", "edited by hand");
    JournalEntry entry{.document = "pipeline.yaml",
                       .stage = "edited",
                       .run = std::string(32, '7'),
                       .record = std::move(edited),
                       .is_reusable = true};
    world.committer().submit({std::move(entry), {}});
    CHECK_FALSE(world.finish(decisions[1]).error);
    CHECK_FALSE(world.finish(decisions[2]).error);
    CHECK(world.end() ==
          std::vector<std::string>{"the output 'a' of stage 'edited' was changed before it could be stored"});
    CHECK(world.results_of(decisions[0].record).empty());
    CHECK(world.results_of(decisions[1].record).empty());
    CHECK(world.results_of(decisions[2].record).size() == 1);
    world.begin();
    CHECK(world.decide(0).verdict == Verdict::must_run);
    CHECK(world.decide(1).verdict == Verdict::up_to_date);
}
