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

/// Brings the lines of a run's metrics file into the run store, each once, whoever did it before. One thread at a time.
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
    /// What could not be taken, in sentences.
    [[nodiscard]] std::vector<std::string> losses() const;

private:
    void record(const MetricsBatch& batch);
    [[nodiscard]] std::optional<std::int64_t> greatest_step(std::string_view key);

    RunStore& runs_;
    std::string run_;
    std::optional<std::map<std::string, MetricSummary>> known_;  ///< what was recorded before, once asked for
    MetricsFollower follower_;
    BadLines bad_;
    bool began_anew_ = false;
    std::string refusal_;  ///< of the run store: a name that no metric can have
    std::uint64_t refused_points_ = 0;
};

}  // namespace mlo::track
