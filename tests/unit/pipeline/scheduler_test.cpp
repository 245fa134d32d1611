// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <failure.hpp>
#include <functional>
#include <mlo/pipeline/errors.hpp>
#include <mlo/pipeline/scheduler.hpp>
#include <numeric>
#include <random>
#include <set>

#include "pipeline_maker.hpp"

using namespace mlo;
using namespace mlo::pipeline;
using mlo::test::PipelineMaker;
using Stages = std::vector<std::uint32_t>;
using Durations = std::vector<std::uint32_t>;

namespace {

constexpr auto stop_at_failure = Scheduler::KeepGoing::no;
constexpr auto keep_going = Scheduler::KeepGoing::yes;

void need(Stage& stage, std::vector<Need> needs) {
    auto extras = std::make_shared<StageExtras>();
    extras->needs = std::move(needs);
    stage.extras = std::move(extras);
}

/// A pipeline in which each stage makes the file of its name.
struct Project {
    PipelineMaker maker;
    std::optional<Graph> graph;
    std::optional<Scheduler> scheduler;

    Stage& stage(const std::string& name, const std::vector<std::string>& needs) {
        return maker.stage(name, needs, {name});
    }
    Scheduler& plan(const Scheduler::Limits& limits, const Durations& durations = {},
                    Scheduler::KeepGoing going = stop_at_failure, std::optional<Stages> selected = {}) {
        graph.emplace(maker.made);
        if (!selected) {
            selected.emplace(graph->size());
            std::iota(selected->begin(), selected->end(), 0u);
        }
        return scheduler.emplace(maker.made, *graph, *selected, limits, going, durations);
    }
    /// Decides that whatever can be decided about must run.
    void run_all() {
        while (const auto stage = scheduler->next_to_decide()) scheduler->must_run(*stage);
    }
    /// All that starts now, by name.
    std::string starting() {
        run_all();
        std::string names;
        while (const auto stage = scheduler->next_to_start()) names += maker.made.stages[*stage].name + ' ';
        return names;
    }
    void end(const std::string& name) {
        const auto stage = number(name);
        scheduler->release(stage);
        scheduler->done(stage);
    }
    [[nodiscard]] std::uint32_t number(const std::string& name) const {
        for (std::uint32_t i = 0; i < maker.made.stages.size(); ++i)
            if (maker.made.stages[i].name == name) return i;
        throw std::runtime_error{"no stage " + name};
    }
    [[nodiscard]] std::string names(const Stages& stages) const {
        std::string all;
        for (const auto stage : stages) all += maker.made.stages[stage].name + ' ';
        return all;
    }
};

/// What the header says, in the plainest form: sets of stages, and everything looked through at each step.
class Model {
public:
    Model(const Pipeline& pipeline, const Graph& graph, const Stages& selected, const Scheduler::Limits& limits,
          const Durations& durations)
        : pipeline_{pipeline}, graph_{graph}, limits_{limits}, waiting{selected.begin(), selected.end()} {
        std::uint64_t total = 0;
        std::uint64_t known = 0;
        for (const auto stage : selected) {
            total += durations[stage];
            known += durations[stage] > 0 ? 1u : 0u;
        }
        usual_ = known == 0 ? 1 : std::max<std::uint64_t>(1, total / known);
        for (const auto stage : selected) behind_[stage] = longest(stage, durations);
        for (std::uint32_t i = 0; i < graph.order().size(); ++i) place_[graph.order()[i]] = i;
    }

    [[nodiscard]] Stages ready() const {
        Stages found;
        for (const auto stage : waiting) {
            const auto needs = graph_.needs(stage);
            if (std::none_of(needs.begin(), needs.end(), [&](auto need) { return is_open(need); }))
                found.push_back(stage);
        }
        return sorted(found);
    }
    [[nodiscard]] std::optional<std::uint32_t> next_to_start() const {
        if (running.size() >= limits_.jobs) return std::nullopt;
        auto there = free();
        bool is_kept = false;
        for (const auto stage : sorted({queued.begin(), queued.end()})) {
            const auto needs = needs_of(stage);
            if (std::all_of(needs.begin(), needs.end(),
                            [&](const Need& each) { return there[each.pool] >= each.amount; }))
                return stage;
            if (std::exchange(is_kept, true)) continue;
            for (const auto& each : needs) there[each.pool] -= std::min(there[each.pool], each.amount);
        }
        return std::nullopt;
    }
    /// Throws if more is in use than there is.
    [[nodiscard]] std::map<std::string, std::uint64_t> free() const {
        auto there = limits_.pools;
        for (const auto stage : running) {
            for (const auto& each : needs_of(stage)) {
                if (there[each.pool] < each.amount) throw std::runtime_error{"over capacity"};
                there[each.pool] -= each.amount;
            }
        }
        if (running.size() > limits_.jobs) throw std::runtime_error{"too many jobs"};
        return there;
    }
    Stages skip_behind(std::uint32_t stage) {
        std::set<std::uint32_t> found{stage};
        for (bool has_more = true; has_more;) {
            has_more = false;
            for (const auto other : waiting)
                for (const auto need : graph_.needs(other))
                    has_more |= found.contains(need) && found.insert(other).second;
        }
        found.erase(stage);
        for (const auto other : found) waiting.erase(other);
        Stages all{found.begin(), found.end()};
        std::sort(all.begin(), all.end(), [&](auto a, auto b) { return place_.at(a) < place_.at(b); });
        return all;
    }

