// SPDX-License-Identifier: Apache-2.0
#include <mlo/pipeline/graph.hpp>

#include <algorithm>
#include <random>
#include <set>

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include <mlo/pipeline/errors.hpp>
#include <mlo/util/path.hpp>

#include "pipeline_maker.hpp"

using namespace mlo;
using namespace mlo::pipeline;
using mlo::test::PipelineMaker;

namespace {

using Stages = std::vector<std::uint32_t>;

Stages list(std::span<const std::uint32_t> stages) { return {stages.begin(), stages.end()}; }

Error error_of(const Pipeline& pipeline) {
    try {
        const Graph graph{pipeline};
    } catch (const Error& error) {
        return error;
    }
    FAIL("nothing was thrown");
    std::abort();
}

/// What the header says, in the plainest form.
class Model {
public:
    explicit Model(const Pipeline& pipeline) : pipeline_{pipeline} {
        const auto& stages = pipeline.stages;
        needs_.resize(stages.size());
        for (std::uint32_t i = 0; i < stages.size(); ++i) {
            if (stages[i].is_frozen || stages[i].broken) continue;
            for (std::uint32_t j = 0; j < stages.size(); ++j) {
                if (!stages[j].broken && reads(stages[i], stages[j])) needs_[i].insert(j);
            }
        }
    }

    static bool touches(const std::string& a, const std::string& b) {
        return path::is_within(a, b) || path::is_within(b, a);
    }
    [[nodiscard]] bool has_overlap() const {
        std::vector<std::string> outs;
        for (const auto& stage : pipeline_.stages) {
            if (stage.broken) continue;
            for (const auto& out : stage.outs) outs.push_back(out.at.path);
        }
        for (std::size_t i = 0; i < outs.size(); ++i) {
            for (std::size_t j = 0; j < i; ++j) {
                if (touches(outs[i], outs[j])) return true;
            }
        }
        return false;
    }
    /// Nothing if there is a circle.
    [[nodiscard]] std::optional<Stages> order() const {
        Stages order;
        std::set<std::uint32_t> done;
        while (done.size() < needs_.size()) {
            std::uint32_t i = 0;
            while (i < needs_.size() && (done.count(i) > 0 || !covers(done, needs_[i]))) ++i;
            if (i == needs_.size()) return {};
            done.insert(i);
            order.push_back(i);
        }
        return order;
    }
    [[nodiscard]] Stages needs(std::uint32_t stage) const { return {needs_[stage].begin(), needs_[stage].end()}; }
    [[nodiscard]] Stages needed_by(std::uint32_t stage) const {
        Stages found;
        for (std::uint32_t i = 0; i < needs_.size(); ++i) {
            if (needs_[i].count(stage) > 0) found.push_back(i);
        }
        return found;
    }

private:
    static bool covers(const std::set<std::uint32_t>& all, const std::set<std::uint32_t>& some) {
        return std::includes(all.begin(), all.end(), some.begin(), some.end());
    }
    static bool reads(const Stage& reader, const Stage& maker) {
        for (const auto& dep : reader.deps) {
            for (const auto& out : maker.outs) {
                if (touches(dep.path, out.at.path)) return true;
            }
        }
        return false;
    }

    const Pipeline& pipeline_;
    std::vector<std::set<std::uint32_t>> needs_;
};

std::string random_path(std::mt19937& random) {
    // '!' sorts before '/', '0' behind it: both have to be told from what lies within "a".
    static const std::vector<std::string> names{"a", "b", "a!", "a0", "c"};
    std::string path = names[random() % names.size()];
    for (auto depth = random() % 3; depth > 0; --depth) path += "/" + names[random() % names.size()];
    return path;
}

}  // namespace

