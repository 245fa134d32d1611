// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <atomic>
#include <catch2/catch.hpp>
#include <limits>
#include <mlo/db/errors.hpp>
#include <mlo/track/limits.hpp>
#include <mlo/track/run_writer.hpp>
#include <mutex>
#include <sqlite_faults.hpp>
#include <thread>

#include "run_fixture.hpp"

using namespace mlo;
using namespace mlo::track;
using namespace mlo::test;

namespace {

/// An open run, and what its writers warn of.
struct Written {
    explicit Written(Clone& from) : clone{from}, runs{from.open()}, run{runs.create(draft(), process()).id} {}

    [[nodiscard]] std::unique_ptr<RunWriter> writer(Commit commit = Commit::batched) {
        return std::make_unique<RunWriter>(RunWriterRequest{.runs_path = clone.path(),
                                                            .run = run,
                                                            .session = {},
                                                            .commit = commit,
                                                            .warn =
                                                                [this](std::string_view sentence) {
                                                                    const std::scoped_lock lock{mutex};
                                                                    warnings.emplace_back(sentence);
                                                                }},
                                           clone.runtime);
    }

    Clone& clone;
    RunStore runs;
    std::string run;
    std::mutex mutex;
    std::vector<std::string> warnings;
};

void log_one(RunWriter& writer, std::string_view key, double value, std::optional<std::int64_t> step = {}) {
    const NamedValue named{key, value};
    writer.log({&named, 1}, step);
}

std::vector<std::int64_t> steps_of(const std::vector<Point>& points) {
    std::vector<std::int64_t> steps;
    for (const auto& point : points) steps.push_back(point.step);
    return steps;
}

}  // namespace

TEST_CASE("what is logged is recorded in order, with the steps that were given and those that follow") {
    for (const auto commit : {Commit::batched, Commit::each}) {
        Clone clone;
        Written written{clone};
        const auto writer = written.writer(commit);
        log_one(*writer, "loss", 1);
        log_one(*writer, "loss", 2, 10);
        log_one(*writer, "loss", 3);
        const std::array<NamedValue, 2> both{{{"loss", 4}, {"accuracy", std::numeric_limits<double>::quiet_NaN()}}};
        writer->log(both, std::nullopt);
        writer->flush();
        CHECK(steps_of(points_of(written.runs, written.run, "loss")) == std::vector<std::int64_t>{0, 10, 11, 12});
        CHECK(points_of(written.runs, written.run, "loss").at(3).value == 4);
        CHECK(std::isnan(points_of(written.runs, written.run, "accuracy").at(0).value));
        CHECK(writer->finish().empty());
        CHECK(written.warnings.empty());
    }
}

TEST_CASE("with a transaction for each point, log returns once it is recorded") {
    Clone clone;
    Written written{clone};
    const auto writer = written.writer(Commit::each);
    for (int i = 0; i < 20; ++i) {
        log_one(*writer, "loss", i);
        REQUIRE(written.runs.get(written.run).metrics.at("loss").count == static_cast<std::uint64_t>(i) + 1);
    }
}

TEST_CASE("what is queued is recorded without being asked for, and by the destructor") {
    Clone clone;
    Written written{clone};
    auto writer = written.writer();
    log_one(*writer, "loss", 1);
    while (!written.runs.get(written.run).metrics.contains("loss")) std::this_thread::yield();
    for (int i = 0; i < 1000; ++i) log_one(*writer, "loss", i);
    writer.reset();
    CHECK(written.runs.get(written.run).metrics.at("loss").count == 1001);
}

TEST_CASE("many threads log at once, and nothing is lost") {
    constexpr int threads = 8;
    constexpr int each = 5000;
    for (const auto commit : {Commit::batched, Commit::each}) {
        const int count = commit == Commit::each ? each / 50 : each;
        Clone clone;
        Written written{clone};
        const auto writer = written.writer(commit);
        {
            std::vector<std::jthread> all;
            for (int number = 0; number < threads; ++number)
                all.emplace_back([&, number] {
                    const auto own = "own/" + std::to_string(number);
                    for (int i = 0; i < count; ++i) {
                        const std::array<NamedValue, 2> values{{{own, 1.0 * i}, {"shared", 1.0 * number}}};
                        writer->log(values, std::int64_t{i} * threads + number);
                        if (i % 1000 == 999) writer->flush();
                    }
                });
        }
        writer->flush();
        const auto run = written.runs.get(written.run);
        CHECK(run.metrics.at("shared").count ==
              static_cast<std::uint64_t>(threads) * static_cast<std::uint64_t>(count));
        for (int number = 0; number < threads; ++number) {
            const auto points = points_of(written.runs, written.run, "own/" + std::to_string(number));
            REQUIRE(points.size() == static_cast<std::size_t>(count));
            for (int i = 0; i < count; ++i) REQUIRE(points[static_cast<std::size_t>(i)].value == i);
        }
        CHECK(writer->finish().empty());
    }
}

