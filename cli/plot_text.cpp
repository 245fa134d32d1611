// SPDX-License-Identifier: Apache-2.0
#include "plot_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <mlo/util/text.hpp>

#include "run_columns.hpp"
#include "tracking.hpp"

namespace mlo::cli {
namespace {

constexpr std::size_t most_charts = 4;
constexpr std::size_t widest = 160;
constexpr std::size_t spark_columns = 24;

std::size_t chart_width(const Output& out) { return std::clamp<std::size_t>(out.width(), 40, widest); }

std::string_view axis_name(report::CurveAxis axis) {
    if (axis == report::CurveAxis::step) return "step";
    return axis == report::CurveAxis::time ? "time" : "time since the start";
}

std::string duration_label(double seconds) {
    if (seconds == 0) return "0";
    const auto text = format_duration_ms(std::llround(std::abs(seconds) * 1000));
    return seconds < 0 ? "-" + text : text;
}

report::TextChart chart_of(const Output& out, const std::vector<track::ListedRun>& runs, const PlottedMetric& metric,
                           const CurveStyle& style) {
    report::TextChart chart;
    chart.scale = style.scale;
    chart.columns = chart_width(out) - 1;
    const auto range = x_range(runs, metric, style.axis);
    for (std::size_t i = 0; i < metric.curves.size(); ++i) {
        const auto& [run, curve] = metric.curves[i];
        const auto mark = metric.curves.size() > 1 ? mark_of(i) : std::string{};
        const bool is_behind = style.smoothing.has_value();
        chart.lines.push_back({place(curve, style.axis, runs[run].started_ms), mark, i, is_behind});
        if (is_behind)
            chart.lines.push_back(
                {smooth(curve, style.axis, runs[run].started_ms, *style.smoothing, range), mark, i, false});
    }
    switch (style.axis) {
        case report::CurveAxis::step:
            chart.x_label = [](double x) { return fmt::format("{:.10g}", x); };
            break;
        case report::CurveAxis::relative:
            chart.x_unit = report::XUnit::seconds;
            chart.x_label = duration_label;
            break;
        case report::CurveAxis::time:
            chart.x_unit = report::XUnit::date;
            chart.x_label = [&out](double x) { return format_moment_ms(std::llround(x * 1000), out); };
            break;
    }
    return chart;
}

std::string summary_cell(const std::optional<track::Point>& point) { return point ? format_value(point->value) : ""; }

/// A row for each curve; `leads` fills the first cells, `ends` the last.
class CurveTable {
public:
    explicit CurveTable(std::vector<Table::Column> leads) {
        table_.columns = std::move(leads);
        for (const auto* const title : {"last", "least", "greatest", "points drawn"})
            table_.columns.push_back({title, Table::Align::right});
        table_.columns.push_back({"not numbers", Table::Align::left});
    }
    void add(std::vector<std::string> leads, const track::MetricSummary& summary, const report::Curve& curve) {
        leads.push_back(format_value(summary.last.value));
        leads.push_back(summary_cell(summary.min));
        leads.push_back(summary_cell(summary.max));
        leads.push_back(drawn_of(curve));
        leads.push_back(not_numbers_of(curve));
        table_.rows.push_back(std::move(leads));
    }
    /// Without columns that say nothing.
    void show(Output& out) {
        const auto last = table_.columns.size() - 1;
        if (std::ranges::all_of(table_.rows, [&](const auto& row) { return row[last].empty(); })) {
            table_.columns.pop_back();
            for (auto& row : table_.rows) row.pop_back();
        }
        out.table(table_);
    }

private:
    Table table_;
};

std::uint64_t not_positive(const PlottedMetric& metric) {
    std::uint64_t count = 0;
    for (const auto& [run, curve] : metric.curves)
        count += static_cast<std::uint64_t>(std::ranges::count_if(
            curve.points, [](const auto& point) { return std::isfinite(point.value) && point.value <= 0; }));
    return count;
}

void show_chart(Output& out, const std::vector<track::ListedRun>& runs, const PlottedMetric& metric,
                const CurveStyle& style) {
    auto title = fmt::format("{} by {}", printable(metric.name), axis_name(style.axis));
    if (style.scale == report::Scale::logarithmic) title += ", logarithmic";
    if (style.smoothing) title += fmt::format(", smoothed by {}", *style.smoothing);
    out.line(out.painted(Paint::bold, title));
    const auto rows = draw(chart_of(out, runs, metric, style));
    show_rows(out, rows);
    if (rows.empty()) out.line("(there is no number to draw)");
    if (const auto others = runs.size() - metric.curves.size(); others > 0)
        out.message(fmt::format("{} of these {} runs {} no metric {}", format_count(others), format_count(runs.size()),
                                others == 1 ? "has" : "have", quoted(metric.name)));
    if (style.scale == report::Scale::logarithmic)
        if (const auto count = not_positive(metric); count > 0)
            out.message(fmt::format("{} {} not on a logarithmic scale", plural(count, "value", "values"),
                                    count == 1 ? "of 0 or less is" : "of 0 or less are"));
    out.line("");
    const bool has_marks = metric.curves.size() > 1;
    std::vector<Table::Column> leads;
    if (has_marks) leads.push_back({"", Table::Align::left});
    leads.push_back({"run", Table::Align::left});
    leads.push_back({"name", Table::Align::left});
    CurveTable table{std::move(leads)};
    for (std::size_t i = 0; i < metric.curves.size(); ++i) {
        const auto& run = runs[metric.curves[i].run];
        std::vector<std::string> cells;
        if (has_marks) cells.push_back(out.painted(ink(i), mark_of(i)));
        cells.push_back(short_id(run.id));
        cells.push_back(printable(run.name));
        table.add(std::move(cells), run.metrics.at(metric.name), metric.curves[i].curve);
    }
    table.show(out);
}

void show_lines(Output& out, const std::vector<track::ListedRun>& runs, const std::vector<PlottedMetric>& metrics,
                const CurveStyle& style) {
    CurveTable table{{{"metric", Table::Align::left}, {"run", Table::Align::left}, {"curve", Table::Align::left}}};
    for (const auto& metric : metrics) {
        for (const auto& [number, curve] : metric.curves) {
            const auto& run = runs[number];
            auto line = place(curve, style.axis, run.started_ms);
            if (style.smoothing)
                line = smooth(curve, style.axis, run.started_ms, *style.smoothing, x_range(runs, metric, style.axis));
            if (style.scale == report::Scale::logarithmic)
                for (auto& point : line) point.y = point.y > 0 ? std::log(point.y) : std::nan("");
            table.add({printable(metric.name), short_id(run.id), sparkline(line, spark_columns)},
                      run.metrics.at(metric.name), curve);
        }
    }
    table.show(out);
}

}  // namespace

double x_range(const std::vector<track::ListedRun>& runs, const PlottedMetric& metric, report::CurveAxis axis) {
    auto low = std::numeric_limits<double>::infinity();
    auto high = -low;
    for (const auto& [run, curve] : metric.curves) {
        for (const auto& [x, y] : place(curve, axis, runs[run].started_ms)) {
            low = std::min(low, x);
            high = std::max(high, x);
        }
    }
    return high - low;
}

std::uint32_t text_stretches(const Output& out) { return static_cast<std::uint32_t>(2 * chart_width(out)); }

void show_curves(Output& out, const std::vector<track::ListedRun>& runs, const std::vector<PlottedMetric>& metrics,
                 const CurveStyle& style) {
    if (metrics.size() > most_charts) {
        show_lines(out, runs, metrics, style);
        out.hint("mlo plot -m METRIC, to see one of them large");
        return;
    }
    bool is_first = true;
    for (const auto& metric : metrics) {
        if (metric.curves.empty()) continue;
        if (!is_first) out.line("");
        is_first = false;
        show_chart(out, runs, metric, style);
    }
}

void show_scatter(Output& out, const std::vector<track::ListedRun>& runs, const RunColumn& x, const RunColumn& y,
                  report::Scale x_scale, report::Scale y_scale) {
    report::TextChart chart;
    chart.scale = y_scale;
    chart.x_scale = x_scale;
    chart.columns = chart_width(out) - 1;
    chart.rows = 16;
    chart.is_scatter = true;
    const auto is_drawn = [](double value, report::Scale scale) {
        return std::isfinite(value) && (scale == report::Scale::linear || value > 0);
    };
    auto& line = chart.lines.emplace_back();
    for (const auto& run : runs) {
        const auto across = number_of(x, run);
        const auto up = number_of(y, run);
        if (across && up && is_drawn(*across, x_scale) && is_drawn(*up, y_scale)) line.points.push_back({*across, *up});
    }
    out.line(out.painted(Paint::bold, fmt::format("{} by {}", printable(y.title), printable(x.title))));
    const auto rows = draw(chart);
    show_rows(out, rows);
    if (rows.empty()) out.line("(there is nothing to draw)");
    out.line("");
    out.line("{} of {} drawn", format_count(line.points.size()), plural(runs.size(), "run", "runs"));
    if (line.points.size() < runs.size())
        out.message("the others lack one of the two, or it is no finite number, or not on a logarithmic scale");
}

std::string drawn_of(const report::Curve& curve) {
    if (curve.is_whole()) return format_count(curve.total);
    return fmt::format("{} of {}", format_count(curve.points.size()), format_count(curve.total));
}

std::string not_numbers_of(const report::Curve& curve) {
    std::string text;
    for (const auto& [count, what] : {std::pair{curve.nan_count, "nan"}, std::pair{curve.plus_infinities, "inf"},
                                      std::pair{curve.minus_infinities, "-inf"}}) {
        if (count > 0) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", format_count(count), what);
    }
    return text;
}

void show_rows(Output& out, const std::vector<report::TextRow>& rows) {
    for (const auto& row : rows) {
        std::string text;
        for (const auto& span : row) {
            switch (span.role) {
                case report::TextSpan::Role::frame:
                    text += span.text;
                    break;
                case report::TextSpan::Role::behind:
                    text += out.painted(Paint::faint, span.text);
                    break;
                default:
                    text += out.painted(ink(span.ink), span.text);
            }
        }
        out.line(text);
    }
}

std::string mark_of(std::size_t number) {
    if (number < 26) return {static_cast<char>('a' + number)};
    if (number < 52) return {static_cast<char>('A' + number - 26)};
    return "*";
}

}  // namespace mlo::cli
