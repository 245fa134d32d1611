// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <failure.hpp>
#include <memory>
#include <mlo/ledger/ledger.hpp>
#include <mlo/store/object_store.hpp>
#include <mlo/track/archive.hpp>
#include <mlo/track/errors.hpp>
#include <mlo/track/run_store.hpp>
#include <seeded.hpp>
#include <string>
#include <temporary_folder.hpp>
#include <vector>

namespace mlo::test {

/// A clock that a test moves; may go back.
class MovedClock final : public Clock {
public:
    Timestamp now() override { return now_; }
    std::chrono::nanoseconds elapsed() override { return now_.time_since_epoch(); }
    void sleep(std::chrono::nanoseconds duration, std::stop_token) override { now_ += duration; }
    void move(std::chrono::milliseconds by) { now_ += by; }

private:
    Timestamp now_{std::chrono::nanoseconds{1'800'000'000'000'000'000}};
};

/// A store's folder with its databases and objects, and a world that stands still.
class Clone {
public:
    explicit Clone(std::uint64_t seed = 1) : random{seed}, writer{std::string(32, static_cast<char>('0' + seed))} {
        static_cast<void>(folder.open()->make_dir("objects"));
    }
    [[nodiscard]] std::string path() const { return folder.path("runs.db"); }
    [[nodiscard]] track::RunStore open(db::Access access = db::Access::write) { return {path(), access, runtime}; }

    TemporaryFolder folder;
    SeededRandom random;
    MovedClock clock;
    Runtime runtime{real_fs(), clock, random, silent_log(), silent_progress(), {}, 1};
    std::string writer;
};

/// All that Archive needs, open.
struct Opened {
    explicit Opened(Clone& clone) : Opened{clone, clone.runtime} {}
    Opened(Clone& clone, const Runtime& runtime)
        : folder{clone.folder.open()},
          runs{clone.path(), db::Access::write, runtime},
          ledger{clone.folder.path(), db::Access::write, runtime},
          objects{real_fs().open_root(clone.folder.path("objects")), runtime},
          archive{runs, ledger, objects, *folder, clone.writer, runtime} {}

    std::unique_ptr<Dir> folder;
    track::RunStore runs;
    ledger::Ledger ledger;
    store::ObjectStore objects;
    track::Archive archive;
};

inline track::ProcessIdentity process(std::int64_t pid = 100) {
    return {.pid = pid, .start_ticks = 7, .boot_id = "boot", .pid_space = "space", .host = "box"};
}

inline track::ProcessProbe probe(track::Liveness answer) {
    return [answer](const track::ProcessIdentity&) { return answer; };
}

inline track::RunDocument draft(std::string_view experiment = "Default") {
    track::RunDocument run;
    run.experiment.name = experiment;
    return run;
}

inline void log(track::RunStore& runs, const std::string& run, std::string_view key,
                const std::vector<track::Point>& points) {
    std::vector<track::MetricPoint> batch;
    for (const auto& point : points) batch.push_back({key, point});
    track::Batch all;
    all.points = batch;
    runs.record(run, all);
}

inline void param(track::RunStore& runs, const std::string& run, const std::string& key, const std::string& value) {
    const std::pair<std::string, std::string> pair{key, value};
    track::Batch batch;
    batch.params = {&pair, 1};
    runs.record(run, batch);
}

inline void tag(track::RunStore& runs, const std::string& run, const std::string& key, const std::string& value) {
    const std::pair<std::string, std::string> pair{key, value};
    track::Batch batch;
    batch.tags = {&pair, 1};
    runs.record(run, batch);
}

inline track::Ending ending(track::RunState state = track::RunState::finished) {
    track::Ending how;
    how.state = state;
    how.exit_code = state == track::RunState::finished ? 0 : 1;
    return how;
}

/// The points of a run, whether it is sealed or not.
template <class From>
std::vector<track::Point> points_of(From& from, const std::string& run, std::string_view key) {
    std::vector<track::Point> all;
    from.read_points(run, key,
                     [&](std::span<const track::Point> part) { all.insert(all.end(), part.begin(), part.end()); });
    return all;
}

}  // namespace mlo::test
