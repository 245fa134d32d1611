// SPDX-License-Identifier: Apache-2.0
#include <mlo/track/run_compare.hpp>

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <map>

#include "run_samples.hpp"

using namespace mlo;
using namespace mlo::track;
using namespace mlo::test;

namespace {

using Texts = std::vector<std::optional<std::string>>;

/// Objects by what they hold, as id_of makes their ids.
ReadText texts(const std::vector<std::string>& all) {
    return [all](const store::ObjectId& id) -> std::optional<std::string> {
        for (const auto& text : all)
            if (id_of(text) == id) return text;
        return std::nullopt;
    };
}

Comparison compare_two(const RunDocument& a, const RunDocument& b) {
    const std::vector<RunDocument> runs{a, b};
    return compare(runs, texts({}));
}

/// "key: value | value", a dash for what is not there.
std::vector<std::string> shown(const std::vector<Difference<Fact>>& facts) {
    std::vector<std::string> lines;
    for (const auto& each : facts) {
        auto line = each.key + ":";
        for (const auto& value : each.values) {
            line += line.ends_with(':') ? " " : " | ";
            if (!value)
                line += "-";
            else if (const auto* integer = std::get_if<std::int64_t>(&*value))
                line += std::to_string(*integer);
            else if (std::holds_alternative<double>(*value))
                line += "real";
            else
                line += std::get<std::string>(*value);
        }
        lines.push_back(line);
    }
    return lines;
}

bool is_empty(const Comparison& c) {
    return c.run.empty() && !c.command && c.code.empty() && c.params.empty() && c.tags.empty() && c.seeds.empty() &&
           c.metrics.empty() && c.inputs.empty() && c.outputs.empty() && c.environment.empty() && c.packages.empty() &&
           c.host.empty() && c.usage.empty() && c.usage_metrics.empty() && c.unknown.empty();
}

MetricSummary metric(const std::vector<Point>& points) {
    MetricSummary summary;
    for (const auto& point : points) summary.add(point);
    return summary;
}

}  // namespace

TEST_CASE("a run does not differ from one that had the same done to it at another time under another name") {
    const auto a = full_run();
    auto b = a;
    b.id = std::string(32, '9');
    b.name = "other";
    b.session = std::string(32, '8');
    b.started_ms += 5000;
    *b.ended_ms += 9000;
    b.attempt = 1;
    b.parent.clear();
    b.revision = 7;
    b.log = id_of("another log");
    b.series = id_of("another series");
    b.losses = {"something"};
    for (auto& [key, summary] : b.metrics) {
        summary.last.time_ms += 77;
        summary.min->time_ms += 77;
    }
    CHECK(is_empty(compare_two(a, b)));
}

TEST_CASE("everything that a run has and another lacks is a difference of its part") {
    const auto a = full_run();
    const auto none = compare_two(a, small_run());
    using Lines = std::vector<std::string>;
    CHECK(shown(none.run) == Lines{"directory: /somewhere | -", "exit_code: 3 | -", "experiment: fraud | Default",
                                   "note: a \"note\"\nof two lines | -", "signal: 9 | -", "status: FAILED | FINISHED",
                                   "user: ada | -"});
    REQUIRE(none.command);
    CHECK(none.command->values == std::vector<std::optional<std::vector<std::string>>>{a.command, std::nullopt});
    CHECK(shown(none.code) == Lines{"branch: main | -", "commit: " + std::string(40, 'c') + " | -",
                                    "remote: https://example.org/x.git | -",
                                    "uncommitted: " + id_of("diff").to_string() + " | -"});
    CHECK(shown(none.params) == Lines{"depth:  | -", "lr: 0.1 | -"});
    CHECK(shown(none.tags) == Lines{"team: risk | -"});
    CHECK(shown(none.seeds) == Lines{"--seed: 7 | -"});
    CHECK(shown(none.environment) == Lines{"CUDA_VISIBLE_DEVICES: 0 | -", "ODD: \\xfe | -"});
    CHECK(shown(none.host) ==
          Lines{"cpu.ghz: real | -", "gpu.count: 2 | -", "host.$odd: value | -", "host.name: box | -"});
    REQUIRE(none.metrics.size() == 1);
    CHECK(none.metrics[0].values == std::vector<std::optional<MetricSummary>>{a.metrics.at("loss"), std::nullopt});
    REQUIRE(none.inputs.size() == 2);
    CHECK(none.inputs[0].key == "data");
    CHECK(none.inputs[0].values[0] == std::vector{a.inputs[0]});
    CHECK_FALSE(none.inputs[0].values[1]);
    REQUIRE(none.outputs.size() == 1);
    CHECK(shown(none.packages) == Lines{"pip: " + id_of("pip").to_string() + " | -"});
    CHECK(none.unknown == Lines{"the list of packages (pip) of run " + a.id + " is not here"});
}

