// SPDX-License-Identifier: Apache-2.0
// Journals: what a scratch store acknowledged is in the run store once they are merged, whatever happened in between.
#include <fmt/format.h>
#include <catch2/catch.hpp>
#include <children.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <mlo/track/journal.hpp>
#include <mlo/util/errors.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/text.hpp>
#include <random>
#include <set>
#include <thread>

#include "run_fixture.hpp"

namespace mlo::test {
namespace {

using track::Point;
using track::RunState;
namespace fs = std::filesystem;

/// A job's side with a store of its own, whose journals are in the folder of a Clone.
class JobSide {
public:
    JobSide(Clone& clone, std::string journals, std::uint64_t seed = 7)
        : clone_{clone}, random_{seed}, journals_{std::move(journals)} {
        fs::create_directories(journals_);
        open();
        runs->journal_to(journals_);
    }
    explicit JobSide(Clone& clone) : JobSide{clone, clone.folder.path("journals")} {}

    /// As another process would.
    void open() { runs.emplace(scratch_.path("runs.db"), db::Access::write, runtime()); }
    [[nodiscard]] Runtime runtime() {
        return {real_fs(), clone_.clock, random_, silent_log(), silent_progress(), {}, 1};
    }
    std::string begin(track::RunDocument with = draft()) {
        with.command = {"train", "\xff"};
        with.params["lr"] = "0.1";
        return runs->create(std::move(with), process()).id;
    }
    [[nodiscard]] std::vector<std::string> files() const {
        std::vector<std::string> list;
        for (const auto& entry : fs::directory_iterator{journals_}) list.push_back(entry.path());
        std::sort(list.begin(), list.end());
        return list;
    }