TEST_CASE("graph: it is what comparing all paths with each other yields") {
    std::mt19937 random{1};
    std::size_t sound = 0;
    std::size_t circles = 0;
    std::size_t overlaps = 0;
    for (int round = 0; round < 6000; ++round) {
        PipelineMaker maker;
        std::vector<std::string> made;
        const auto count = 1 + random() % 8;
        for (std::size_t i = 0; i < count; ++i) {
            std::vector<std::string> deps(random() % 3);
            // Half of the rounds read only what was made before, so that there are some without circles.
            for (auto& dep : deps) {
                dep = made.empty() || round % 2 == 0 ? random_path(random) : made[random() % made.size()];
            }
            std::vector<std::string> outs(random() % 3 == 0 ? 0 : 1);
            for (auto& out : outs) out = round % 4 == 0 ? random_path(random) : fmt::format("{}{}", "abcd"[i % 4], i);
            made.insert(made.end(), outs.begin(), outs.end());
            auto& stage = maker.stage(fmt::format("s{}", i), deps, outs);
            stage.is_frozen = random() % 10 == 0;
            if (random() % 20 == 0) stage.broken = std::make_shared<const Error>(errors::stage_unknown, "broken");
        }
        std::shuffle(maker.made.stages.begin(), maker.made.stages.end(), random);
        const Model model{maker.made};
        if (model.has_overlap()) {
            ++overlaps;
            const auto id = error_of(maker.made).code().id;
            REQUIRE((id == errors::output_twice.id || id == errors::output_inside_output.id));
            continue;
        }
        const auto order = model.order();
        if (!order) {
            ++circles;
            REQUIRE(error_of(maker.made).code().id == errors::stage_cycle.id);
            continue;
        }
        ++sound;
        const Graph graph{maker.made};
        REQUIRE(list(graph.order()) == *order);
        for (std::uint32_t i = 0; i < graph.size(); ++i) {
            REQUIRE(list(graph.needs(i)) == model.needs(i));
            REQUIRE(list(graph.needed_by(i)) == model.needed_by(i));
        }
    }
    CHECK(sound > 1000);
    CHECK(circles > 300);
    CHECK(overlaps > 300);
}

TEST_CASE("graph: parameters, conditions and lock files that a stage makes are needed like dependencies") {
    PipelineMaker maker;
    maker.stage("tune", {}, {"best.yaml"});
    maker.stage("lock", {}, {"env/uv.lock"});
    maker.stage("eval", {}, {"eval.json"});
    maker.stage("fit", {}, {"model"}).params = {{{"best.yaml", "best.yaml", Reach::workspace, {}}, {"lr"}}};
    StageExtras extras;
    extras.when.push_back({Subject::metric, {"eval.json", "eval.json", Reach::workspace, {}}, "auc", {}, {}, {}});
    extras.environment.fingerprints.push_back({FingerprintKind::file, "env/uv.lock", {}});
    maker.stage("ship", {}, {"out"}).extras = std::make_shared<const StageExtras>(extras);
    const Graph graph{maker.made};
    CHECK(list(graph.needs(3)) == Stages{0});
    CHECK(list(graph.needs(4)) == Stages{1, 2});
    CHECK(list(graph.needed_by(2)) == Stages{4});
}

TEST_CASE("graph: URLs and absolute paths are other places than those of the workspace") {
    PipelineMaker maker;
    maker.stage("a", {}, {"s3://bucket/data"});
    maker.stage("b", {"s3://bucket/data/x"}, {"/mnt/data"});
    maker.stage("c", {"/mnt/data", "mnt/data"}, {"bucket"});
    const Graph graph{maker.made};
    CHECK(graph.needs(0).empty());
    CHECK(list(graph.needs(1)) == Stages{0});
    CHECK(list(graph.needs(2)) == Stages{1});
    CHECK(graph.maker("/mnt/data/deep", Reach::outside) == 1U);
    CHECK_FALSE(graph.maker("mnt/data").has_value());
    CHECK(graph.maker("bucket/x") == 2U);
}

