// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <mlo/report/curve.hpp>
#include <mlo/track/run_list.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "run_columns.hpp"

/// What `mlo plot` draws, before it is known how.
namespace mlo::cli {

class Context;
class Tracking;

/// Which runs the user asks for: by name, or as `mlo runs` lists them.
struct PlotSelection {
    std::vector<std::string> runs;
    std::string where;
    std::vector<std::string> experiments;
    std::optional<std::uint32_t> limit;

    [[nodiscard]] bool is_list() const { return !where.empty() || !experiments.empty() || limit; }
};

/// The runs, with `columns`. Of those that a filter finds at most `default_limit` or the limit that was given; how many
/// were left out is said. Throws run_not_found, also for a filter that finds none.
[[nodiscard]] std::vector<track::ListedRun> select_runs(Context& ctx, Tracking& tracking,
                                                        const PlotSelection& selection,
                                                        const std::vector<RunColumn>& columns,
                                                        std::uint32_t default_limit);

/// The curve of one metric of one run.
struct PlottedCurve {
    std::size_t run = 0;  ///< index
    report::Curve curve;
};
struct PlottedMetric {
    std::string name;
    std::vector<PlottedCurve> curves;  ///< of the runs that have it, in their order
};

/// The metrics of the runs that a pattern of `wanted` matches; without any, all but those of the machine, how many
/// these are is said. Throws bad_value for a pattern that matches none. Sets all metrics of the runs; the curves are
/// not read.
[[nodiscard]] std::vector<PlottedMetric> select_metrics(Context& ctx, Tracking& tracking,
                                                        std::vector<track::ListedRun>& runs,
                                                        const std::vector<std::string>& wanted);
/// Reads the curves of those metrics, thinned to `stretches`. A run whose points are not in this clone is left out with
/// a warning.
void read_curves(Context& ctx, Tracking& tracking, const std::vector<track::ListedRun>& runs,
                 std::vector<PlottedMetric>& metrics, std::uint32_t stretches);

/// A column of every run as a number, where it is one: metrics, parameters that are numbers, seconds.
[[nodiscard]] std::optional<double> number_of(const RunColumn& column, const track::ListedRun& run);

}  // namespace mlo::cli
