// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include <mlo/pipeline/pipeline.hpp>

#include <refused.hpp>
#include <temporary_folder.hpp>

#include "loaded.hpp"

using namespace mlo;
using namespace mlo::pipeline;
using mlo::test::refused;

TEST_CASE("a plain stage is read with its command, paths, flags and parameters") {
    const auto pipeline = loaded(R"(stages:
  fit:
    cmd: python fit.py
    wdir: train
    deps: [fit.py, ../data/, s3://bucket/x]
    params: [lr, depth, lr, {other.json: [a.b]}, {whole.yaml: null}]
    outs: [model.bin, {big: {cache: false, persist: true, push: false, remote: far}}]
    metrics: [{eval.json: {cache: false}}]
    plots: [{curve.csv: {x: step, y: loss, header: false}}]
    frozen: true
    always_changed: true
    desc: fits
    meta: {owner: me}
)");
    REQUIRE(pipeline.stages.size() == 1);
    const auto& fit = pipeline.stages[0];
    CHECK(fit.name == "fit");
    CHECK(fit.group.empty());
    CHECK(fit.place == TextPlace{2, 3});
    CHECK(fit.commands == std::vector<std::string>{"python fit.py"});
    CHECK(fit.written_commands == fit.commands);
    CHECK(fit.command_form == CommandForm::text);
    CHECK(fit.wdir == "train");
    REQUIRE(fit.deps.size() == 3);
    CHECK(fit.deps[0].path == "train/fit.py");
    CHECK(fit.deps[0].written == "fit.py");
    CHECK(fit.deps[1].path == "data");
    CHECK(fit.deps[1].written == "../data/");
    CHECK(fit.deps[2].reach == Reach::url);
    REQUIRE(fit.params.size() == 3);
    CHECK(fit.params[0].file.path == "train/params.yaml");
    CHECK(fit.params[0].keys == std::vector<std::string>{"depth", "lr"});
    CHECK(fit.params[1].keys == std::vector<std::string>{"a.b"});
    CHECK(fit.params[2].keys.empty());
    REQUIRE(fit.outs.size() == 4);
    CHECK(fit.outs[0].is_cached);
    CHECK_FALSE(fit.outs[1].is_cached);
    CHECK(fit.outs[1].is_persistent);
    CHECK_FALSE(fit.outs[1].is_pushed);
    CHECK(fit.outs[1].remote == "far");
    CHECK(fit.outs[2].role == OutputRole::metric);
    CHECK(fit.outs[3].role == OutputRole::plot);
    CHECK(canonical(fit.outs[3].properties) == R"({"header":false,"x":"step","y":"loss"})");
    CHECK(fit.is_frozen);
    CHECK(fit.always_runs);
    CHECK(fit.description == "fits");
    CHECK(canonical(fit.meta) == R"({"owner":"me"})");
    CHECK(fit.extras == nullptr);
    CHECK(fit.broken == nullptr);
    CHECK(pipeline.read_files == std::vector<std::string>{"pipeline.yaml"});
    CHECK(pipeline.place(fit, fit.deps[1].place) == "pipeline.yaml:5:20");
}

TEST_CASE("a command is cut at line breaks, each for a shell of its own; a list is not") {
    const auto pipeline = loaded(
        "stages:\n  a:\n    cmd: |\n      one\n      two\n\n      three\n  b:\n    cmd: [one, \"two\\nthree\"]\n  c:\n "
        "   cmd: ''\n");
    CHECK(pipeline.stages[0].commands == std::vector<std::string>{"one", "two", "", "three"});
    CHECK(pipeline.stages[0].written_commands == std::vector<std::string>{"one\ntwo\n\nthree\n"});
    CHECK(pipeline.stages[1].command_form == CommandForm::list);
    CHECK(pipeline.stages[1].commands == std::vector<std::string>{"one", "two\nthree"});
    CHECK(pipeline.stages[2].commands.empty());
}

TEST_CASE("what is wrong is told with its place, what is expected, and a hint") {
    const auto told = [](std::string_view text) { return refused([&] { static_cast<void>(loaded(text)); }); };
    CHECK(told("stages: {fit: {cmd: x, dep: [a]}}") ==
          "P020 pipeline.yaml:1:24 'fit' has no key 'dep' help: did you mean 'deps'?");
    CHECK(told("stages: {fit: {cmd: x, deps: a}}") ==
          "P021 pipeline.yaml:1:30 'deps' must be a list of paths, not a string help: deps: [train.py, data.csv]");
}