TEST_CASE("a name that no metric can have is refused at once, with all that was logged with it") {
    for (const auto commit : {Commit::batched, Commit::each}) {
        Clone clone;
        Written written{clone};
        const auto writer = written.writer(commit);
        const std::array<NamedValue, 2> values{{{"good", 1}, {"../x", 2}}};
        CHECK(failure([&] {
                  writer->log(values, 1);
                  return 0;
              }) == errors::name_invalid.id);
        writer->flush();
        CHECK(written.runs.get(written.run).metrics.empty());
        CHECK(writer->finish().empty());
    }
}

TEST_CASE("while the disk is full, points wait; they are recorded once there is room again") {
    Clone clone;
    SqliteFaults faults;
    Written written{clone};
    const auto writer = written.writer();
    log_one(*writer, "loss", 0);
    writer->flush();
    faults.fail(SqliteFaults::Kind::no_space, 1, SqliteFaults::Law::persistent);
    for (int i = 1; i < 100; ++i) log_one(*writer, "loss", i);
    CHECK(failure([&] {
              writer->flush();
              return 0;
          }) == db::errors::database_full.id);
    CHECK(writer->losses().empty());
    faults.heal();
    while (written.runs.get(written.run).metrics.at("loss").count < 100) std::this_thread::yield();
    CHECK(writer->finish().empty());
    REQUIRE(written.warnings.size() == 1);
    CHECK(written.warnings.front().starts_with("metrics have to wait: "));
}

TEST_CASE("what cannot wait any longer is counted, and told once and at the end") {
    Clone clone;
    SqliteFaults faults;
    Written written{clone};
    const auto writer = written.writer();
    faults.fail(SqliteFaults::Kind::no_space, 1, SqliteFaults::Law::persistent);
    const std::vector<NamedValue> many(100'000, {"loss", 1});
    for (int i = 0; i < 8; ++i) writer->log(many, i);
    const auto before = writer->losses();
    REQUIRE(before.size() == 1);
    CHECK(before.front().ends_with("points could not be recorded: too many were waiting"));
    const auto losses = writer->finish();
    REQUIRE(losses.size() == 1);
    CHECK(losses.front().starts_with("800,000 points could not be recorded: "));
    CHECK(written.warnings.size() >= 2);
    CHECK(written.runs.get(written.run).metrics.empty());
}

TEST_CASE("a run that was ended or deleted by somebody else takes no more points, and says so") {
    Clone clone;
    Written written{clone};
    const auto writer = written.writer();
    log_one(*writer, "loss", 1);
    writer->flush();
    written.runs.end(written.run, ending());
    log_one(*writer, "loss", 2);
    log_one(*writer, "loss", 3);
    CHECK(failure([&] {
              writer->flush();
              return 0;
          }) == errors::run_ended.id);
    writer->flush();  // said once
    const auto losses = writer->finish();
    REQUIRE(losses.size() == 1);
    CHECK(losses.front().starts_with("2 points could not be recorded: the run '" + written.run + "' has ended"));
    CHECK(written.warnings.size() == 1);
    CHECK(failure([&] {
              log_one(*writer, "loss", 4);
              return 0;
          }) == errors::run_ended.id);
    CHECK(failure([&] { return written.writer(); }) == errors::run_ended.id);
}

TEST_CASE("metrics beyond the limit of a run are refused by name, the others go on") {
    Clone clone;
    Written written{clone};
    std::vector<std::string> names;
    for (std::uint64_t i = 0; i < max_keys - 1; ++i) names.push_back("m" + std::to_string(i));
    std::vector<MetricPoint> points;
    for (const auto& name : names) points.push_back({name, {.step = 0, .time_ms = 1, .value = 1}});
    written.runs.record(written.run, {.points = points});
    const auto writer = written.writer();
    const std::array<NamedValue, 4> values{{{"m1", 2}, {"new a", 2}, {"new b", 2}, {"m2", 2}}};
    writer->log(values, 1);
    writer->log(values, 2);
    CHECK(failure([&] {
              writer->flush();
              return 0;
          }) == errors::run_too_large.id);
    const auto run = written.runs.get(written.run);
    CHECK(run.metrics.size() == max_keys);
    CHECK(run.metrics.at("m1").count == 3);
    CHECK(run.metrics.at("m2").count == 3);
    CHECK(run.metrics.at("new a").count == 2);
    REQUIRE(writer->losses().size() == 1);
    CHECK(writer->losses().front() == "2 points could not be recorded: the run would have over 10,000 metrics");
}
