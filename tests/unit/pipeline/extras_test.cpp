// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include <mlo/pipeline/pipeline.hpp>

#include <refused.hpp>

#include "loaded.hpp"

using namespace mlo;
using namespace mlo::pipeline;
using namespace std::chrono_literals;
using mlo::test::refused;

namespace {

/// The stage `a: {cmd: x, KEYS}` of pipeline.yaml, under `top`.
Stage stage_with(const std::string& keys, const std::string& top = "pools: {license: 2}") {
    auto pipeline = loaded(top + "\nstages:\n  a: {cmd: x, " + keys + "}\n");
    return pipeline.stages.at(0);
}
StageExtras extras_with(const std::string& keys) { return *stage_with(keys).extras; }
std::string told(const std::string& keys) {
    return refused([&] { static_cast<void>(stage_with(keys)); });
}

}  // namespace

TEST_CASE("retries and timeouts are a number, or all that can be said of them") {
    CHECK(extras_with("retries: 3").retries.count == 3);
    const auto retries =
        extras_with("retries: {count: 4, delay: 10s, factor: 1.5, longest: 2m, jitter: 0, on: [137, 75, 75]}").retries;
    CHECK(retries.count == 4);
    CHECK(retries.delay == 10s);
    CHECK(retries.factor == 1.5);
    CHECK(retries.longest == 2min);
    CHECK(retries.jitter == 0);
    CHECK(retries.exit_codes == std::vector<std::int32_t>{75, 137});
    CHECK(extras_with("retries: {count: 1, on: 75}").retries.exit_codes == std::vector<std::int32_t>{75});

    CHECK(extras_with("timeout: 90s").timeout.after == 90s);
    CHECK(extras_with("timeout: 1.5h").timeout.after == 90min);
    CHECK(extras_with("timeout: 250ms").timeout.after == 250ms);
    CHECK(extras_with("timeout: 1d").timeout.after == 24h);
    CHECK(extras_with("timeout: 2.5").timeout.after == 2500ms);
    const auto timeout = extras_with("timeout: {after: 2h, grace: 30}").timeout;
    CHECK(timeout.after == 2h);
    CHECK(timeout.grace == 30s);
    for (const auto* const wrong : {"timeout: soon", "timeout: 5 s", "timeout: -1", "timeout: 1h30m", "timeout: nan",
                                    "timeout: .inf", "timeout: 1001d", "timeout: true", "timeout: '-5s'"}) {
        INFO(wrong);
        CHECK(told(wrong).starts_with("P027 pipeline.yaml:3:24 'timeout' takes a duration"));
    }
    CHECK(told("retries: -1").starts_with("P027 "));
    CHECK(told("retries: 2.5").starts_with("P027 "));
    CHECK(told("retries: {delay: 1s}").starts_with("P022 "));
    CHECK(told("retries: {count: 1, on: [0]}").starts_with("P027 "));
    CHECK(told("retries: {count: 1, backoff: 2}") ==
          "P020 pipeline.yaml:3:35 'retries' has no key 'backoff' help: the keys are: count, delay, factor, longest, "
          "jitter, on");
}

TEST_CASE("resources are those of the machine and the pools of the documents") {
    const auto needs = extras_with("resources: {memory: 4GiB, gpus: 1, license: 2, cpus: 0}").needs;
    CHECK(needs == std::vector<Need>{{"gpus", 1}, {"license", 2}, {"memory", std::uint64_t{4} << 30}});
    CHECK(
        told("resources: {licence: 1}") ==
        "P034 pipeline.yaml:3:27 'a' needs 'licence', which is no pool of the document help: did you mean 'license'?");
    CHECK(told("resources: {license: 3}")
              .starts_with("P035 pipeline.yaml:3:27 'a' needs 3 of 'license', of which there "
                           "are 2 help: "));
    CHECK(told("resources: {memory: much}").starts_with("P027 pipeline.yaml:3:35 'memory' takes a size"));
    CHECK(refused([] { static_cast<void>(loaded("pools: {gpus: 2}")); }).starts_with("P027 "));
    CHECK(refused([] { static_cast<void>(loaded("pools: {a: 0}")); }).starts_with("P021 "));
}

