// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mlo/report/text_chart.hpp>
#include <optional>
#include <string>
#include <vector>

#include "output.hpp"
#include "plot_data.hpp"

/// How `mlo plot` draws in the terminal.
namespace mlo::cli {

/// How curves are drawn, wherever.
struct CurveStyle {
    report::CurveAxis axis = report::CurveAxis::step;
    report::Scale scale = report::Scale::linear;
    std::optional<double> smoothing;
};

/// The width of what is drawn of a metric, to which smoothing refers.
[[nodiscard]] double x_range(const std::vector<track::ListedRun>& runs, const PlottedMetric& metric,
                             report::CurveAxis axis);

/// As many stretches as a chart in this terminal tells apart.
[[nodiscard]] std::uint32_t text_stretches(const Output& out);

/// Few metrics: a chart of each, with a table of its runs below. Many: one line for each curve.
void show_curves(Output& out, const std::vector<track::ListedRun>& runs, const std::vector<PlottedMetric>& metrics,
                 const CurveStyle& style);

/// A point for each run that has finite numbers in both columns; how many have none is said.
void show_scatter(Output& out, const std::vector<track::ListedRun>& runs, const RunColumn& x, const RunColumn& y,
                  report::Scale x_scale, report::Scale y_scale);

/// "1,204 of 300,000", "12".
[[nodiscard]] std::string drawn_of(const report::Curve& curve);
/// "2 nan, 1 inf"; empty for a curve of numbers alone.
[[nodiscard]] std::string not_numbers_of(const report::Curve& curve);
/// Prints rows of a chart.
void show_rows(Output& out, const std::vector<report::TextRow>& rows);
/// The mark of the line of this number: "a" to "z", then "A" to "Z", then "*".
[[nodiscard]] std::string mark_of(std::size_t number);

}  // namespace mlo::cli
