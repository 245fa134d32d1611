// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <cmath>
#include <failure.hpp>
#include <limits>
#include <mlo/track/errors.hpp>
#include <mlo/track/repetition.hpp>
#include <mlo/track/replica.hpp>

using namespace mlo;
using test::failure;
using track::compare_results;
using Answer = track::Verdict::Answer;
using Words = std::vector<std::string>;

namespace {

const track::Move moved{.from = "/home/ada/project", .to = "/scratch"};

track::RunDocument run_of(Words command) {
    track::RunDocument run;
    run.id = "0123456789abcdef0123456789abcdef";
    run.command = std::move(command);
    return run;
}

track::MetricSummary summary(std::initializer_list<double> values) {
    track::MetricSummary metric;
    std::int64_t step = 0;
    for (const double value : values) metric.add({.step = step++, .time_ms = 0, .value = value});
    return metric;
}

track::RunDocument with_metric(std::initializer_list<double> values) {
    auto run = run_of({"true"});
    run.exit_code = 0;
    run.metrics["loss"] = summary(values);
    return run;
}

store::ObjectId id(std::string_view digits) {
    return store::ObjectId::parse("sha256:" + std::string(64 - digits.size(), '0') + std::string{digits}).value();
}

}  // namespace

TEST_CASE("a job is planned with its own command, and paths of the old place lead to the new one") {
    const auto plan_of = [](const std::string& word) {
        return track::plan_job(run_of({"python", word}), {}, {}, moved).command.back();
    };
    CHECK(plan_of("train.py") == "train.py");
    CHECK(plan_of("/home/ada/project/train.py") == "/scratch/train.py");
    CHECK(plan_of("/home/ada/project") == "/scratch");
    CHECK(plan_of("--data=/home/ada/project/data:/home/ada/project/more") == "--data=/scratch/data:/scratch/more");
    CHECK(plan_of("/home/ada/project-2/train.py") == "/home/ada/project-2/train.py");
    CHECK(plan_of("/mnt/home/ada/project/train.py") == "/mnt/home/ada/project/train.py");

    const auto inside = track::plan_job(run_of({"sh", "-c", "cat /home/ada/project/x"}), {}, {}, moved);
    CHECK(inside.command.back() == "cat /home/ada/project/x");
    REQUIRE(inside.notes.size() == 1);
    CHECK(inside.notes.front() == "'cat /home/ada/project/x' names '/home/ada/project', where nothing is as it was");
}

TEST_CASE("a masked secret cannot be repeated, but given anew") {
    const auto run = run_of({"train", "--token=***"});
    CHECK(failure([&] { return track::plan_job(run, {}, {}, moved); }) == track::errors::run_not_repeatable.id);
    CHECK(failure([&] { return track::plan_job(run_of({}), {}, {}, moved); }) == track::errors::run_not_repeatable.id);
    const Words again{"train", "--token=***"};  // for all we know, that is the token
    CHECK(track::plan_job(run, again, {}, moved).command == again);
}

TEST_CASE("variables that numbers depend on are as they were, all others as they are") {
    auto run = run_of({"train"});
    run.environment = {{"OMP_NUM_THREADS", "3"}, {"PATH", "/old"},        {"TORCH_HOME", "/old/torch"},
                       {"MY_SEED", "7"},         {"TF_SECRET", "***"},    {"LANG", "C"},
                       {"HOSTNAME", "old"},      {"PYTHONPATH", "/old/p"}};
    const Words now{"PATH=/new",
                    "OMP_NUM_THREADS=1",
                    "MKL_NUM_THREADS=2",
                    "TF_SECRET=s3cret",
                    "LANG=C",
                    "PYTHONPATH=/home/ada/project/src:/lib",
                    "TORCH_HOME=/new/torch"};
    auto plan = track::plan_job(run, {}, now, moved);
    std::sort(plan.environment.begin(), plan.environment.end());
    CHECK(plan.environment == Words{"LANG=C", "MY_SEED=7", "OMP_NUM_THREADS=3", "PATH=/new",
                                    "PYTHONPATH=/scratch/src:/lib", "TF_SECRET=s3cret", "TORCH_HOME=/new/torch"});
    CHECK(plan.notes == Words{"the value of TF_SECRET was not kept: it is as it is now",
                              "OMP_NUM_THREADS is '3' as it was", "MKL_NUM_THREADS is not set, as it was"});
}

