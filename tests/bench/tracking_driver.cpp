// SPDX-License-Identifier: Apache-2.0
// What tests/bench/tracking does through the library, and a job that logs as fast as it can. STORE is the store's
// folder.
//
// tracking_driver lines COUNT: appends COUNT points to the file that MLO_METRICS names, as JSON lines
//
// tracking_driver begin STORE: makes a run, prints its id
//
// tracking_driver log RUN KEY COUNT [batched]: attaches to a run of the repository around the current folder with the
// C++ API, says 'ready', waits for a line, then logs COUNT points, each recorded before the next; batched: all of them
// recorded at the end. Prints the seconds until the last call has returned.
//
// tracking_driver points STORE RUN: prints how many points can be read of the run
//
// tracking_driver seal STORE RUN: ends and seals it
//
// tracking_driver curve STORE RUN KEY BUCKETS: prints milliseconds from opening the store to the curve, its stretches,
// and the points that they stand for
//
// tracking_driver now: prints the monotonic clock, in nanoseconds
//
// tracking_driver fill STORE COUNT: adds COUNT sealed runs of 3 metrics, 10 points each, and 3 parameters
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <mlo/ledger/identity.hpp>
#include <mlo/ledger/ledger.hpp>
#include <mlo/run.hpp>
#include <mlo/store/object_store.hpp>
#include <mlo/track/archive.hpp>
#include <mlo/track/liveness.hpp>
#include <mlo/track/run_store.hpp>
#include <mlo/track/series.hpp>
#include <mlo/util/error.hpp>
#include <mlo/util/fs.hpp>
#include <mlo/util/path.hpp>
#include <random>
#include <string>
#include <vector>

namespace {

using namespace mlo;

constexpr int exit_usage = 2;
constexpr std::int64_t first_time_ms = 1'700'000'000'000;

Runtime make_runtime() {
    return {.fs = real_fs(),
            .clock = system_clock(),
            .random = system_random(),
            .log = silent_log(),
            .progress = silent_progress(),
            .stop = {},
            .jobs = 2};
}

track::RunStore open_runs(const std::string& folder, const Runtime& runtime) {
    return {path::join(folder, track::RunStore::file_name), db::Access::write, runtime};
}

/// All that Archive needs.
struct Store {
    Store(const std::string& path, const Runtime& runtime)
        : folder{runtime.fs.open_root(path)},
          runs{open_runs(path, runtime)},
          ledger{path, db::Access::write, runtime},
          objects{runtime.fs.open_root(path), runtime},
          writer{ledger::clone_id(*folder, runtime)},
          archive{runs, ledger, objects, *folder, writer, runtime} {}

