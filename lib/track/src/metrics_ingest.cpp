// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <mlo/track/errors.hpp>
#include <mlo/track/metrics_ingest.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/text.hpp>

#include "small_file.hpp"

namespace mlo::track {
namespace {

constexpr std::chrono::milliseconds pace{100};
constexpr std::size_t most_named_lines = 20;

/// The run store calls a file by its inode: one that replaced another is read from its begin.
MetricsPosition known_position(RunStore& runs, const std::string& run, const std::string& path, Fs& fs) {
    const auto dir = try_open(fs, std::string{path::parent(path)});
    const auto status = dir ? dir->stat(path::name(path)) : std::nullopt;
    if (!status) return {};
    for (const auto& each : runs.ingested(run))
        if (each.file == std::to_string(status->inode))
            return {.inode = status->inode, .offset = each.offset_bytes, .lines = each.lines};
    return {};
}

}  // namespace

std::string metrics_path(std::string_view store_dir, std::string_view run) {
    return path::join(store_dir, fmt::format("metrics/{}.jsonl", run));
}

MetricsIngest::MetricsIngest(RunStore& runs, std::string run, const std::string& path, Fs& fs)
    : runs_{runs},
      run_{std::move(run)},
      follower_{path, known_position(runs_, run_, path, fs),
                [this](std::string_view key) { return greatest_step(key); }} {}

std::optional<std::int64_t> MetricsIngest::greatest_step(std::string_view key) {
    if (!known_) known_ = runs_.get(run_).metrics;
    const auto found = known_->find(std::string{key});
    return found == known_->end() ? std::nullopt : std::optional{found->second.last.step};
}

void MetricsIngest::take() {
    MetricsBatch batch;
    while (follower_.read(batch)) record(batch);
}

void MetricsIngest::take_last() {
    take();
    MetricsBatch batch;
    while (follower_.read_last(batch)) record(batch);
}

void MetricsIngest::wait(const std::stop_token& stop) { follower_.wait(pace, stop); }

void MetricsIngest::record(const MetricsBatch& batch) {
    std::vector<std::string> fresh;
    bad_lines_ += batch.bad.count;
    for (const auto& line : batch.bad.first) {
        if (named_lines_ == most_named_lines) break;
        ++named_lines_;
        fresh.push_back(fmt::format("line {} of MLO_METRICS was left out: {}", line.number, line.reason));
    }
    if (batch.began_anew && !began_anew_) {
        began_anew_ = true;
        fresh.emplace_back("MLO_METRICS was cut or replaced while it was read");
    }
    // Before the place moves on: a line is lost with a word, or read again.
    lose(fresh);
    record_points(batch);
}

void MetricsIngest::record_points(const MetricsBatch& batch) {
    std::vector<MetricPoint> points;
    points.reserve(batch.points.size());
    for (const auto& each : batch.points) points.push_back({follower_.parser().key_name(each.key), each.point});
    const Ingested position{
        .file = std::to_string(batch.end.inode), .offset_bytes = batch.end.offset, .lines = batch.end.lines};
    try {
        runs_.record(run_, {.points = points, .ingested = position});
    } catch (const Error& error) {
        if (error.kind() != ErrorKind::usage && error.code().id != errors::run_too_large.id) throw;
        // These points will never do; what follows may.
        if (refused_batches_++ == 0)
            lose({fmt::format("{} points of MLO_METRICS were left out: {}", points.size(), error.message())});
        runs_.record(run_, {.ingested = position});
    }
}

void MetricsIngest::lose(const std::vector<std::string>& sentences) {
    if (sentences.empty()) return;
    losses_.insert(losses_.end(), sentences.begin(), sentences.end());
    runs_.edit(run_,
               [&](RunDocument& run) { run.losses.insert(run.losses.end(), sentences.begin(), sentences.end()); });
}

void MetricsIngest::finish() {
    std::vector<std::string> more;
    if (bad_lines_ > named_lines_)
        more.push_back(fmt::format("{} more lines of MLO_METRICS were left out", bad_lines_ - named_lines_));
    if (refused_batches_ > 1)
        more.push_back(fmt::format("points of MLO_METRICS were left out {} more times", refused_batches_ - 1));
    lose(more);
}

}  // namespace mlo::track
