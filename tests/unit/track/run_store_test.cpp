// SPDX-License-Identifier: Apache-2.0
#include <mlo/track/run_store.hpp>

#include <unistd.h>

#include <catch2/catch.hpp>
#include <children.hpp>
#include <filesystem>
#include <limits>
#include <mlo/db/errors.hpp>
#include <mlo/track/limits.hpp>
#include <mlo/util/errors.hpp>

#include "run_fixture.hpp"
#include "run_samples.hpp"

using namespace mlo;
using namespace mlo::track;
using namespace mlo::test;
using Points = std::vector<Point>;

TEST_CASE("a run keeps what it was given, and gets a name, ids and a start") {
    Clone clone;
    auto runs = clone.open();
    auto given = draft("fraud");
    given.command = {"python", "\xff"};
    given.params = {{"lr", "0.1"}};
    given.inputs = {full_run().inputs[1], full_run().inputs[0], full_run().inputs[0]};
    const auto run = runs.create(given, process());
    CHECK(is_run_id(run.id));
    CHECK(is_run_id(run.session));
    CHECK(run.name.size() <= 20);
    CHECK(std::count(run.name.begin(), run.name.end(), '-') == 2);
    CHECK(run.started_ms == 1'800'000'000'000);
    CHECK(run.experiment.id >= 100'000'000'000'000'000);
    CHECK(run.inputs == full_run().inputs);
    CHECK(runs.get(run.id) == run);
    CHECK(clone.open(db::Access::read).get(run.id) == run);
    CHECK(runs.create(draft("fraud"), process()).experiment == run.experiment);
    CHECK(runs.create(draft(), process()).experiment.id == 0);
    CHECK(runs.experiments().size() == 2);
}

TEST_CASE("points come back in order, whatever the order they came in, and none twice") {
    Clone clone;
    auto runs = clone.open();
    const auto run = runs.create(draft(), process()).id;
    const auto nan = std::nan("");
    const auto inf = std::numeric_limits<double>::infinity();
    log(runs, run, "loss",
        {{3, 10, 1.5}, {1, 11, -inf}, {1, 11, inf}, {1, 11, nan}, {1, 11, -nan}, {2, 5, -0.0}, {2, 5, 0.0}, {2, 4, 7}});
    log(runs, run, "loss", {{3, 10, 1.5}, {3, 10, 1.25}, {-1, 99, 3}});
    const Points expected{{-1, 99, 3}, {1, 11, -inf}, {1, 11, inf},  {1, 11, nan},
                          {2, 4, 7},   {2, 5, 0},     {3, 10, 1.25}, {3, 10, 1.5}};
    CHECK(points_of(runs, run, "loss") == expected);
    MetricSummary summary;
    for (const auto& point : expected) summary.add(point);
    CHECK(runs.get(run).metrics.at("loss") == summary);
    CHECK(summary.last == Point{3, 10, 1.5});
    CHECK(points_of(runs, run, "acc").empty());
    CHECK_FALSE(std::signbit(points_of(runs, run, "loss")[5].value));
}

TEST_CASE("many points over many batches and processes are all there, and their summary is theirs") {
    Clone clone;
    const auto run = clone.open().create(draft(), process()).id;
    {
        std::vector<std::unique_ptr<Child>> children;
        for (std::int64_t child = 0; child < 4; ++child)
            children.push_back(std::make_unique<Child>([&, child](const Child::Tell&) {
                // waiting for each other takes time that a clock that stands still never has
                RunStore runs{clone.path(),
                              db::Access::write,
                              {real_fs(), system_clock(), system_random(), silent_log(), silent_progress(), {}, 1}};
                for (std::int64_t i = 0; i < 200; ++i)
                    log(runs, run, i % 2 == 0 ? "even" : "odd", {{i, child, static_cast<double>(i * child)}});
            }));
        for (auto& child : children) CHECK(child->wait() == 0);
    }
    auto runs = clone.open();
    for (const auto* key : {"even", "odd"}) {
        const auto points = points_of(runs, run, key);
        CHECK(points.size() == 400);
        MetricSummary summary;
        for (const auto& point : points) summary.add(point);
        CHECK(runs.get(run).metrics.at(key) == summary);
    }
}

TEST_CASE("a parameter has one value, and a batch with another one leaves no trace") {
    Clone clone;
    auto runs = clone.open();
    const auto run = runs.create(draft(), process()).id;
    param(runs, run, "lr", "0.1");
    param(runs, run, "lr", "0.1");
    const MetricPoint point{"new", {1, 1, 1}};
    const std::vector<std::pair<std::string, std::string>> params{{"depth", "3"}, {"lr", "0.2"}};
    Batch batch;
    batch.points = {&point, 1};
    batch.params = params;
    batch.ingested = Ingested{"file", 100, 3};
    CHECK(failure([&] {
              runs.record(run, batch);
              return 0;
          }) == track::errors::param_conflict.id);
    CHECK(runs.get(run).params == std::map<std::string, std::string>{{"lr", "0.1"}});
    CHECK(runs.get(run).metrics.empty());
    CHECK(runs.ingested(run).empty());
    log(runs, run, "new", {{1, 1, 1}});  // what was remembered of the failed batch must not mislead
    CHECK(points_of(runs, run, "new").size() == 1);
    tag(runs, run, "team", "a");
    tag(runs, run, "team", "b");
    CHECK(runs.get(run).tags.at("team") == "b");
}

TEST_CASE("names and values that break the rules are refused, and nothing of them is kept") {
    Clone clone;
    auto runs = clone.open();
    const auto run = runs.create(draft(), process()).id;
    const auto before = runs.get(run);
    for (const std::string bad : {"../x", "/x", "a//b", "", "a\nb", "\xff"}) {
        CHECK(failure([&] {
                  log(runs, run, bad, {{0, 0, 0}});
                  return 0;
              }) == track::errors::name_invalid.id);
        CHECK(failure([&] {
                  param(runs, run, bad, "1");
                  return 0;
              }) == track::errors::name_invalid.id);
        CHECK(failure([&] {
                  tag(runs, run, bad, "1");
                  return 0;
              }) == track::errors::name_invalid.id);
    }
    const std::string long_name(10'000, 'n');
    CHECK(failure([&] {
              log(runs, run, long_name, {{0, 0, 0}});
              return 0;
          }) == track::errors::name_invalid.id);
    CHECK(failure([&] { return runs.create(draft(long_name), process()); }) == track::errors::name_invalid.id);
    CHECK(failure([&] {
              param(runs, run, "p", std::string(6001, 'v'));
              return 0;
          }) == track::errors::value_invalid.id);
    CHECK(failure([&] {
              param(runs, run, "p", "\xff");
              return 0;
          }) == track::errors::value_invalid.id);
    CHECK(failure([&] {
              tag(runs, run, "t", std::string(8001, 'v'));
              return 0;
          }) == track::errors::value_invalid.id);
    CHECK(runs.get(run) == before);
    param(runs, run, "p", std::string(6000, 'v'));
}

TEST_CASE("a run has at most ten thousand metrics") {
    Clone clone;
    auto runs = clone.open();
    const auto run = runs.create(draft(), process()).id;
    std::vector<std::string> names;
    for (std::uint64_t i = 0; i < max_keys; ++i) names.push_back("m" + std::to_string(i));
    std::vector<MetricPoint> points;
    for (const auto& name : names) points.push_back({name, {}});
    Batch batch;
    batch.points = points;
    runs.record(run, batch);
    CHECK(failure([&] {
              log(runs, run, "one more", {{}});
              return 0;
          }) == track::errors::run_too_large.id);
    log(runs, run, "m7", {{1, 1, 1}});
    CHECK(runs.get(run).metrics.size() == max_keys);
}

TEST_CASE("nothing is recorded in a run that is unknown, ended or deleted") {
    Clone clone;
    auto runs = clone.open();
    const auto run = runs.create(draft(), process()).id;
    CHECK(failure([&] {
              log(runs, std::string(32, '0'), "m", {{}});
              return 0;
          }) == track::errors::run_not_found.id);
    CHECK(failure([&] {
              log(runs, "'; DROP TABLE runs; --", "m", {{}});
              return 0;
          }) == track::errors::run_not_found.id);
    runs.end(run, ending(RunState::failed));
    CHECK(failure([&] {
              log(runs, run, "m", {{}});
              return 0;
          }) == track::errors::run_ended.id);
    CHECK(failure([&] {
              runs.end(run, ending());
              return 0;
          }) == track::errors::run_ended.id);
    CHECK(failure([&] {
              runs.edit(run, [](RunDocument&) {});
              return 0;
          }) == track::errors::run_ended.id);
    CHECK(runs.get(run).exit_code == 1);
    CHECK(runs.ended_runs() == std::vector<std::string>{run});
}

TEST_CASE("a run that has ended goes on as its next attempt") {
    Clone clone;
    auto runs = clone.open();
    const auto first = runs.create(draft(), process());
    log(runs, first.id, "m", {{1, 1, 1}});
    CHECK(failure([&] { return runs.resume(first.id, process(2), probe(Liveness::alive)); }) ==
          track::errors::run_running.id);
    CHECK(failure([&] { return runs.resume(first.id, process(2), probe(Liveness::unknown)); }) ==
          track::errors::run_running.id);
    runs.end(first.id, ending(RunState::failed));
    const auto second = runs.resume(first.id, process(2), probe(Liveness::alive));
    CHECK(second.attempt == 2);
    CHECK(second.session != first.session);
    CHECK_FALSE(second.exit_code);
    log(runs, first.id, "m", {{2, 2, 2}});
    CHECK(runs.get(first.id).metrics.at("m").count == 2);
    const auto third = runs.resume(first.id, process(3), probe(Liveness::dead));
    CHECK(third.attempt == 3);
    CHECK_FALSE(runs.heartbeat(first.id, second.session));
    CHECK(runs.heartbeat(first.id, third.session));
}

TEST_CASE("what is learnt of a run later joins what was known") {
    Clone clone;
    auto runs = clone.open();
    const auto run = runs.create(draft(), process()).id;
    runs.edit(run, [](RunDocument& document) { document.packages["pip"] = id_of("pip"); });
    runs.edit(run, [](RunDocument& document) { document.hardware["cpu.count"] = std::int64_t{2}; });
    CHECK(runs.get(run).packages.size() == 1);
    CHECK(runs.get(run).hardware.size() == 1);
    auto how = ending();
    how.losses = {"one point"};
    how.log = id_of("log");
    runs.end(run, how);
    CHECK(runs.get(run).losses == std::vector<std::string>{"one point"});
    CHECK(runs.get(run).log == id_of("log"));
}

TEST_CASE("a dead run is lost, and ended when it last gave a sign of life") {
    Clone clone;
    auto runs = clone.open();
    const auto dead = runs.create(draft(), process(1)).id;
    const auto alive = runs.create(draft(), process(2)).id;
    const auto far = runs.create(draft(), process(3));
    clone.clock.move(std::chrono::minutes{1});
    log(runs, dead, "m", {{1, 1'800'000'030'000, 1}});
    const auto look = [](const ProcessIdentity& who) {
        return who.pid == 1 ? Liveness::dead : (who.pid == 2 ? Liveness::alive : Liveness::unknown);
    };
    CHECK(runs.settle(look) == std::vector<std::string>{dead});
    CHECK(runs.get(dead).state == RunState::lost);
    CHECK(runs.get(dead).ended_ms == 1'800'000'030'000);
    CHECK_FALSE(runs.get(dead).exit_code);
    clone.clock.move(std::chrono::milliseconds{4 * 60'000 - 1});
    CHECK(runs.settle(look).empty());
    clone.clock.move(std::chrono::milliseconds{1});
    CHECK(runs.settle(look) == std::vector<std::string>{far.id});
    CHECK(runs.get(far.id).ended_ms == far.started_ms);
    CHECK(runs.get(alive).state == RunState::running);
    CHECK(runs.heartbeat(far.id, far.session));  // it was not dead, only far away
    CHECK(runs.get(far.id).state == RunState::running);
    CHECK_FALSE(runs.get(far.id).ended_ms);
    CHECK(runs.settle(look).empty());
}

TEST_CASE("a lost run that is not sealed takes the rest of its metrics file, and the word of its wrapper") {
    Clone clone;
    auto runs = clone.open();
    const auto run = runs.create(draft(), process()).id;
    CHECK(runs.settle(probe(Liveness::dead)).size() == 1);
    CHECK(failure([&] {
              log(runs, run, "m", {{}});
              return 0;
          }) == track::errors::run_ended.id);
    const MetricPoint point{"m", {1, 1, 1}};
    Batch batch;
    batch.points = {&point, 1};
    batch.ingested = Ingested{"metrics.jsonl", 42, 1};
    runs.record(run, batch);
    CHECK(runs.ingested(run) == std::vector{*batch.ingested});
    batch.ingested->offset_bytes = 84;
    runs.record(run, batch);
    CHECK(runs.ingested(run) == std::vector{*batch.ingested});
    CHECK(runs.get(run).metrics.at("m").count == 1);
    runs.end(run, ending());
    CHECK(runs.get(run).state == RunState::finished);
    CHECK(failure([&] {
              runs.record(run, batch);
              return 0;
          }) == track::errors::run_ended.id);
}

TEST_CASE("a clock that jumps back ends no run before its start, and the run says so") {
    Clone clone;
    auto runs = clone.open();
    const auto run = runs.create(draft(), process());
    clone.clock.move(-std::chrono::hours{24});
    log(runs, run.id, "m", {{1, 5, 1}, {2, 3, 2}});
    CHECK(runs.settle(probe(Liveness::unknown)).empty());
    runs.end(run.id, ending());
    const auto ended = runs.get(run.id);
    CHECK(ended.ended_ms == run.started_ms);
    REQUIRE(ended.losses.size() == 1);
    CHECK(ended.losses[0].find("clock went back") != std::string::npos);
    CHECK(ended.metrics.at("m").last == Point{2, 3, 2});
}

TEST_CASE("a run is found by its id, the start of it, or its name") {
    Clone clone;
    auto runs = clone.open();
    auto named = draft();
    named.name = "best one";
    const auto a = runs.create(named, process()).id;
    const auto b = runs.create(draft(), process()).id;
    CHECK(runs.resolve(a) == a);
    CHECK(runs.resolve(a.substr(0, 8)) == a);
    CHECK(runs.resolve("best one") == a);
    CHECK(failure([&] { return runs.resolve(b.substr(0, 3)); }) == track::errors::run_not_found.id);
    CHECK(failure([&] { return runs.resolve("\xff"); }) == track::errors::run_not_found.id);
    CHECK(failure([&] { return runs.resolve(""); }) == track::errors::run_not_found.id);
    static_cast<void>(runs.create(named, process()));
    CHECK(failure([&] { return runs.resolve("best one"); }) == track::errors::run_ambiguous.id);
}

TEST_CASE("a run without a heartbeat is lost only where its process can be seen to be gone") {
    Clone clone;
    auto runs = clone.open();
    const auto silent = runs.create(draft(), process(1), Pulse::silent).id;
    const auto beating = runs.create(draft(), process(2)).id;
    CHECK(runs.open_runs()[0].pulse != runs.open_runs()[1].pulse);
    clone.clock.move(std::chrono::minutes{6});
    CHECK(runs.settle(probe(Liveness::unknown)) == std::vector{beating});
    CHECK(runs.settle(probe(Liveness::alive)).empty());
    CHECK(runs.settle(probe(Liveness::before_boot)) == std::vector{silent});
    CHECK(runs.resume(silent, process(3), probe(Liveness::dead), Pulse::silent).attempt == 2);
    CHECK(runs.settle(probe(Liveness::before_boot)).empty());  // so soon, it may be another machine of this name
    CHECK(runs.settle(probe(Liveness::dead)) == std::vector{silent});
}

TEST_CASE("outputs that were wanted are remembered, and missed in a run that was lost") {
    Clone clone;
    Opened opened{clone};
    auto& runs = opened.runs;
    const auto lost = runs.create(draft(), process()).id;
    const std::vector<WantedOutput> wanted{{"a\xff", IsModel::no}, {"b", IsModel::yes}};
    runs.want(lost, {wanted.data(), 1});
    runs.want(lost, wanted);
    CHECK(clone.open().wanted(lost) == wanted);
    const auto ended = runs.create(draft(), process()).id;
    runs.want(ended, wanted);
    runs.end(ended, ending());
    CHECK(runs.settle(probe(Liveness::dead)) == std::vector{lost});
    CHECK(opened.archive.seal_ended().size() == 2);
    CHECK(runs.get(lost).losses ==
          std::vector<std::string>{"the output 'a\\xff' was not stored: the run was lost before",
                                   "the output 'b' was not stored: the run was lost before"});
    CHECK(runs.get(ended).losses.empty());
    CHECK(runs.wanted(lost).empty());
    CHECK(failure([&] {
              runs.want(lost, wanted);
              return 0;
          }) == track::errors::run_ended.id);
}

TEST_CASE("'last' is the newest run that is not deleted, and a misspelt name gets a guess") {
    Clone clone;
    Opened opened{clone};
    auto& runs = opened.runs;
    const auto hint_of = [&](std::string_view text) {
        try {
            return runs.resolve(text);
        } catch (const Error& error) {
            return error.hint_text();
        }
    };
    CHECK(hint_of("last") == "mlo track -- CMD");
    auto named = draft();
    named.name = "baseline";
    const auto a = runs.create(named, process()).id;
    named.name = "other";
    const auto b = runs.create(named, process()).id;  // the same moment: the later one
    CHECK(runs.resolve("last") == b);
    CHECK(hint_of("basline") == "did you mean 'baseline'?");
    CHECK(hint_of("something else") == "mlo runs");
    opened.archive.amend(b, {.revision = 1, .deleted = true, .name = {}, .note = {}, .tags = {}});
    CHECK(runs.resolve("last") == a);
    CHECK(hint_of("othr") == "mlo runs");
    opened.archive.amend(a, {.revision = 1, .deleted = true, .name = {}, .note = {}, .tags = {}});
    CHECK(hint_of("last") == "mlo runs --deleted");
}

TEST_CASE("a run store that may only be read is read, and writing says why not") {
    Clone clone;
    const auto run = clone.open().create(draft(), process()).id;
    auto runs = clone.open(db::Access::read);
    CHECK(runs.get(run).id == run);
    CHECK(failure([&] { return clone.folder.path("absent"); }) == "none");
    CHECK(failure([&] {
              return RunStore{clone.folder.path("absent.db"), db::Access::read, clone.runtime};
          }) == db::errors::database_missing.id);
}

TEST_CASE("a file that is no database is left as it is") {
    Clone clone;
    clone.folder.write("runs.db", "not a database, and longer than the header of one: " + std::string(4096, 'x'));
    CHECK(failure([&] { return clone.open(); }) == db::errors::not_a_database.id);
    CHECK(clone.folder.read("runs.db").starts_with("not a database"));
}

TEST_CASE("this process is alive, a child that ended is dead, and one of another boot is unknown") {
    auto& fs = real_fs();
    const auto self = identify_process(fs, ::getpid());
    CHECK(self.start_ticks > 0);
    CHECK(probe_process(fs, self) == Liveness::alive);
    auto other = self;
    other.start_ticks += 1;
    CHECK(probe_process(fs, other) == Liveness::dead);
    other = self;
    other.boot_id = "another";
    CHECK(probe_process(fs, other) == Liveness::before_boot);
    other.host = "another";
    CHECK(probe_process(fs, other) == Liveness::unknown);
    other = self;
    other.pid_space = "another";
    CHECK(probe_process(fs, other) == Liveness::unknown);
    Child child{[](const Child::Tell& tell) {
        tell(1);
        ::pause();
    }};
    std::uint64_t number = 0;
    REQUIRE(child.hear(number));
    const auto identity = identify_process(fs, child.process());
    CHECK(probe_process(fs, identity) == Liveness::alive);
    child.kill();
    CHECK(probe_process(fs, identity) == Liveness::dead);
}

TEST_CASE("a run lives as long as its process or the job that this has started") {
    Clone clone;
    auto runs = clone.open();
    const auto run = runs.create(draft(), process(100)).id;
    runs.set_job(run, 200, 9);
    const auto alive = [](std::int64_t pid) {
        return [pid](const ProcessIdentity& asked) { return asked.pid == pid ? Liveness::alive : Liveness::dead; };
    };
    CHECK(runs.settle(alive(100)).empty());
    CHECK(runs.settle(alive(200)).empty());
    CHECK(runs.open_runs().at(0).job->start_ticks == 9);
    CHECK(runs.settle(alive(300)) == std::vector<std::string>{run});
}

TEST_CASE("points without a step follow the greatest one of their metric, also within a batch") {
    Clone clone;
    auto runs = clone.open();
    const auto run = runs.create(draft(), process()).id;
    const std::vector<MetricPoint> points{{"a", {0, 5, 1}}, {"a", {0, 5, 1}}, {"b", {0, 5, 1}}};
    runs.record(run, {.points = points, .steps = Steps::following});
    runs.record(run, {.points = points, .steps = Steps::following});
    CHECK(points_of(runs, run, "a") == std::vector<Point>{{0, 5, 1}, {1, 5, 1}, {2, 5, 1}, {3, 5, 1}});
    CHECK(points_of(runs, run, "b") == std::vector<Point>{{0, 5, 1}, {1, 5, 1}});
    log(runs, run, "c", {{std::numeric_limits<std::int64_t>::max(), 1, 1}});
    const std::vector<MetricPoint> last{{"c", {0, 2, 2}}};
    runs.record(run, {.points = last, .steps = Steps::following});
    CHECK(points_of(runs, run, "c").back().step == std::numeric_limits<std::int64_t>::max());
}