TEST_CASE("graph: two stages with one output are named with both places") {
    PipelineMaker maker;
    maker.stage("fit", {"in"}, {"model.bin"});
    maker.document("train/pipeline.yaml", "train");
    maker.stage("refit", {}, {"model.bin"});
    const auto error = error_of(maker.made);
    CHECK(error.code().id == "P050");
    CHECK(error.message() == "the output 'model.bin' is made by two stages, 'fit' and 'train/pipeline.yaml:refit'");
    CHECK(error.place() == "train/pipeline.yaml:21:9");
    CHECK(error.notes() == std::vector<std::string>{"also at pipeline.yaml:12:9"});
    CHECK_FALSE(error.hint_text().empty());
}

TEST_CASE("graph: an output within another one") {
    PipelineMaker maker;
    maker.stage("one", {}, {"data!", "data/raw", "data0"});
    maker.stage("two", {}, {"data"});
    const auto error = error_of(maker.made);
    CHECK(error.code().id == "P051");
    CHECK(error.message() == "the output 'data/raw' of stage 'one' lies within 'data', an output of 'two'");
    CHECK(error.place() == "pipeline.yaml:12:9");
    CHECK(error.notes() == std::vector<std::string>{"'data' is at pipeline.yaml:21:9"});
}

TEST_CASE("graph: a document must not lie within an output") {
    PipelineMaker maker;
    maker.stage("one", {}, {"x"});
    maker.document("train/pipeline.yaml", "train");
    maker.stage("two", {}, {"train"});
    const auto error = error_of(maker.made);
    CHECK(error.code().id == "P052");
    CHECK(error.message() == "'train/pipeline.yaml' lies within 'train', an output of stage 'train/pipeline.yaml:two'");
    CHECK(error.place() == "train/pipeline.yaml:21:9");
}

TEST_CASE("graph: a circle is shown as a way, with the path and place of each step") {
    PipelineMaker maker;
    maker.stage("before", {}, {"zero"});
    maker.stage("a", {"zero", "three"}, {"one"});
    maker.stage("b", {"one"}, {"two"});
    maker.stage("c", {"two/part"}, {"three"});
    maker.stage("after", {"three"}, {"four"});
    const auto error = error_of(maker.made);
    CHECK(error.code().id == "P053");
    CHECK(error.message() == "stages need each other in a circle: a -> b -> c -> a");
    CHECK(error.place() == "pipeline.yaml:20:3");
    CHECK(error.notes() == std::vector<std::string>{"'b' reads 'one' of 'a': pipeline.yaml:30:3",
                                                    "'c' reads 'two' of 'b': pipeline.yaml:40:3",
                                                    "'a' reads 'three' of 'c': pipeline.yaml:20:3"});
    CHECK(error.hint_text() == "remove one of these dependencies");
}

TEST_CASE("graph: a stage that reads what it makes is the smallest circle; a long one is cut short") {
    PipelineMaker maker;
    maker.stage("self", {"data"}, {"data/x"});
    CHECK(error_of(maker.made).message() == "stages need each other in a circle: self -> self");
    PipelineMaker many;
    for (int i = 0; i < 40; ++i)
        many.stage(fmt::format("s{}", i), {fmt::format("f{}", (i + 39) % 40)}, {fmt::format("f{}", i)});
    CHECK(error_of(many.made).message() ==
          "stages need each other in a circle: s0 -> s1 -> s2 -> s3 -> s4 -> s5 -> s6 -> s7 -> s8 -> s9 -> s10 -> "
          "s11 -> ... (28 more) -> s0");
}

TEST_CASE("graph: a chain of 100,000 stages") {
    PipelineMaker maker;
    constexpr std::uint32_t count = 100'000;
    for (std::uint32_t i = 0; i < count; ++i) {
        maker.stage(fmt::format("s{}", i), {fmt::format("data/{}/f", i + 1)}, {fmt::format("data/{}/f", i)});
    }
    const Graph graph{maker.made};
    REQUIRE(graph.order().size() == count);
    CHECK(graph.order().front() == count - 1);
    CHECK(graph.order().back() == 0);
    CHECK(select(maker.made, graph, {.targets = {"s1000"}}).size() == count - 1000);
}