TEST_CASE("of more than two runs, one that differs is enough") {
    std::vector<RunDocument> runs(3, small_run());
    for (auto& run : runs) run.params = {{"lr", "0.1"}, {"same", "x"}};
    runs[2].params["lr"] = "0.2";
    runs[1].params.erase("same");
    const auto comparison = compare(runs, texts({}));
    CHECK(shown(comparison.params) == std::vector<std::string>{"lr: 0.1 | 0.1 | 0.2", "same: x | - | x"});
}

TEST_CASE("an empty value is not none, and words of a command are not joined") {
    auto a = small_run();
    auto b = a;
    a.params = {{"p", ""}};
    a.command = {"a b"};
    b.command = {"a", "b"};
    const auto comparison = compare_two(a, b);
    CHECK(shown(comparison.params) == std::vector<std::string>{"p:  | -"});
    CHECK(comparison.command);
}

TEST_CASE("metrics are compared by values, steps and counts; NaN is as good as NaN") {
    const auto nan = std::nan("");
    const auto inf = std::numeric_limits<double>::infinity();
    auto a = small_run();
    a.metrics["m"] = metric({{0, 1, 1}, {1, 2, nan}});
    a.metrics["system/cpu"] = metric({{0, 1, 1}});
    auto b = a;
    CHECK(is_empty(compare_two(a, b)));
    for (const auto& changed :
         {metric({{0, 1, 1}, {1, 2, 3}}), metric({{0, 1, 1}, {2, 2, nan}}), metric({{0, 1, 2}, {1, 2, nan}}),
          metric({{0, 1, 1}, {0, 2, 1}, {1, 2, nan}}), metric({{0, 1, 1}, {1, 2, inf}}), metric({{1, 2, nan}})}) {
        b.metrics["m"] = changed;
        CHECK(compare_two(a, b).metrics.size() == 1);
    }
    b = a;
    b.metrics["system/cpu"] = metric({{0, 1, 2}});
    const auto comparison = compare_two(a, b);
    CHECK(comparison.metrics.empty());
    CHECK(comparison.usage_metrics.size() == 1);
}

TEST_CASE("what a job used is apart from what the machine is") {
    auto a = small_run();
    a.hardware = {{"cpu.count", std::int64_t{2}}, {"usage.read_bytes", std::int64_t{1}}};
    auto b = a;
    b.hardware = {{"cpu.count", std::int64_t{2}}, {"usage.read_bytes", std::int64_t{2}}};
    const auto comparison = compare_two(a, b);
    CHECK(comparison.host.empty());
    CHECK(shown(comparison.usage) == std::vector<std::string>{"usage.read_bytes: 1 | 2"});
}

TEST_CASE("packages are compared by name; a list that is the same everywhere is not read") {
    const std::string old_list = "a==1\nnumpy==1.26.4\nscipy==1.11\n";
    const std::string new_list = "a==1\nnumpy==2.0.1\ntorch==2.1+cu==x\n";
    auto a = small_run();
    auto b = a;
    a.packages = {{"pip", id_of(old_list)}, {"r", id_of("not here")}};
    b.packages = {{"pip", id_of(new_list)}, {"r", id_of("not here")}};
    const std::vector<RunDocument> runs{a, b};
    const auto comparison = compare(runs, texts({old_list, new_list}));
    CHECK(shown(comparison.packages) ==
          std::vector<std::string>{"pip numpy: 1.26.4 | 2.0.1", "pip scipy: 1.11 | -", "pip torch: - | 2.1+cu==x"});
    CHECK(comparison.unknown.empty());
    const auto one = compare(runs, texts({old_list}));
    CHECK(one.packages.size() == 1);
    CHECK(one.unknown.size() == 1);
}

TEST_CASE("an input is another one with other bytes, in another role or at another path") {
    auto a = small_run();
    a.inputs = {{InputRole::declared, "data", store::ObjectKind::tree, id_of("1")}};
    auto b = a;
    CHECK(is_empty(compare_two(a, b)));
    b.inputs[0].id = id_of("2");
    CHECK(compare_two(a, b).inputs.size() == 1);
    b = a;
    b.inputs[0].role = InputRole::present;
    CHECK(compare_two(a, b).inputs.size() == 1);
    b = a;
    b.inputs[0].path = "other";
    CHECK(compare_two(a, b).inputs.size() == 2);
    b = a;
    b.inputs.push_back({InputRole::observed, "data", store::ObjectKind::tree, id_of("2")});
    const auto both = compare_two(a, b);
    REQUIRE(both.inputs.size() == 1);
    CHECK(both.inputs[0].values[1]->size() == 2);
}

TEST_CASE("uncommitted changes that were not kept, or that nobody looked at, are a difference to none") {
    auto a = small_run();
    a.source.is_dirty = false;
    a.source.commit = std::string(40, 'c');
    auto b = a;
    b.source.is_dirty = true;
    CHECK(shown(compare_two(a, b).code) == std::vector<std::string>{"uncommitted: - | not kept"});
    b.source.is_dirty.reset();
    CHECK(shown(compare_two(a, b).code) == std::vector<std::string>{"uncommitted: - | not looked at"});
}
