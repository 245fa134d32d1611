// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mlo/track/metrics_file.hpp>
#include <mlo/track/run_store.hpp>
#include <stop_token>
#include <string>
#include <vector>

namespace mlo::track {

/// The file that the environment of a job names MLO_METRICS: `<store>/metrics/<run>.jsonl`.
[[nodiscard]] std::string metrics_path(std::string_view store_dir, std::string_view run);

/// Brings the lines of a run's metrics file into the run store, each once, whoever did it before. What cannot be taken
/// becomes a loss of the run at once: who reads may be killed at any time. One thread at a time.
class MetricsIngest {
public:
    /// Goes on from where the run store says that it was left.
    MetricsIngest(RunStore& runs, std::string run, const std::string& path, Fs& fs);

    /// Records the complete lines that are there.
    void take();
    /// The same once nobody writes any more: a last line without its end counts.
    void take_last();
    /// Waits for more, at most a second (MetricsFollower::wait).
    void wait(const std::stop_token& stop);
    /// Says how many losses there were beyond those that were named one by one.
    void finish();
    /// The losses, in sentences. They are in the run already.
    [[nodiscard]] const std::vector<std::string>& losses() const noexcept { return losses_; }

private:
    void record(const MetricsBatch& batch);
    void record_points(const MetricsBatch& batch);
    void lose(const std::vector<std::string>& sentences);
    [[nodiscard]] std::optional<std::int64_t> greatest_step(std::string_view key);

    RunStore& runs_;
    std::string run_;
    std::optional<std::map<std::string, MetricSummary>> known_;  ///< what was recorded before, once asked for
    MetricsFollower follower_;
    std::vector<std::string> losses_;
    std::size_t named_lines_ = 0;
    std::uint64_t bad_lines_ = 0;
    std::uint64_t refused_batches_ = 0;
    bool began_anew_ = false;
};

}  // namespace mlo::track