TEST_CASE("the environment of a stage names variables, values, secrets and fingerprints") {
    const std::string digest(64, 'a');
    const auto env = extras_with(
                         "env: {variables: [PATH, LANG], set: {B: 2, A: text, C: true, D: 1.0}, secrets: [KEY], "
                         "fingerprint: [{file: uv.lock}, {packages: pip}, {tool: python3 --version}, "
                         "{container: 'image@sha256:" +
                         digest + "'}]}, wdir: sub")
                         .environment;
    CHECK(env.variables == std::vector<std::string>{"LANG", "PATH"});
    CHECK(env.set ==
          std::vector<std::pair<std::string, std::string>>{{"A", "text"}, {"B", "2"}, {"C", "true"}, {"D", "1.0"}});
    CHECK(env.secrets == std::vector<std::string>{"KEY"});
    REQUIRE(env.fingerprints.size() == 4);
    CHECK(env.fingerprints[0].kind == FingerprintKind::file);
    CHECK(env.fingerprints[0].subject == "sub/uv.lock");
    CHECK(env.fingerprints[3].subject == "image@sha256:" + digest);

    CHECK(told("env: {variables: [A-B]}").starts_with("P027 "));
    CHECK(told("env: {variables: [1A]}").starts_with("P027 "));
    CHECK(
        told("env: {variables: [A], secrets: [A]}").starts_with("P026 pipeline.yaml:3:47 the variable 'A' stands in"));
    CHECK(told("env: {set: {A: [1]}}").starts_with("P027 "));
    CHECK(told("env: {fingerprint: [{container: 'image:latest'}]}").starts_with("P027 "));
    CHECK(told("env: {fingerprint: [{file: ../x}]}").starts_with("P027 "));
    CHECK(told("env: {fingerprint: [{packages: npm}]}").starts_with("P027 "));
    CHECK(told("env: {fingerprint: [{files: x}]}") ==
          "P020 pipeline.yaml:3:36 'fingerprint' has no key 'files' help: did you mean 'file'?");
    CHECK(told("env: {vars: [A]}").starts_with("P020 "));
}