    const Pipeline& pipeline_;
    const Graph& graph_;
    Scheduler::Limits limits_;
    std::set<std::uint32_t> waiting;   ///< nobody has decided about
    std::set<std::uint32_t> deciding;  ///< or between two attempts
    std::set<std::uint32_t> queued;
    std::set<std::uint32_t> running;

private:
    [[nodiscard]] bool is_open(std::uint32_t stage) const {
        return waiting.contains(stage) || deciding.contains(stage) || queued.contains(stage) || running.contains(stage);
    }
    [[nodiscard]] std::vector<Need> needs_of(std::uint32_t stage) const {
        const auto& extras = pipeline_.stages[stage].extras;
        return extras ? extras->needs : std::vector<Need>{};
    }
    [[nodiscard]] Stages sorted(Stages stages) const {
        std::sort(stages.begin(), stages.end(), [&](auto a, auto b) {
            return std::pair{behind_.at(b), place_.at(a)} < std::pair{behind_.at(a), place_.at(b)};
        });
        return stages;
    }
    std::uint64_t longest(std::uint32_t stage, const Durations& durations) {
        std::uint64_t most = 0;
        for (const auto other : graph_.needed_by(stage))
            if (waiting.contains(other))
                most = std::max(most,
                                behind_.contains(other) ? behind_[other] : behind_[other] = longest(other, durations));
        return most + (durations[stage] > 0 ? durations[stage] : usual_);
    }

    std::map<std::uint32_t, std::uint64_t> behind_;
    std::map<std::uint32_t, std::uint32_t> place_;
    std::uint64_t usual_ = 1;
};

/// A random pipeline, worked off in a random way by the scheduler and the model at once.
class Race {
public:
    explicit Race(std::uint32_t seed) : random_{seed} {
        const auto count = 1 + below(40);
        for (std::uint32_t i = 0; i < count; ++i) {
            std::vector<std::string> needs;
            for (std::uint32_t j = 0; j < i; ++j)
                if (below(8) == 0) needs.push_back("s" + std::to_string(j));
            auto& stage = project_.stage("s" + std::to_string(i), needs);
            if (below(2) == 0) need(stage, {{"a", below(5)}, {"b", below(4)}});
            durations_.push_back(below(3) == 0 ? 0 : below(1000));
            if (below(5) != 0) selected_.push_back(i);
        }
        limits_ = {.jobs = 1 + below(6), .pools = {{"a", 4}, {"b", 3}}};
        going_ = below(3) == 0 ? stop_at_failure : keep_going;
    }

