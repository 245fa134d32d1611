// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include <mlo/pipeline/errors.hpp>
#include <mlo/pipeline/graph.hpp>

#include "pipeline_maker.hpp"

using namespace mlo;
using namespace mlo::pipeline;
using Catch::Matchers::Message;
using mlo::test::PipelineMaker;

namespace {

using Names = std::vector<std::string>;

/// prepare -> fit@a, fit@b -> eval -> train/dvc.yaml:ship; and lone.
class Sample {
public:
    Sample() {
        maker.stage("prepare", {"raw"}, {"data"});
        maker.stage("fit@a", {"data/a"}, {"model/a"});
        maker.stage("fit@b", {"data/b"}, {"model/b"});
        maker.stage("eval", {"model"}, {"eval.json"});
        maker.stage("lone", {}, {"alone"});
        maker.document("train/dvc.yaml", "train");
        maker.stage("ship", {"eval.json"}, {"train/shipped"});
        maker.stage("fit", {}, {"train/own"});
    }
    [[nodiscard]] Names chosen(const Selection& selection) const {
        const Graph graph{maker.made};
        Names names;
        for (const auto stage : select(maker.made, graph, selection)) {
            names.push_back(maker.made.address(maker.made.stages[stage]));
        }
        return names;
    }

    PipelineMaker maker;
};

constexpr auto only = Selection::Extent::only;
constexpr auto downstream = Selection::Extent::downstream;

}  // namespace

TEST_CASE_METHOD(Sample, "select: a stage is chosen with all that it needs, in order") {
    CHECK(chosen({.targets = {"eval"}}) == Names{"prepare", "fit@a", "fit@b", "eval"});
    CHECK(chosen({.targets = {"fit@b"}}) == Names{"prepare", "fit@b"});
    CHECK(chosen({.targets = {"eval", "lone", "eval"}}) == Names{"prepare", "fit@a", "fit@b", "eval", "lone"});
}

TEST_CASE_METHOD(Sample, "select: a group, an address, a document, an output and a folder of outputs") {
    CHECK(chosen({.targets = {"fit"}, .extent = only}) == Names{"fit@a", "fit@b"});
    CHECK(chosen({.targets = {"train/dvc.yaml:ship"}, .extent = only}) == Names{"train/dvc.yaml:ship"});
    CHECK(chosen({.targets = {"train/dvc.yaml"}, .extent = only}) ==
          Names{"train/dvc.yaml:ship", "train/dvc.yaml:fit"});
    CHECK(chosen({.targets = {"eval.json"}, .extent = only}) == Names{"eval"});
    CHECK(chosen({.targets = {"model"}, .extent = only}) == Names{"fit@a", "fit@b"});
    CHECK(chosen({.targets = {"model/a/deep.bin"}, .extent = only}) == Names{"fit@a"});
}

TEST_CASE_METHOD(Sample, "select: outputs and documents are relative to the folder one is in") {
    CHECK(chosen({.targets = {"shipped"}, .folder = "train", .extent = only}) == Names{"train/dvc.yaml:ship"});
    CHECK(chosen({.targets = {"../eval.json"}, .folder = "train", .extent = only}) == Names{"eval"});
    CHECK(chosen({.targets = {"dvc.yaml:fit"}, .folder = "train", .extent = only}) == Names{"train/dvc.yaml:fit"});
    CHECK(chosen({.targets = {"fit"}, .folder = "train", .extent = only}) == Names{"fit@a", "fit@b"});
}

TEST_CASE_METHOD(Sample, "select: without a target all stages, in DVC's dialect those of the first document") {
    CHECK(chosen({}).size() == 7);
    maker.made.dialect = Dialect::dvc;
    CHECK(chosen({}) == Names{"prepare", "fit@a", "fit@b", "eval", "lone"});
    CHECK(chosen({.targets = {"train/dvc.yaml:ship"}}) ==
          Names{"prepare", "fit@a", "fit@b", "eval", "train/dvc.yaml:ship"});
}

TEST_CASE_METHOD(Sample, "select: parts of the way") {
    CHECK(chosen({.targets = {"fit@a"}, .extent = downstream}) == Names{"fit@a", "eval", "train/dvc.yaml:ship"});
    CHECK(chosen({.from = {"fit@b"}}) == Names{"fit@b", "eval", "train/dvc.yaml:ship"});
    CHECK(chosen({.until = {"fit"}}) == Names{"prepare", "fit@a", "fit@b"});
    CHECK(chosen({.from = {"fit@a"}, .until = {"eval"}}) == Names{"fit@a", "eval"});
    CHECK(chosen({.targets = {"lone"}, .from = {"prepare"}}).empty());
}

TEST_CASE_METHOD(Sample, "select: an unknown name is answered with a guess, or with where the names are") {
    const auto error_of = [&](const std::string& target) {
        try {
            static_cast<void>(chosen({.targets = {target}}));
        } catch (const Error& error) {
            return error;
        }
        return Error{errors::output_twice, "nothing was thrown"};
    };
    CHECK(error_of("prepar").message() == "there is no stage or output 'prepar'");
    CHECK(error_of("prepar").code().id == "P054");
    CHECK(error_of("prepar").hint_text() == "did you mean 'prepare'?");
    CHECK(error_of("eval.jsn").hint_text() == "did you mean 'eval.json'?");
    CHECK(error_of("zzzzzzzz").hint_text() == "mlo stage list");
    CHECK(error_of("").message() == "there is no stage or output ''");
    CHECK(error_of("train/dvc.yaml:nobody").code().id == "P054");
}

TEST_CASE_METHOD(Sample, "select: a broken stage fails only who chooses it") {
    maker.made.stages[4].broken = std::make_shared<const Error>(errors::output_twice, "it is broken");
    CHECK(chosen({.targets = {"eval"}}).size() == 4);
    CHECK_THROWS_MATCHES(chosen({.targets = {"lone"}}), Error, Message("it is broken"));
    CHECK_THROWS_MATCHES(chosen({}), Error, Message("it is broken"));
}
