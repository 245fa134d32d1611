// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mlo/json/writer.hpp>
#include <mlo/track/run_compare.hpp>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "output.hpp"

/// How what differs between runs is printed.
namespace mlo::cli {

/// The parts of a comparison by the names that users give them, in the order in which they are shown.
[[nodiscard]] const std::vector<std::string>& diff_parts();

/// What is printed of a comparison.
struct RunDiff {
    std::span<const track::RunDocument> runs;
    track::Comparison comparison;
    std::set<std::string> parts;                ///< of diff_parts
    std::optional<git::Divergence> divergence;  ///< of two runs, where it is known
    std::optional<std::string> patch;           ///< bytes

    /// Whether there is a difference in one of the parts.
    [[nodiscard]] bool is_empty() const;
};

/// The members of mlo/runs-diff-v1.
void write_run_diff(json::Writer& json, const RunDiff& diff);
void show_run_diff(Output& out, const RunDiff& diff);

}  // namespace mlo::cli
