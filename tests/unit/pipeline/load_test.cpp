// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include <fstream>

#include <mlo/pipeline/pipeline.hpp>

#include <failure.hpp>
#include <refused.hpp>
#include <temporary_folder.hpp>

#include "loaded.hpp"
#include "oracle.hpp"

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

TEST_CASE("an unresolved template belongs to its stage; what is wrong without it belongs to all") {
    const auto pipeline = loaded("stages:\n  a: {cmd: 'x ${gone}'}\n  b: {cmd: y}\n");
    REQUIRE(pipeline.stages.size() == 2);
    REQUIRE(pipeline.stages[0].broken);
    CHECK(pipeline.stages[0].broken->place() == "pipeline.yaml:2:12");
    CHECK_FALSE(pipeline.stages[1].broken);
    const auto told = [](std::string_view text) { return refused([&] { static_cast<void>(loaded(text)); }); };
    CHECK(told("stages: {a: {cmd: 'x ${gone}', deps: 3}}").starts_with("P021 pipeline.yaml:1:38 "));
    CHECK(told("stages: {s: {foreach: '${gone}', do: {cmd: x, deps: 3}}}").starts_with("P021 "));
    CHECK(told("stages: {s: {foreach: [], do: {cmd: x, dep: []}}}").starts_with("P020 "));
}

TEST_CASE("paths know where they lead") {
    const auto pipeline =
        loaded("stages: {a: {cmd: x, deps: [., a/../b, ../out, /etc/x, 'gs://b/k'], outs: [../../y: {cache: false}]}}");
    const auto& deps = pipeline.stages[0].deps;
    CHECK(deps[0].path.empty());
    CHECK(deps[0].reach == Reach::workspace);
    CHECK(deps[1].path == "b");
    CHECK(deps[1].written == "a/../b");
    CHECK(deps[2].reach == Reach::outside);
    CHECK(deps[2].path.ends_with("/out"));
    CHECK(deps[3].path == "/etc/x");
    CHECK(deps[4].reach == Reach::url);
    CHECK(pipeline.stages[0].outs[0].at.reach == Reach::outside);
    const auto told = [](std::string_view text) { return refused([&] { static_cast<void>(loaded(text)); }); };
    CHECK(told("stages: {a: {cmd: x, deps: ['']}}").starts_with("P025 pipeline.yaml:1:29 a path is empty help: "));
    CHECK(told("stages: {a: {cmd: x, outs: [.]}}").starts_with("P025 "));
    CHECK(told("stages: {a: {cmd: x, outs: [.git/hooks/post-commit]}}").starts_with("P025 "));
    CHECK(told("stages: {a: {cmd: x, outs: [sub/../.mlo]}}").starts_with("P025 "));
    CHECK(told("stages: {a: {cmd: x, wdir: ..}}").starts_with("P025 "));
}

TEST_CASE("an output that cannot be kept is refused; in DVC's dialect, only who selects its stage is told") {
    const auto told = [](std::string_view text) { return refused([&] { static_cast<void>(loaded(text)); }); };
    const std::string why = "the output '../y' is outside of the workspace, where it cannot be kept";
    CHECK(told("stages: {a: {cmd: x, outs: [../y]}}") ==
          "P025 pipeline.yaml:1:29 " + why +
              " help: name a path of the workspace, or leave it out of the cache: ../y: {cache: false}");
    CHECK(told("stages: {a: {cmd: x, metrics: [/y: {persist: true}]}}").starts_with("P025 pipeline.yaml:1:32 "));
    CHECK(told("stages: {a: {cmd: x, outs: ['s3://b/k': {cache: false}]}}").starts_with("P058 pipeline.yaml:1:29 "));
    CHECK(loaded("stages: {a: {cmd: x, plots: [/y: {cache: false}]}}").stages[0].outs[0].at.path == "/y");
    const auto templated = loaded("vars: [{up: ..}]\nstages: {a: {cmd: x, outs: ['${up}/y']}, b: {cmd: x}}");
    REQUIRE(templated.stages[0].broken);
    CHECK(templated.stages[0].broken->message() == why);

    const test::TemporaryFolder folder;
    folder.write("dvc.yaml", "stages: {a: {cmd: x, outs: [../y]}, b: {cmd: x, outs: [../z: {cache: false}]}}");
    const auto dvc = load(*folder.open(), {.file = "dvc.yaml", .others = {}});
    REQUIRE(dvc.stages[0].broken);
    CHECK(dvc.stages[0].broken->message() == why);
    CHECK_FALSE(dvc.stages[1].broken);
}

