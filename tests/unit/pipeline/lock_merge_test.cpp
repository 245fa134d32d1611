// SPDX-License-Identifier: Apache-2.0
#include <mlo/pipeline/lock_merge.hpp>

#include <catch2/catch.hpp>
#include <map>
#include <mlo/pipeline/errors.hpp>
#include <mlo/pipeline/lock.hpp>
#include <random>
#include <refused.hpp>

using namespace mlo;
using namespace mlo::pipeline;

namespace {

using Stages = std::map<std::string, std::string>;  ///< command by name
using Lines = std::vector<std::string>;

std::string block(Dialect dialect, const std::string& stage, const std::string& command) {
    return "  " + stage + ":\n    " + (dialect == Dialect::mlo ? "command: " : "cmd: ") + command + "\n";
}

std::string lock_of(Dialect dialect, const Stages& stages) {
    Lock made{dialect, "f", ""};
    for (const auto& [stage, command] : stages) made.put(stage, StageRecord{.commands = {command}});
    return made.text();
}

LockMerge merge(Dialect dialect, const std::string& base, const std::string& ours, const std::string& theirs) {
    return merge_locks(dialect, "f", {.base = base, .ours = ours, .theirs = theirs});
}

Stages read(Dialect dialect, const std::string& text) {
    Stages stages;
    const Lock made{dialect, "f", text};
    for (const auto& stage : made.stages()) stages[stage] = made.find(stage)->commands.at(0);
    return stages;
}

}  // namespace

TEST_CASE("random locks merge as their stages do one by one", "[lock_merge]") {
    for (const auto dialect : {Dialect::mlo, Dialect::dvc}) {
        std::mt19937 engine{7};
        const auto draw = [&](std::uint32_t n) { return static_cast<std::uint32_t>(engine() % n); };
        const auto changed = [&](const Stages& stages) {
            Stages result;
            for (const std::string name : {"a", "b", "c", "d", "e"}) {
                const auto found = stages.find(name);
                const auto what = draw(6);
                if (what == 0 || (found == stages.end() && what > 2)) continue;
                result[name] = what < 3 ? "run " + std::to_string(draw(3)) : found->second;
            }
            return result;
        };
        for (int round = 0; round < 500; ++round) {
            const auto base = changed({});
            const auto ours = changed(base);
            const auto theirs = changed(base);
            Stages expected;
            Lines conflicts;
            for (const std::string name : {"a", "b", "c", "d", "e"}) {
                const auto of = [&](const Stages& stages) { return stages.contains(name) ? stages.at(name) : ""; };
                const auto& result = of(theirs) == of(base) ? of(ours) : of(theirs);
                if (of(ours) != of(theirs) && of(ours) != of(base) && of(theirs) != of(base)) conflicts.push_back(name);
                if (!result.empty()) expected[name] = result;
            }
            const auto merged =
                merge(dialect, lock_of(dialect, base), lock_of(dialect, ours), lock_of(dialect, theirs));
            CHECK_FALSE(merged.obstacle);
            auto told = merged.conflicts;
            std::sort(told.begin(), told.end());
            CHECK(told == conflicts);
            if (!conflicts.empty()) continue;
            CHECK(read(dialect, merged.text) == expected);
            // What is merged is what mlo itself would have written.
            if (dialect == Dialect::mlo && !expected.empty()) CHECK(merged.text == lock_of(dialect, expected));
        }
    }
}

TEST_CASE("a stage that both sides changed has markers around its lines alone", "[lock_merge]") {
    const auto dialect = Dialect::mlo;
    const auto merged = merge(dialect, lock_of(dialect, {{"a", "1"}, {"b", "1"}, {"c", "1"}}),
                              lock_of(dialect, {{"a", "2"}, {"b", "2"}, {"c", "1"}}),
                              lock_of(dialect, {{"a", "1"}, {"b", "3"}, {"c", "3"}, {"d", "4"}}));
    CHECK(merged.conflicts == Lines{"b"});
    CHECK(merged.taken == 2);
    const auto text = lock_of(dialect, {{"a", "2"}, {"b", "2"}, {"c", "3"}, {"d", "4"}});
    const auto at = text.find("  b:");
    const auto end = text.find("  c:");
    const auto ours = text.substr(at, end - at);
    auto theirs = ours;
    theirs.replace(theirs.find('2'), 1, "3");
    CHECK(merged.text ==
          text.substr(0, at) + "<<<<<<< ours\n" + ours + "=======\n" + theirs + ">>>>>>> theirs\n" + text.substr(end));
    // It is refused with its place until somebody settles it.
    CHECK(test::refused([&] { Lock{dialect, "pipeline.lock", merged.text}; }).starts_with("P082 pipeline.lock:6:1 "));
}

