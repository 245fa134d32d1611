// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <mlo/report/curve.hpp>
#include <mlo/report/text_chart.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace mlo::report {

/// A run as a page names it. All text may be any bytes.
struct PageRun {
    std::string id;
    std::string name;
    std::string experiment;
    std::string status;  ///< "FINISHED"
    std::int64_t started_ms = 0;
};

struct PageCurve {
    std::size_t run = 0;  ///< index
    Curve curve;
    double last = 0;  ///< of all points
    std::optional<double> least, greatest;
};
struct PageMetric {
    std::string name;
    std::vector<PageCurve> curves;
};
/// Charts of curves, one for each metric.
struct PageCurves {
    std::vector<PageMetric> metrics;
    CurveAxis axis = CurveAxis::step;
    Scale scale = Scale::linear;
    double smoothing = 0;
};

/// What a run has in a column: nothing, a number or text.
using PageCell = std::variant<std::monostate, double, std::string>;
struct PageColumn {
    std::string title;
    std::vector<PageCell> cells;  ///< one for each run
};
/// A point for each run.
struct PageScatter {
    PageColumn x, y;
    Scale x_scale = Scale::linear;
    Scale y_scale = Scale::linear;
};
/// A line for each run across axes that stand side by side.
struct PageParallel {
    std::vector<PageColumn> columns;
};

struct Page {
    std::string title;
    std::string subtitle;
    std::vector<std::string> notes;  ///< what is not shown, in sentences
    std::vector<PageRun> runs;
    std::variant<PageCurves, PageScatter, PageParallel> content;
};

/// Writes an HTML page that needs nothing but itself: it opens from a file and makes no request, and its
/// Content-Security-Policy lets nothing run but its own scripts, by their SHA-256. Numbers have nine digits. `sink`
/// gets the text in order.
void write_page(const Page& page, const std::function<void(std::string_view)>& sink);

}  // namespace mlo::report