TEST_CASE("an absolute path below the workspace is one of the workspace") {
    const test::TemporaryFolder folder;
    folder.write("pipeline.yaml", "stages: {a: {cmd: x, wdir: sub, deps: [" + folder.path("data/in") + "]}}");
    const auto pipeline = load(*folder.open(), {.file = "pipeline.yaml", .others = {}});
    const auto& dep = pipeline.stages[0].deps[0];
    CHECK(dep.path == "data/in");
    CHECK(dep.written == "../data/in");
    CHECK(dep.reach == Reach::workspace);
}

TEST_CASE("included documents bring their stages, with paths and parameters of their own folder") {
    const auto pipeline =
        loaded("include: [b/pipeline.yaml, c.yaml]\nstages: {a: {cmd: x}}", "pipeline.yaml",
               {{"b/pipeline.yaml", "include: [../c.yaml]\npools: {p: 1}\nstages: {fit: {cmd: 'x ${lr}', deps: [d]}}"},
                {"b/params.yaml", "lr: 1"},
                {"c.yaml", "stages: {last: {cmd: z, resources: {p: 1}}}"}});
    REQUIRE(pipeline.documents.size() == 3);
    REQUIRE(pipeline.stages.size() == 3);
    CHECK(pipeline.address(pipeline.stages[0]) == "a");
    CHECK(pipeline.address(pipeline.stages[1]) == "b/pipeline.yaml:fit");
    CHECK(pipeline.stages[1].deps[0].path == "b/d");
    CHECK(pipeline.stages[1].commands.at(0) == "x 1");
    CHECK(pipeline.address(pipeline.stages[2]) == "c.yaml:last");
    CHECK(pipeline.pools == std::map<std::string, std::uint64_t>{{"p", 1}});
    CHECK(pipeline.read_files ==
          std::vector<std::string>{"b/params.yaml", "b/pipeline.yaml", "c.yaml", "pipeline.yaml"});
}

TEST_CASE("an include that leads nowhere, in a circle, or to a dvc.yaml is refused") {
    const auto told = [](std::string_view text, const std::map<std::string, std::string>& others = {}) {
        return refused([&] { static_cast<void>(loaded(text, "pipeline.yaml", others)); });
    };
    CHECK(told("include: [gone.yaml]").starts_with("P036 pipeline.yaml:1:11 there is no document 'gone.yaml' help: "));
    CHECK(told("include: [pipeline.yaml]").starts_with("P036 pipeline.yaml:1:11 'pipeline.yaml' includes itself"));
    CHECK(told("include: [a.yaml]", {{"a.yaml", "include: [./pipeline.yaml]"}}).starts_with("P036 a.yaml:1:11 "));
    CHECK(told("include: [train/dvc.yaml]").starts_with("P036 "));
    CHECK(told("include: [../x.yaml]").starts_with("P036 "));
    CHECK(told("include: a.yaml").starts_with("P021 "));
    CHECK(refused([] {
              const test::TemporaryFolder folder;
              static_cast<void>(load(*folder.open(), {.file = "no/pipeline.yaml", .others = {}}));
          }).starts_with("P023  there is no document 'no/pipeline.yaml' help: "));
}