TEST_CASE("a deleted stage that the other side changed is a conflict with nothing on one side", "[lock_merge]") {
    const auto merged = merge(Dialect::dvc, lock_of(Dialect::dvc, {{"a", "1"}}), lock_of(Dialect::dvc, {}),
                              lock_of(Dialect::dvc, {{"a", "2"}}));
    CHECK(merged.conflicts == Lines{"a"});
    CHECK(merged.text.find("<<<<<<< ours\n=======\n" + block(Dialect::dvc, "a", "'2'") + ">>>>>>> theirs\n") !=
          std::string::npos);
}

TEST_CASE("dvc.lock keeps the order in which stages came", "[lock_merge]") {
    const std::string base = "schema: '2.0'\nstages:\n  z:\n    cmd: one\n  a:\n    cmd: one\n";
    const auto merged = merge(Dialect::dvc, base, base + "  k:\n    cmd: ours\n", base + "  c:\n    cmd: theirs\n");
    CHECK(merged.text == base + "  k:\n    cmd: ours\n  c:\n    cmd: theirs\n");
}

TEST_CASE("what stands around the stages is kept", "[lock_merge]") {
    const std::string base = "# mine\nschema: '2.0'\nstages:\n  a:\n    cmd: one\n";
    CHECK(merge(Dialect::dvc, base, base, base + "  b:\n    cmd: two\n").text == base + "  b:\n    cmd: two\n");
    const auto commented = "# theirs\n" + base;
    CHECK(merge(Dialect::dvc, base, base + "  b:\n    cmd: two\n", commented).text ==
          commented + "  b:\n    cmd: two\n");
    // A last line without its end.
    CHECK(merge(Dialect::dvc, base, base + "  b:\n    cmd: two", base + "  c:\n    cmd: three").text ==
          base + "  b:\n    cmd: two\n  c:\n    cmd: three\n");
}

TEST_CASE("without a base, and without stages", "[lock_merge]") {
    const auto dialect = Dialect::mlo;
    const auto empty = lock_of(dialect, {});
    CHECK(merge(dialect, "", lock_of(dialect, {{"a", "1"}}), lock_of(dialect, {{"b", "1"}})).text ==
          lock_of(dialect, {{"a", "1"}, {"b", "1"}}));
    CHECK(merge(dialect, "", "", lock_of(dialect, {{"b", "1"}})).text == lock_of(dialect, {{"b", "1"}}));
    CHECK(merge(dialect, lock_of(dialect, {{"a", "1"}}), lock_of(dialect, {{"a", "1"}}), empty).conflicts.empty());
    const auto gone = merge(dialect, lock_of(dialect, {{"a", "1"}, {"b", "1"}}), lock_of(dialect, {{"a", "1"}}),
                            lock_of(dialect, {{"b", "1"}}));
    CHECK(read(dialect, gone.text).empty());
    CHECK(gone.text.find("stages: {}\n") != std::string::npos);
}

TEST_CASE("of a base with conflicts only what follows from either side is merged", "[lock_merge]") {
    const auto dialect = Dialect::mlo;
    const auto base = merge(dialect, lock_of(dialect, {{"a", "1"}, {"b", "1"}}),
                            lock_of(dialect, {{"a", "2"}, {"b", "1"}}), lock_of(dialect, {{"a", "3"}, {"b", "1"}}));
    REQUIRE(base.conflicts == Lines{"a"});
    const auto same = merge(dialect, base.text, lock_of(dialect, {{"a", "4"}, {"b", "2"}}),
                            lock_of(dialect, {{"a", "4"}, {"b", "1"}}));
    CHECK(same.text == lock_of(dialect, {{"a", "4"}, {"b", "2"}}));
    const auto other = merge(dialect, base.text, lock_of(dialect, {{"a", "2"}, {"b", "1"}}),
                             lock_of(dialect, {{"a", "4"}, {"b", "1"}}));
    CHECK(other.conflicts == Lines{"a"});
}

TEST_CASE("a side that is no lock leaves both texts whole", "[lock_merge]") {
    const auto good = lock_of(Dialect::mlo, {{"a", "1"}});
    const auto merged = merge(Dialect::mlo, "", good, "package: 1\n");
    REQUIRE(merged.obstacle);
    CHECK(merged.obstacle->code().id == errors::lock_invalid.id);
    CHECK(merged.text.starts_with("<<<<<<< ours\n" + good + "||||||| in conflict\n# "));
    CHECK(merged.text.ends_with("=======\npackage: 1\n>>>>>>> theirs\n"));
}