    std::unique_ptr<Dir> folder;
    track::RunStore runs;
    ledger::Ledger ledger;
    store::ObjectStore objects;
    std::string writer;
    track::Archive archive;
};

void write_all(int fd, std::string_view text) {
    while (!text.empty()) {
        const auto count = ::write(fd, text.data(), text.size());
        if (count < 0) {
            std::perror("write");
            std::exit(1);
        }
        text.remove_prefix(static_cast<std::size_t>(count));
    }
}

void append_lines(std::uint64_t count) {
    constexpr std::size_t piece = 1U << 16U;
    const char* const path = std::getenv("MLO_METRICS");
    const int fd = path == nullptr ? -1 : ::open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
    if (fd < 0) {
        std::perror("MLO_METRICS");
        std::exit(1);
    }
    std::string text;
    for (std::uint64_t step = 0; step < count; ++step) {
        fmt::format_to(std::back_inserter(text), "{{\"loss\":{},\"step\":{}}}\n", 1.0 / static_cast<double>(step + 1),
                       step);
        if (text.size() < piece) continue;
        write_all(fd, text);
        text.clear();
    }
    write_all(fd, text);
    ::close(fd);
}

void begin(const std::string& folder) {
    const auto runtime = make_runtime();
    auto runs = open_runs(folder, runtime);
    // The caller of this program outlives the run.
    fmt::print("{}\n", runs.create({}, track::identify_process(runtime.fs, ::getppid())).id);
}

void log_points(const std::string& id, const std::string& key, std::uint64_t count, Logging logging) {
    auto run = Run::attach(id, {.logging = logging});
    fmt::print("ready\n");
    std::fflush(stdout);
    std::string line;
    std::getline(std::cin, line);
    const auto start = std::chrono::steady_clock::now();
    for (std::uint64_t step = 0; step < count; ++step)
        run.log(key, 1.0 / static_cast<double>(step + 1), static_cast<std::int64_t>(step));
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    run.finish();
    fmt::print("{}\n", took.count());
}

void count_points(const std::string& folder, const std::string& run) {
    auto runs = open_runs(folder, make_runtime());
    std::uint64_t count = 0;
    for (const auto& [key, summary] : runs.get(run).metrics)
        runs.read_points(run, key, [&](std::span<const track::Point> points) { count += points.size(); });
    fmt::print("{}\n", count);
}

void seal(const std::string& folder, const std::string& run) {
    Store store{folder, make_runtime()};
    track::Ending ending;
    ending.exit_code = 0;
    store.runs.end(run, ending);
    store.archive.seal(run);
}

void draw_curve(const std::string& folder, const std::string& run, const std::string& key, std::uint32_t buckets) {
    const auto start = std::chrono::steady_clock::now();
    Store store{folder, make_runtime()};
    const auto curve = store.archive.curve(run, key, track::CurveAxis::step, buckets);
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
    std::uint64_t points = 0;
    for (const auto& bucket : curve) points += bucket.count;
    fmt::print("{:.2f} {} {}\n", took.count(), curve.size(), points);
}

/// One run as if it had been recorded: with all its points in an object.
track::RunDocument make_run(std::uint64_t number, std::mt19937_64& source, store::Ingest& ingest, Random& random) {
    constexpr int points_each = 10;
    constexpr std::size_t id_bytes = 16;
    std::uniform_real_distribution<double> share{0, 1};
    track::RunDocument run;
    run.id = random.hex(id_bytes);
    run.session = random.hex(id_bytes);
    run.name = fmt::format("bench-{}", number);
    run.state = track::RunState::finished;
    run.exit_code = 0;
    run.started_ms = first_time_ms + static_cast<std::int64_t>(number) * 1000;
    run.ended_ms = run.started_ms + points_each;
    run.user = "bench";
    run.command = {"python", "train.py", fmt::format("--seed={}", number)};
    run.params = {{"lr", fmt::format("{:.6f}", share(source))},
                  {"model", number % 3 == 0 ? "tree" : "linear"},
                  {"seed", fmt::to_string(number)}};
    Bytes bytes;
    track::SeriesWriter writer{[&](ByteView piece) { append(bytes, piece); }};
    for (const auto* key : {"accuracy", "loss", "time"}) {
        writer.begin(key);
        for (std::int64_t step = 0; step < points_each; ++step) {
            const track::Point point{.step = step, .time_ms = run.started_ms + step, .value = share(source)};
            writer.add(point);
            run.metrics[key].add(point);
        }
    }
    writer.finish();
    run.series = ingest.add_bytes(bytes);
    return run;
}

/// What sealing does, but for a thousand runs at once: an ingest, a transaction of the ledger, one of runs.db.
void fill(const std::string& folder, std::uint64_t count) {
    constexpr std::uint64_t at_once = 1000;
    const auto runtime = make_runtime();
    Store store{folder, runtime};
    std::mt19937_64 source{7};
    for (std::uint64_t first = 0; first < count; first += at_once) {
        const auto ingest = store.objects.begin_ingest(store::LargeFiles::automatic);
        std::vector<ledger::NewEvent> events;
        for (auto number = first; number < std::min(count, first + at_once); ++number) {
            const auto run = make_run(number, source, *ingest, runtime.random);
            events.push_back({.kind = "run.sealed",
                              .subject = run.id,
                              .ids = {{*run.series, store::ObjectKind::blob}},
                              .body = track::to_canonical_json(run)});
        }
        ingest->commit();
        static_cast<void>(store.ledger.append(store.writer, events));
        store.archive.catch_up();
    }
}

int run(const std::vector<std::string>& words) {
    const auto is = [&](std::string_view command, std::size_t count) {
        return words.size() == count + 1 && words[0] == command;
    };
    if (is("lines", 1))
        append_lines(std::stoull(words[1]));
    else if (is("now", 0))
        fmt::print("{}\n", std::chrono::steady_clock::now().time_since_epoch().count());
    else if (is("begin", 1))
        begin(words[1]);
    else if (is("log", 3))
        log_points(words[1], words[2], std::stoull(words[3]), Logging::each_point);
    else if (is("log", 4) && words[4] == "batched")
        log_points(words[1], words[2], std::stoull(words[3]), Logging::batched);
    else if (is("points", 2))
        count_points(words[1], words[2]);
    else if (is("seal", 2))
        seal(words[1], words[2]);
    else if (is("curve", 4))
        draw_curve(words[1], words[2], words[3], static_cast<std::uint32_t>(std::stoul(words[4])));
    else if (is("fill", 2))
        fill(words[1], std::stoull(words[2]));
    else
        return exit_usage;
    return 0;
}

}  // namespace

int main(int count, char** words) {
    try {
        return run({words + 1, words + count});
    } catch (const std::exception& error) {
        fmt::print(stderr, "{}\n", error.what());
        return 1;
    }
}
