// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mlo/track/run.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace mlo::track {

/// How the job of a run is started once more.
struct JobPlan {
    std::vector<std::string> command;      ///< argv
    std::vector<std::string> environment;  ///< whole, as KEY=VALUE
    std::vector<std::string> notes;        ///< what is not as it was, in sentences
};

/// Where the job ran, and where it is to run: absolute folders.
struct Move {
    std::string from;
    std::string to;
};

/// The recorded command in today's environment, except for the variables that a job's numbers depend on (languages,
/// threads, determinism of libraries, seeds): these are as they were. Paths below `move.from` become such below
/// `move.to`. `command` replaces the recorded one where it is not empty. Throws run_not_repeatable where a secret in
/// the command was masked.
[[nodiscard]] JobPlan plan_job(const RunDocument& run, std::span<const std::string> command,
                               std::span<const std::string> environment, const Move& move);

/// The lists of packages that are not what they were: "numpy 1.26.4, now 2.0.0". `before` and `now` are lists as
/// read_packages makes them ("name==version" lines).
[[nodiscard]] std::vector<std::string> package_changes(std::string_view before, std::string_view now);

/// One metric of a run and of its repetition.
struct MetricVerdict {
    std::string key;
    std::optional<MetricSummary> before;
    std::optional<MetricSummary> after;
    bool is_same = false;
    friend bool operator==(const MetricVerdict&, const MetricVerdict&) = default;
};

struct OutputVerdict {
    std::string path;
    std::optional<Output> before;
    std::optional<Output> after;
    bool is_same = false;
    friend bool operator==(const OutputVerdict&, const OutputVerdict&) = default;
};

/// Whether a run and its repetition came to the same.
struct Verdict {
    enum class Answer : std::uint8_t { same, different, nothing_to_compare };

    std::vector<MetricVerdict> metrics;  ///< by key; without what the job used of the machine ("system/...")
    std::vector<OutputVerdict> outputs;  ///< by path
    bool ended_alike = false;            ///< the same state, exit code and signal, as far as there are any

    [[nodiscard]] Answer answer() const noexcept;
};

struct Tolerance {
    double relative = 0;               ///< up to which two numbers are the same, of the greater one
    std::vector<std::string> ignored;  ///< metrics that are not compared
};

/// Metrics are the same if they have as many points, and their last, least and greatest values are within the
/// tolerance; outputs if their ids are.
[[nodiscard]] Verdict compare_results(const RunDocument& before, const RunDocument& after, const Tolerance& tolerance);

}  // namespace mlo::track