TEST_CASE("a glob makes a stage of each file that is there or tracked, hidden ones left out") {
    const auto pipeline = loaded(
        "stages:\n  s:\n    foreach: {glob: 'data/**/*.csv'}\n    do: {cmd: 'x ${item} ${key}'}\n", "pipeline.yaml",
        {{"data/a.csv", ""},
         {"data/x/b.csv", ""},
         {"data/x/a.csv", ""},
         {"data/c.csv.mlo", ""},
         {"data/d.csv.dvc", ""},
         {"data/.h.csv", ""},
         {"data/.git/e.csv", ""},
         {"data/f.txt", ""},
         {"data/c.csv", ""}});
    std::vector<std::string> found;
    for (const auto& stage : pipeline.stages) found.push_back(stage.name + ": " + stage.commands.at(0));
    CHECK(found == std::vector<std::string>{"s@data-a.csv: x data/a.csv data-a.csv", "s@c: x data/c.csv c",
                                            "s@d: x data/d.csv d", "s@data-x-a.csv: x data/x/a.csv data-x-a.csv",
                                            "s@b: x data/x/b.csv b"});
    CHECK(pipeline.stages[0].group == "s");
}

TEST_CASE("a glob is seen from the folder of its document, and breaks its stage if nothing matches") {
    const auto pipeline = loaded(
        "stages:\n  s: {foreach: {glob: '../d@ta/*'}, do: {cmd: 'x ${item}'}}\n"
        "  t: {foreach: {glob: 'gone/*'}, do: {cmd: 'x'}}\n  u: {foreach: {glob: '../../*'}, do: {cmd: 'x'}}\n",
        "sub/pipeline.yaml", {{"d@ta/a@b.csv", ""}});
    REQUIRE(pipeline.stages.size() == 3);
    CHECK(pipeline.stages[0].name == "s@a-b");
    CHECK(pipeline.stages[0].commands.at(0) == "x ../d@ta/a@b.csv");
    REQUIRE(pipeline.stages[1].broken);
    CHECK(pipeline.stages[1].name == "t");
    CHECK(pipeline.stages[1].broken->code().id == "P038");
    REQUIRE(pipeline.stages[2].broken);
    CHECK(pipeline.stages[2].broken->code().id == "P025");
}

TEST_CASE("a group that waits for a file is expanded from its content") {
    const auto pipeline = loaded(
        "pools: {p: 1}\nstages:\n  s:\n    foreach: {from: out/shards.json}\n"
        "    do: {cmd: 'x ${item.n} ${lr}', outs: ['o/${key}'], resources: {p: '${item.n}'}}\n",
        "w/pipeline.yaml", {{"w/params.yaml", "lr: 7"}});
    CHECK(pipeline.stages.empty());
    REQUIRE(pipeline.pending.size() == 1);
    const auto& group = pipeline.pending[0];
    CHECK(group.name == "s");
    CHECK(group.from.path == "w/out/shards.json");
    CHECK(group.place == TextPlace{3, 3});
    // The workspace is gone by now, but what the stages need was read.
    const auto stages = group.expand(R"({"a": {"n": 1}, "b": {"n": 1}, "c": {}})");
    REQUIRE(stages.size() == 3);
    CHECK(stages[1].name == "s@b");
    CHECK(stages[1].group == "s");
    CHECK(stages[1].outs[0].at.path == "w/o/b");
    CHECK(stages[2].broken);
    CHECK(refused([&] { static_cast<void>(group.expand("3")); }).starts_with("P032 w/pipeline.yaml:4:21 "));
    CHECK(refused([&] { static_cast<void>(group.expand("{")); }).find(" w/out/shards.json:1:") != std::string::npos);
    CHECK(refused([&] { static_cast<void>(group.expand(R"({"a": {"n": 2}})")); }).starts_with("P035 "));
}