TEST_CASE("conditions compare parameters, metrics and the branch") {
    const auto when = extras_with(
                          "when: {params: {t.on: true, 'o.yaml:k': [1, 2], l: {not: [a, b]}}, "
                          "metrics: {'e.json:auc': {min: 0.8, below: 1}}, branch: [main, 'r/*']}, wdir: w")
                          .when;
    REQUIRE(when.size() == 7);
    CHECK(when[0].subject == Subject::param);
    CHECK(when[0].file.path == "w/params.yaml");
    CHECK(when[0].key == "t.on");
    CHECK(when[0].comparison == Comparison::equal);
    CHECK(canonical(when[0].value) == "true");
    CHECK(when[1].file.path == "w/o.yaml");
    CHECK(when[1].comparison == Comparison::one_of);
    CHECK(canonical(when[1].value) == "[1,2]");
    CHECK(when[2].comparison == Comparison::unequal);
    CHECK(canonical(when[3].value) == "\"b\"");
    CHECK(when[4].subject == Subject::metric);
    CHECK(when[4].key == "auc");
    CHECK(when[4].comparison == Comparison::at_least);
    CHECK(when[5].comparison == Comparison::below);
    CHECK(when[6].subject == Subject::branch);
    CHECK(when[6].comparison == Comparison::matches);
    CHECK(canonical(when[6].value) == R"(["main","r/*"])");
    CHECK(extras_with("when: {branch: {not: main}}").when.at(0).comparison == Comparison::unequal);

    CHECK(
        told("when: {metrics: {auc: {min: 1}}}").starts_with("P027 pipeline.yaml:3:32 'auc' does not say which file"));
    CHECK(told("when: {params: {lr: {min: high}}}").starts_with("P027 "));
    CHECK(told("when: {params: {lr: {}}}").starts_with("P021 "));
    CHECK(told("when: {params: {lr: {least: 1}}}").starts_with("P020 "));
    CHECK(told("when: {params: {'../x.yaml:lr': 1}}").starts_with("P025 "));
}

TEST_CASE("hooks and temporary outputs") {
    const auto stage = stage_with("on: {success: \"a\\nb\", failure: [c, d]}, outs: [{t: {temp: true}}, u]");
    CHECK(stage.extras->hooks.success == std::vector<std::string>{"a", "b"});
    CHECK(stage.extras->hooks.failure == std::vector<std::string>{"c", "d"});
    CHECK(stage.outs[0].is_temporary);
    CHECK_FALSE(stage.outs[1].is_temporary);
    CHECK(told("on: {end: x}").starts_with("P020 "));
}

TEST_CASE("in a dvc.yaml, mlo's keys stand below meta.mlo, and nowhere else") {
    const auto told_dvc = [](const std::string& text) {
        return refused([&] { static_cast<void>(loaded(text, "dvc.yaml")); });
    };
    const auto pipeline = loaded(
        "stages: {a: {cmd: x, meta: {mlo: {retries: 2}, k: 1}, outs: [{o: {meta: {mlo: {temp: true}}}}]}}", "dvc.yaml");
    CHECK(pipeline.stages[0].extras->retries.count == 2);
    CHECK(pipeline.stages[0].outs[0].is_temporary);
    CHECK(told_dvc("stages: {a: {cmd: x, retries: 2}}") ==
          "P037 dvc.yaml:1:31 DVC does not know 'retries', and would refuse this document help: write it below 'meta': "
          "meta: {mlo: {retries: ...}}");
    CHECK(told_dvc("stages: {a: {cmd: x, meta: {mlo: {retry: 2}}}}").starts_with("P020 dvc.yaml:1:35 "));
    CHECK(told_dvc("stages: {a: {cmd: x, outs: [{o: {temp: true}}]}}").starts_with("P037 "));
    CHECK(told_dvc("pools: {a: 1}").starts_with("P037 "));
    CHECK(told_dvc("stages: {a: {foreach: {glob: '*'}, do: {cmd: 'x ${key}'}}}") == "nothing");
    CHECK(told("meta: {mlo: {retries: 2}}").starts_with("P037 "));
}

TEST_CASE("defaults hold for every stage of their document, and each key of a stage replaces one of them") {
    const auto pipeline = loaded(
        "defaults: {retries: 2, timeout: 1h, resources: {cpus: 2}}\n"
        "include: [sub/pipeline.yaml]\n"
        "stages: {a: {cmd: x}, b: {cmd: x, retries: 0, resources: {gpus: 1}}}\n",
        "pipeline.yaml", {{"sub/pipeline.yaml", "stages: {c: {cmd: x}}"}});
    const auto& a = *pipeline.stages[0].extras;
    CHECK(a.retries.count == 2);
    CHECK(a.timeout.after == 1h);
    const auto& b = *pipeline.stages[1].extras;
    CHECK(b.retries.count == 0);
    CHECK(b.timeout.after == 1h);
    CHECK(b.needs == std::vector<Need>{{"gpus", 1}});
    CHECK(pipeline.stages[2].extras == nullptr);
    CHECK(refused([] { static_cast<void>(loaded("defaults: {retry: 1}")); }).starts_with("P020 pipeline.yaml:1:12 "));
    CHECK(refused([] {
              static_cast<void>(loaded("defaults: {resources: {pool: 1}}\nstages: {a: {cmd: x}}"));
          }).starts_with("P034 pipeline.yaml:1:24 "));
}

TEST_CASE("templates stand in mlo's keys too, and what they yield is the stage's own trouble") {
    const auto pipeline = loaded(
        "stages:\n  s:\n    foreach: {a: {n: 3, t: 5m}, b: {n: many, t: 1s}}\n"
        "    do: {cmd: x, retries: '${item.n}', timeout: '${item.t}', "
        "env: {set: {N: '${item.n}', '${key}': 1}}, when: {params: {'${key}': '${item.n}'}}}\n");
    REQUIRE(pipeline.stages.size() == 2);
    const auto& a = *pipeline.stages[0].extras;
    CHECK(a.retries.count == 3);
    CHECK(a.timeout.after == 5min);
    CHECK(a.environment.set == std::vector<std::pair<std::string, std::string>>{{"N", "3"}, {"a", "1"}});
    CHECK(a.when.at(0).key == "a");
    CHECK(canonical(a.when.at(0).value) == "3");
    REQUIRE(pipeline.stages[1].broken);
    CHECK(pipeline.stages[1].broken->code().id == "P027");
}