    std::optional<track::RunStore> runs;

private:
    Clone& clone_;
    SeededRandom random_;
    TemporaryFolder scratch_;
    std::string journals_;
};

track::MergedJournals merge(Clone& clone, Opened& opened) {
    return track::merge_journals(opened.runs, opened.archive, clone.folder.path("journals"), clone.runtime);
}

std::string content_of(const std::string& path) {
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}
void write_file(const std::string& path, std::string_view content) {
    std::ofstream{path, std::ios::binary | std::ios::trunc} << content;
}

TEST_CASE("a run that was journaled is the same as one that was recorded directly") {
    Clone clone;
    Opened opened{clone};
    JobSide job{clone};
    const auto id = job.begin(draft("vision"));
    log(*job.runs, id, "loss",
        {{1, 10, 0.5}, {2, 20, std::nan("")}, {3, 30, -std::numeric_limits<double>::infinity()}, {3, 30, -0.0}});
    const Point following{0, 40, 0.25};
    const track::MetricPoint point{"loss", following};
    job.runs->record(
        id, {.points = {&point, 1}, .steps = track::Steps::following, .ingested = track::Ingested{"77", 500, 9}});
    param(*job.runs, id, "depth", "3");
    tag(*job.runs, id, "stage", "dev");
    job.runs->record(id, {.note = "fine"});
    const track::Output output{.path = "model\xff", .id = {}, .size_bytes = 5, .is_model = true};
    job.runs->record(id, {.outputs = {&output, 1}});
    job.runs->edit(id, [](track::RunDocument& run) {
        run.host["name"] = std::string{"box"};
        run.losses = {"a loss"};
    });
    job.runs->set_job(id, 4711, 9);
    const auto expected = job.runs->get(id);
    CHECK(merge(clone, opened).problems.empty());
    CHECK(opened.runs.get(id) == expected);
    CHECK(points_of(opened.runs, id, "loss") == points_of(*job.runs, id, "loss"));
    CHECK(opened.runs.ingested(id) == std::vector{track::Ingested{"77", 500, 9}});
    const auto open = opened.runs.open_runs();
    REQUIRE(open.size() == 1);
    CHECK(open[0].process == process());
    CHECK(open[0].job->pid == 4711);

    job.runs->end(id, ending(RunState::failed));
    CHECK(merge(clone, opened).runs == std::vector{id});
    CHECK(opened.runs.get(id) == job.runs->get(id));
    CHECK(opened.archive.seal(id));
    CHECK(job.files().size() == 1);
    merge(clone, opened);
    CHECK(job.files().empty());
}

TEST_CASE("merging again, or the same files from elsewhere, changes nothing") {
    Clone clone;
    Opened opened{clone};
    JobSide job{clone};
    const auto id = job.begin();
    log(*job.runs, id, "loss", {{1, 10, 0.5}});
    CHECK(merge(clone, opened).frames == 2);
    CHECK(merge(clone, opened).frames == 0);
    CHECK(track::import_journals(opened.runs, opened.archive, job.files(), clone.runtime).frames == 0);
    // More came meanwhile: it alone is taken.
    log(*job.runs, id, "loss", {{2, 20, 0.4}});
    CHECK(merge(clone, opened).frames == 1);
    CHECK(opened.runs.get(id).metrics.at("loss").count == 2);
}

TEST_CASE("heartbeats come through journals, and a run that was taken for lost goes on") {
    const bool is_sealed = GENERATE(false, true);
    Clone clone;
    Opened opened{clone};
    JobSide job{clone};
    const auto id = job.begin();
    log(*job.runs, id, "loss", {{1, 10, 0.5}});
    merge(clone, opened);
    clone.clock.move(std::chrono::minutes{4});
    CHECK(job.runs->heartbeat(id, job.runs->get(id).session));
    merge(clone, opened);
    clone.clock.move(std::chrono::minutes{4});
    CHECK(opened.runs.settle(probe(track::Liveness::unknown)).empty());
    clone.clock.move(std::chrono::minutes{4});
    CHECK(opened.runs.settle(probe(track::Liveness::unknown)).size() == 1);
    CHECK(opened.runs.status(id).state == RunState::lost);
    if (is_sealed) CHECK(opened.archive.seal(id));

    log(*job.runs, id, "loss", {{2, 20, 0.4}});
    CHECK(merge(clone, opened).problems.empty());
    CHECK(opened.runs.status(id).state == RunState::running);
    CHECK(points_of(opened.runs, id, "loss").size() == 2);
    job.runs->end(id, ending());
    merge(clone, opened);
    CHECK(opened.runs.status(id).state == RunState::finished);
    CHECK(opened.archive.seal(id));
    CHECK(opened.runs.get(id).metrics.at("loss").count == 2);
}

TEST_CASE("of a journal that is cut anywhere, all frames before the cut count, and later the rest") {
    Clone clone;
    JobSide job{clone};
    const auto id = job.begin();
    for (int step = 1; step <= 4; ++step) log(*job.runs, id, "loss", {{step, 10, 0.5}});
    job.runs->end(id, ending());
    const auto path = job.files().front();
    const auto whole = content_of(path);
    std::vector<std::size_t> ends;
    for (auto at = whole.find("MLOj"); at != std::string::npos; at = whole.find("MLOj", at + 1))
        if (at > 0) ends.push_back(at);
    ends.push_back(whole.size());
    // Around every end of a frame, and here and there between.
    std::set<std::size_t> sizes{0, 1, 63};
    for (const auto end : ends)
        for (const auto size : {end - 1, end, end + 1, end + 31, end + 32, end + 33, end + 150})
            if (size <= whole.size()) sizes.insert(size);
    for (const auto size : sizes) {
        Clone other{2};
        Opened opened{other};
        fs::create_directories(other.folder.path("journals"));
        const auto copy = other.folder.path("journals/" + std::string{path::name(path)});
        write_file(copy, std::string_view{whole}.substr(0, size));
        const auto frames = static_cast<std::uint64_t>(
            std::count_if(ends.begin() + 1, ends.end(), [&](auto end) { return end <= size; }));
        const auto merged = merge(other, opened);
        REQUIRE(merged.frames == frames);
        REQUIRE(merged.problems.empty());
        write_file(copy, whole);
        REQUIRE(merge(other, opened).frames == ends.size() - 1 - frames);
        const auto run = opened.runs.get(id);
        REQUIRE(run.losses.empty());
        REQUIRE(run.metrics.at("loss").count == 4);
        REQUIRE(run.state == RunState::finished);
    }
}

TEST_CASE("a byte that is not as it was written is a loss that the run names, and the rest is there") {
    Clone clone;
    JobSide job{clone};
    const auto id = job.begin();
    for (int step = 1; step <= 3; ++step) log(*job.runs, id, "loss", {{step, 10, 0.5}});
    const auto path = job.files().front();
    const auto whole = content_of(path);
    const auto second = whole.find("MLOj", whole.find("MLOj") + 1);
    const auto third = whole.find("MLOj", second + 1);
    for (auto at = second; at < third; at += at < second + 36 ? 1U : 7U) {
        Clone other{2};
        Opened opened{other};
        fs::create_directories(other.folder.path("journals"));
        auto damaged = whole;
        damaged[at] = static_cast<char>(damaged[at] ^ 0x20);
        write_file(other.folder.path("journals/" + std::string{path::name(path)}), damaged);
        REQUIRE(merge(other, opened).frames == 3);
        const auto run = opened.runs.get(id);
        REQUIRE(run.metrics.at("loss").count == 2);
        REQUIRE(run.losses.size() == 1);
        REQUIRE(
            run.losses[0] ==
            fmt::format("what it recorded is not all there: {} bytes of its journal '{}' are damaged from byte {} on",
                        third - second, path::name(path), second));
        REQUIRE(merge(other, opened).frames == 0);
    }
}

TEST_CASE("a file that is not as long as the job's side knows is left, and the next one begins") {
    Clone clone;
    Opened opened{clone};
    JobSide job{clone};
    const auto id = job.begin();
    log(*job.runs, id, "loss", {{1, 10, 0.5}});
    // An append that was cut off.
    const auto first = job.files().front();
    write_file(first, content_of(first) + "MLOj\x10");
    log(*job.runs, id, "loss", {{2, 20, 0.4}});
    job.open();
    log(*job.runs, id, "loss", {{3, 30, 0.3}});
    REQUIRE(job.files().size() == 2);
    CHECK(merge(clone, opened).frames == 4);
    CHECK(opened.runs.get(id).metrics.at("loss").count == 3);
    CHECK(opened.runs.get(id).losses.empty());
    job.runs->end(id, ending());
    merge(clone, opened);
    CHECK(opened.archive.seal(id));
    merge(clone, opened);
    CHECK(job.files().empty());
}

TEST_CASE("what cannot be journaled is not recorded either") {
    Clone clone;
    JobSide job{clone};
    const auto id = job.begin();
    fs::remove_all(clone.folder.path("journals"));
    job.open();
    CHECK(failure([&] { return log(*job.runs, id, "loss", {{1, 10, 0.5}}), 0; }) == errors::path_not_found.id);
    CHECK(job.runs->get(id).metrics.empty());
    fs::create_directories(clone.folder.path("journals"));
    log(*job.runs, id, "loss", {{1, 10, 0.5}});
    CHECK(job.runs->get(id).metrics.at("loss").count == 1);
}

TEST_CASE("what people did to the run meanwhile stays, and a parameter keeps its first value") {
    Clone clone;
    Opened opened{clone};
    JobSide job{clone};
    const auto id = job.begin();
    merge(clone, opened);
    opened.archive.amend(id, {.name = "renamed"});
    param(opened.runs, id, "depth", "5");
    param(*job.runs, id, "depth", "3");
    param(*job.runs, id, "width", "8");
    merge(clone, opened);
    const auto run = opened.runs.get(id);
    CHECK(run.name == "renamed");
    CHECK(run.params.at("depth") == "5");
    CHECK(run.params.at("width") == "8");
    CHECK(run.losses ==
          std::vector<std::string>{"the parameter 'depth' has the value '5' already, and could not become '3'"});
}

TEST_CASE("a frame for a run that nobody began, and what comes after the end, are told and left out") {
    Clone clone;
    Opened opened{clone};
    JobSide job{clone};
    const auto id = job.begin();
    log(*job.runs, id, "loss", {{1, 10, 0.5}});
    const auto path = job.files().front();
    const auto whole = content_of(path);
    const auto second = whole.find("MLOj", whole.find("MLOj") + 1);
    write_file(path, whole.substr(0, 64) + whole.substr(second));
    CHECK_THAT(merge(clone, opened).problems.at(0), Catch::EndsWith("' does not begin with its run"));
    write_file(path, whole);
    merge(clone, opened);
    opened.runs.end(id, ending());
    CHECK(opened.archive.seal(id));
    log(*job.runs, id, "loss", {{2, 10, 0.5}});
    CHECK(merge(clone, opened).problems.at(0) ==
          "the run '" + id + "' is sealed: what comes of it in a journal now is too late");
    CHECK(opened.runs.get(id).metrics.at("loss").count == 1);
    write_file(clone.folder.path("text"), "no journal");
    CHECK(track::import_journals(opened.runs, opened.archive, {clone.folder.path("text")}, clone.runtime).problems ==
          std::vector{"'" + clone.folder.path("text") + "' is no journal"});
    CHECK(failure([&] {
              return track::import_journals(opened.runs, opened.archive, {clone.folder.path("none")}, clone.runtime), 0;
          }) == errors::path_not_found.id);
}

TEST_CASE("what a killed job's side was told is there once its journal is merged, fifty times") {
    Clone clone;
    Opened opened{clone};
    std::mt19937_64 random{3};
    for (std::uint64_t round = 0; round < 50; ++round) {
        JobSide job{clone, clone.folder.path("journals"), 100 + round};
        const auto id = job.begin();
        job.runs.reset();
        std::uint64_t acknowledged = 0;
        // Two processes, one killed after the other, as a job's calls are.
        for (int process = 0; process < 2; ++process) {
            Child child{[&](const Child::Tell& tell) {
                job.open();
                for (auto step = acknowledged + 1;; ++step) {
                    log(*job.runs, id, "loss", {{static_cast<std::int64_t>(step), 10, 0.5}});
                    tell(step);
                }
            }};
            const auto heard = 1 + random() % 5;
            for (std::uint64_t i = 0; i < heard; ++i) REQUIRE(child.hear(acknowledged));
            std::this_thread::sleep_for(std::chrono::microseconds{random() % 2'000});
            child.kill();
            while (child.hear(acknowledged)) continue;
            merge(clone, opened);
            const auto points = points_of(opened.runs, id, "loss");
            REQUIRE(points.size() >= acknowledged);
            REQUIRE(points.size() <= acknowledged + 1);
            REQUIRE(points.back().step == static_cast<std::int64_t>(points.size()));
            REQUIRE(opened.runs.get(id).losses.empty());
        }
    }
}

}  // namespace
}  // namespace mlo::test