TEST_CASE("what aliases stand for is bounded, and so is the number of stages") {
    std::string laughs = "stages:\n  a: {cmd: x, meta: {l0: &l0 [a, a, a, a, a, a, a, a, a, a], ";
    for (int i = 1; i < 12; ++i) {
        const auto below = "*l" + std::to_string(i - 1);
        laughs += "l" + std::to_string(i) + ": &l" + std::to_string(i) + " [" + below;
        for (int k = 0; k < 9; ++k) laughs += ", " + below;
        laughs += "], ";
    }
    CHECK(refused([&] { static_cast<void>(loaded(laughs + "}}\n")); }).starts_with("U024 "));
    std::string wide = "stages:\n  m:\n    matrix: {";
    for (const auto* const name : {"a", "b", "c", "d", "e", "f"}) {
        wide += std::string{name} + ": [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], ";
    }
    const auto pipeline = loaded(wide + "}\n    cmd: x\n");
    REQUIRE(pipeline.stages.at(0).broken);
    CHECK(pipeline.stages[0].broken->code().id == "P033");
}

TEST_CASE("ten thousand stages, and one stage of ten thousand outputs, are read in time that grows with them") {
    std::string text = "stages:\n";
    for (int i = 0; i < 10'000; ++i) {
        const auto n = std::to_string(i);
        text += "  s" + n + ":\n    cmd: cp f" + n + " f" + std::to_string(i + 1) + "\n    deps: [f" + n +
                "]\n    outs: [f" + std::to_string(i + 1) + "]\n";
    }
    text += "  wide:\n    cmd: make\n    outs:\n";
    for (int i = 0; i < 10'000; ++i) text += "    - w" + std::to_string(i % 9'999) + "\n";
    const auto pipeline = loaded(text);
    CHECK(pipeline.stages.size() == 10'001);
    CHECK(pipeline.stages.back().outs.size() == 9'999);
}

TEST_CASE("mlo and the schema for editors accept and refuse the same documents") {
    // tests/checks/pipeline_schema asks the schema. JSON is YAML.
    const auto cases = test::recorded("schema-cases.json");
    for (const auto& given : cases.root().items()) {
        INFO(given.get("name").as_string());
        const auto text = canonical(to_datum(given.get("document")));
        const auto error = test::error_of([&] {
            static_cast<void>(loaded(text, "pipeline.yaml", {{"params.yaml", ""}, {"o.json", R"({"a": 1, "b": 2})"}}));
        });
        if (given.get("good").as_boolean()) {
            CHECK((error ? error->message() : "") == "");
            continue;
        }
        REQUIRE(error);
        CHECK(error->place().starts_with("pipeline.yaml:1:"));
        CHECK_FALSE(error->hint_text().empty());
    }
}

TEST_CASE("the examples of the page mlo-pipeline(5) are what they say") {
    std::ifstream file{std::string{MLO_TEST_DATA} + "/../../man/mlo-pipeline.5.scd"};
    std::vector<std::string> blocks;
    bool is_inside = false;
    for (std::string line; std::getline(file, line);) {
        if (line == "```") {
            is_inside = !is_inside;
            if (is_inside) blocks.emplace_back();
        } else if (is_inside) {
            blocks.back() += line + "\n";
        }
    }
    REQUIRE(blocks.size() == 4);
    const auto two = loaded(blocks[1]);
    CHECK(two.stages.at(0).commands.at(0) == "python prepare.py --rows 1000");
    const auto group = loaded(blocks[2], "pipeline.yaml", {{"data/a.csv", ""}});
    CHECK(group.stages.at(0).commands.at(0) == "convert data/a.csv parquet/a.parquet");
    CHECK(group.stages.at(1).extras->when.size() == 2);
    const auto dvc = loaded(blocks[3], "dvc.yaml");
    CHECK(dvc.stages.at(0).extras->retries.count == 3);
    CHECK(dvc.stages.at(0).outs.at(0).is_temporary);
    for (const auto& pipeline : {two, group, dvc}) {
        for (const auto& stage : pipeline.stages) CHECK_FALSE(stage.broken);
    }
}