    void run() {
        auto& scheduler = project_.plan(limits_, durations_, going_, selected_);
        Model model{project_.maker.made, *project_.graph, selected_, limits_, durations_};
        std::set<std::uint32_t> done;
        bool is_stopped = false;
        std::size_t steps = 0;
        while (!scheduler.is_finished()) {
            REQUIRE(++steps < 10'000);
            if (below(200) == 0) {
                scheduler.stop();
                is_stopped = true;
            }
            switch (below(3)) {
                case 0:
                    decide(scheduler, model, is_stopped);
                    break;
                case 1:
                    start(scheduler, model, is_stopped);
                    break;
                default:
                    settle(scheduler, model, done, is_stopped);
            }
            static_cast<void>(model.free());
        }
        CHECK(model.running.empty());
        CHECK(model.deciding.empty());
        auto left = scheduler.left();
        std::sort(left.begin(), left.end());
        Stages expected{model.waiting.begin(), model.waiting.end()};
        expected.insert(expected.end(), model.queued.begin(), model.queued.end());
        std::sort(expected.begin(), expected.end());
        CHECK(left == expected);
        if (!is_stopped) CHECK(left.empty());
    }

private:
    std::uint32_t below(std::uint32_t end) { return static_cast<std::uint32_t>(random_() % end); }
    std::uint32_t any_of(const std::set<std::uint32_t>& stages) {
        return *std::next(stages.begin(), below(static_cast<std::uint32_t>(stages.size())));
    }

    void decide(Scheduler& scheduler, Model& model, bool is_stopped) {
        const auto ready = model.ready();
        const auto stage = scheduler.next_to_decide();
        REQUIRE(stage == (is_stopped || ready.empty() ? std::nullopt : std::optional{ready.front()}));
        if (!stage) return;
        model.waiting.erase(*stage);
        model.deciding.insert(*stage);
    }

    void start(Scheduler& scheduler, Model& model, bool is_stopped) {
        const auto stage = scheduler.next_to_start();
        REQUIRE(stage == (is_stopped ? std::nullopt : model.next_to_start()));
        if (!stage) return;
        model.queued.erase(*stage);
        model.running.insert(*stage);
    }

    /// One that is decided about, or that runs, comes to something.
    void settle(Scheduler& scheduler, Model& model, std::set<std::uint32_t>& done, bool& is_stopped) {
        if (!model.running.empty() && below(2) == 0) {
            const auto stage = any_of(model.running);
            scheduler.release(stage);
            model.running.erase(stage);
            model.deciding.insert(stage);
        }
        if (model.deciding.empty()) return;
        const auto stage = any_of(model.deciding);
        model.deciding.erase(stage);
        const auto what = below(12);
        if (what == 0) {
            REQUIRE(scheduler.failed(stage) == model.skip_behind(stage));
            is_stopped |= going_ == stop_at_failure;
        } else if (what == 1) {
            REQUIRE(scheduler.skipped(stage) == model.skip_behind(stage));
        } else if (what < 7) {
            scheduler.must_run(stage);
            model.queued.insert(stage);
        } else {
            scheduler.done(stage);
            done.insert(stage);
        }
    }

    std::mt19937 random_;
    Project project_;
    Durations durations_;
    Stages selected_;
    Scheduler::Limits limits_;
    Scheduler::KeepGoing going_ = keep_going;
};

}  // namespace

TEST_CASE("scheduler: it does what a model does that looks through everything at each step") {
    for (std::uint32_t seed = 0; seed < 2000; ++seed) {
        INFO("seed " << seed);
        Race{seed}.run();
    }
}

TEST_CASE("scheduler: stages start once all that they need is done") {
    Project project;
    project.stage("a", {});
    project.stage("b", {"a"});
    project.stage("c", {"a"});
    project.stage("d", {"b", "c"});
    project.plan({.jobs = 8, .pools = {}});
    CHECK(project.starting() == "a ");
    CHECK(project.starting().empty());
    project.end("a");
    CHECK(project.starting() == "b c ");
    project.end("c");
    CHECK(project.starting().empty());
    project.end("b");
    CHECK(project.starting() == "d ");
    CHECK_FALSE(project.scheduler->is_finished());
    project.end("d");
    CHECK(project.scheduler->is_finished());
}

TEST_CASE("scheduler: the longest path goes first, by time where times are known") {
    Project project;
    project.stage("short", {});
    project.stage("long", {});
    project.stage("behind", {"long"});
    project.plan({.jobs = 1, .pools = {}});
    CHECK(project.starting() == "long ");
    project.plan({.jobs = 1, .pools = {}}, {100, 10, 20});
    CHECK(project.starting() == "short ");
    // What is not known takes as long as the others do on average.
    project.plan({.jobs = 1, .pools = {}}, {15, 10, 0});
    CHECK(project.starting() == "long ");
}

TEST_CASE("scheduler: who does not fit lets others pass, but nobody who needs the same") {
    Project project;
    need(project.stage("first", {}), {{"gpus", 2}});
    need(project.stage("large", {}), {{"gpus", 4}});
    need(project.stage("small", {}), {{"gpus", 1}});
    project.stage("plain", {});
    project.plan({.jobs = 8, .pools = {{"gpus", 4}}}, {1000, 900, 800, 1});
    CHECK(project.starting() == "first plain ");
    project.end("plain");
    CHECK(project.starting().empty());
    project.end("first");
    CHECK(project.starting() == "large ");
    project.end("large");
    CHECK(project.starting() == "small ");
}

TEST_CASE("scheduler: what the first in line leaves free is for others") {
    Project project;
    need(project.stage("first", {}), {{"gpus", 3}});
    need(project.stage("large", {}), {{"gpus", 2}, {"memory", 5}});
    need(project.stage("modest", {}), {{"memory", 2}});
    need(project.stage("greedy", {}), {{"memory", 4}});
    project.plan({.jobs = 8, .pools = {{"gpus", 4}, {"memory", 8}}}, {1000, 900, 800, 700});
    CHECK(project.starting() == "first modest ");
}

TEST_CASE("scheduler: more than there is at all is an error with its place") {
    Project project;
    need(project.stage("fit", {}), {{"memory", std::uint64_t{64} << 30}});
    const auto error = test::error_of([&] {
        return project.plan({.jobs = 1, .pools = {{"memory", std::uint64_t{8} << 30}}}).is_finished();
    });
    REQUIRE(error);
    CHECK(error->code().id == pipeline::errors::need_too_large.id);
    CHECK(std::string{error->message()} == "stage 'fit' asks for 64.0 GiB of memory, and there is 8.0 GiB of memory");
    CHECK(test::failure([&] { return project.plan({.jobs = 1, .pools = {}}).is_finished(); }) ==
          pipeline::errors::need_too_large.id);
    CHECK(project.plan({.jobs = 1, .pools = {}}, {}, keep_going, Stages{}).is_finished());
}

TEST_CASE("scheduler: a failure skips exactly what depends on it") {
    Project project;
    project.stage("a", {});
    project.stage("b", {});
    project.stage("c", {"a"});
    project.stage("d", {"b"});
    project.stage("e", {"c", "d"});
    project.plan({.jobs = 2, .pools = {}}, {}, keep_going);
    CHECK(project.starting() == "a b ");
    project.scheduler->release(0);
    CHECK(project.names(project.scheduler->failed(0)) == "c e ");
    project.end("b");
    CHECK(project.starting() == "d ");
    project.end("d");
    CHECK(project.scheduler->is_finished());
    CHECK(project.scheduler->left().empty());

    project.plan({.jobs = 2, .pools = {}});
    CHECK(project.starting() == "a b ");
    project.scheduler->release(0);
    CHECK(project.names(project.scheduler->failed(0)) == "c e ");
    CHECK_FALSE(project.scheduler->is_finished());  // b still runs
    project.end("b");
    CHECK(project.starting().empty());
    CHECK(project.scheduler->is_finished());
    CHECK(project.names(project.scheduler->left()) == "d ");
}

TEST_CASE("scheduler: a retry waits in line again, and keeps nothing meanwhile") {
    Project project;
    need(project.stage("a", {}), {{"license", 1}});
    need(project.stage("b", {}), {{"license", 1}});
    project.plan({.jobs = 2, .pools = {{"license", 1}}});
    CHECK(project.starting() == "a ");
    project.scheduler->release(0);
    CHECK(project.starting() == "b ");
    CHECK_FALSE(project.scheduler->is_finished());
    project.scheduler->must_run(0);
    CHECK(project.starting().empty());
    project.end("b");
    CHECK(project.starting() == "a ");
}

TEST_CASE("scheduler: steps out of order are bugs that are told") {
    Project project;
    project.stage("a", {});
    auto& scheduler = project.plan({.jobs = 1, .pools = {}});
    const auto kind = [](const auto& action) {
        const auto error = test::error_of([&] {
            action();
            return 0;
        });
        return error ? error->kind() : ErrorKind::usage;
    };
    CHECK(kind([&] { scheduler.must_run(0); }) == ErrorKind::internal);
    CHECK(kind([&] { scheduler.done(7); }) == ErrorKind::internal);
    CHECK(scheduler.next_to_decide() == 0u);
    CHECK(kind([&] { scheduler.release(0); }) == ErrorKind::internal);
}

TEST_CASE("scheduler: 100,000 stages with needs of their own") {
    Project project;
    constexpr std::uint32_t count = 100'000;
    project.maker.made.stages.reserve(count);
    for (std::uint32_t i = 0; i < count; ++i) {
        // Ten stages wide.
        const auto above = i < 10 ? std::vector<std::string>{} : std::vector{"s" + std::to_string(i - 10)};
        need(project.stage("s" + std::to_string(i), above), {{"memory", 1 + i % 1000}});
    }
    auto& scheduler = project.plan({.jobs = 4, .pools = {{"memory", 2000}}});
    Stages running;
    std::uint32_t ended = 0;
    while (!scheduler.is_finished()) {
        project.run_all();
        while (const auto stage = scheduler.next_to_start()) running.push_back(*stage);
        REQUIRE_FALSE(running.empty());
        scheduler.release(running.front());
        scheduler.done(running.front());
        running.erase(running.begin());
        ++ended;
    }
    CHECK(ended == count);
}