TEST_CASE("packages that came, went or changed") {
    CHECK(track::package_changes("a==1\nb==2\nc==3\n", "b==2\nc==3.1\nd==4\n") ==
          Words{"a 1 is missing", "c 3, now 3.1", "d 4 is new"});
    CHECK(track::package_changes("a==1\n", "a==1\n").empty());
    CHECK(track::package_changes("openssl==3.0=h1\n", "openssl==3.0=h2\n") == Words{"openssl 3.0=h1, now 3.0=h2"});
}

TEST_CASE("metrics are the same within the tolerance, in their last, least and greatest values") {
    constexpr double nan = std::numeric_limits<double>::quiet_NaN();
    constexpr double inf = std::numeric_limits<double>::infinity();
    const auto answer = [](std::initializer_list<double> before, std::initializer_list<double> after, double relative) {
        return compare_results(with_metric(before), with_metric(after), {.relative = relative, .ignored = {}}).answer();
    };
    CHECK(answer({1, 2}, {1, 2}, 0) == Answer::same);
    CHECK(answer({1, 2}, {1, std::nextafter(2, 3)}, 0) == Answer::different);
    CHECK(answer({1, 2}, {1, 2.0002}, 1e-3) == Answer::same);
    CHECK(answer({1, 2}, {1, 2.01}, 1e-3) == Answer::different);
    CHECK(answer({5, 9, 2}, {5, 8, 2}, 0) == Answer::different);
    CHECK(answer({5, 1, 2}, {5, 0, 2}, 0) == Answer::different);
    CHECK(answer({1, 2}, {1, 2, 2}, 0) == Answer::different);
    CHECK(answer({0}, {1e-300}, 0.5) == Answer::different);
    CHECK(answer({nan}, {nan}, 0) == Answer::same);
    CHECK(answer({nan}, {1}, 0.9) == Answer::different);
    CHECK(answer({inf}, {inf}, 0) == Answer::same);
    CHECK(answer({inf}, {-inf}, 0.9) == Answer::different);
    CHECK(answer({inf}, {1e308}, 0.9) == Answer::different);
}

TEST_CASE("what was compared, and what was not") {
    auto before = with_metric({1});
    auto after = before;
    before.metrics["system/cpu_percent"] = summary({50});
    before.metrics["seconds"] = summary({10});
    after.metrics["seconds"] = summary({11});
    before.outputs = {{.path = "model", .id = id("1")}, {.path = "plot", .id = id("2")}};
    after.outputs = {{.path = "model", .id = id("1")}, {.path = "new", .id = id("3")}};
    const auto verdict = compare_results(before, after, {.relative = 0, .ignored = {"seconds"}});
    REQUIRE(verdict.metrics.size() == 1);
    CHECK(verdict.metrics.front().key == "loss");
    CHECK(verdict.metrics.front().is_same);
    REQUIRE(verdict.outputs.size() == 3);
    CHECK(verdict.outputs[0].is_same);
    CHECK_FALSE(verdict.outputs[1].before);
    CHECK_FALSE(verdict.outputs[1].is_same);
    CHECK_FALSE(verdict.outputs[2].after);
    CHECK(verdict.answer() == Answer::different);

    CHECK(compare_results(run_of({"a"}), run_of({"a"}), {}).answer() == Answer::nothing_to_compare);
    auto failed = with_metric({1});
    failed.exit_code = 1;
    CHECK(compare_results(with_metric({1}), failed, {}).answer() == Answer::different);
    auto without_job = with_metric({1});
    without_job.exit_code.reset();
    CHECK(compare_results(without_job, with_metric({1}), {}).answer() == Answer::same);
    auto lost = with_metric({1});
    lost.state = track::RunState::lost;
    CHECK(compare_results(lost, with_metric({1}), {}).answer() == Answer::different);
    auto killed = with_metric({1});
    killed.exit_code.reset();
    killed.signal = 9;
    CHECK(compare_results(with_metric({1}), killed, {}).answer() == Answer::different);
}

TEST_CASE("a repetition needs what was declared or observed; where nothing was, all that was there") {
    auto run = run_of({"a"});
    const track::Input present{.role = track::InputRole::present, .path = "a", .id = id("1")};
    const track::Input declared{.role = track::InputRole::declared, .path = "c", .id = id("2")};
    const track::Input observed{.role = track::InputRole::observed, .path = "b", .id = id("3")};
    run.inputs = {present};
    CHECK(track::needed_inputs(run) == std::vector<track::Input>{present});
    run.inputs = {declared, observed, present};
    CHECK(track::needed_inputs(run) == std::vector<track::Input>{observed, declared});
    auto twice = observed;
    twice.path = "c";
    twice.id = declared.id;
    run.inputs = {declared, twice};
    CHECK(track::needed_inputs(run).size() == 1);
}
