// SPDX-License-Identifier: Apache-2.0
#include "plot_page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <mlo/util/text.hpp>

#include "context.hpp"
#include "errors.hpp"
#include "files.hpp"
#include "tracking.hpp"
#include "version.hpp"

namespace mlo::cli {
namespace {

constexpr std::uint64_t points_of_page = 400'000;
constexpr std::uint64_t most_points = 4'000;
constexpr std::uint64_t fewest_points = 200;

std::vector<report::PageRun> page_runs(const std::vector<track::ListedRun>& runs) {
    std::vector<report::PageRun> made;
    for (const auto& run : runs)
        made.push_back({run.id, run.name, run.experiment, std::string{to_string(run.state)}, run.started_ms});
    return made;
}

/// The one run by name, or how many.
std::string subject_of(const std::vector<track::ListedRun>& runs) {
    if (runs.size() == 1) return fmt::format("{} ({})", runs.front().name, short_id(runs.front().id));
    return plural(runs.size(), "run", "runs");
}

std::string text_of(const RunColumn& column, const track::ListedRun& run) {
    using Kind = RunColumn::Kind;
    const auto find = [&](const std::map<std::string, std::string>& texts) {
        const auto found = texts.find(column.key);
        return found == texts.end() ? std::string{} : found->second;
    };
    switch (column.kind) {
        case Kind::id:
            return run.id;
        case Kind::name:
            return run.name;
        case Kind::status:
            return std::string{to_string(run.state)};
        case Kind::experiment:
            return run.experiment;
        case Kind::user:
            return run.user;
        case Kind::parent:
            return run.parent;
        case Kind::commit:
            return run.commit;
        case Kind::param:
            return find(run.params);
        case Kind::tag:
            return find(run.tags);
        default:
            return "";
    }
}

}  // namespace

report::PageColumn column_of(const RunColumn& column, const std::vector<track::ListedRun>& runs, Mixed mixed) {
    report::PageColumn made{column.title, {}};
    for (const auto& run : runs) {
        if (const auto number = number_of(column, run)) {
            made.cells.emplace_back(*number);
        } else if (auto text = text_of(column, run); !text.empty()) {
            made.cells.emplace_back(std::move(text));
        } else {
            made.cells.emplace_back();
        }
    }
    const bool has_text = mixed == Mixed::all_texts && std::ranges::any_of(made.cells, [](const auto& cell) {
                              return std::holds_alternative<std::string>(cell);
                          });
    if (has_text)
        for (std::size_t i = 0; i < runs.size(); ++i)
            if (std::holds_alternative<double>(made.cells[i])) made.cells[i] = text_of(column, runs[i]);
    return made;
}

std::uint32_t page_stretches(std::size_t curves, std::optional<std::uint32_t> points) {
    const auto each = points
                          ? std::uint64_t{*points}
                          : std::clamp(points_of_page / std::max<std::uint64_t>(curves, 1), fewest_points, most_points);
    return static_cast<std::uint32_t>(std::max<std::uint64_t>(1, each / report::CurveSampler::kept_per_stretch));
}

report::Page curve_page(const std::vector<track::ListedRun>& runs, std::vector<PlottedMetric>&& metrics,
                        const CurveStyle& style) {
    report::PageCurves content;
    content.axis = style.axis;
    content.scale = style.scale;
    content.smoothing = style.smoothing.value_or(0);
    std::uint64_t drawn = 0;
    std::uint64_t total = 0;
    for (auto& metric : metrics) {
        auto& made = content.metrics.emplace_back();
        made.name = metric.name;
        for (auto& [run, curve] : metric.curves) {
            drawn += curve.points.size();
            total += curve.total;
            const auto& summary = runs[run].metrics.at(metric.name);
            const auto value_of = [](const std::optional<track::Point>& point) {
                return point ? std::optional{point->value} : std::nullopt;
            };
            made.curves.push_back(
                {run, std::move(curve), summary.last.value, value_of(summary.min), value_of(summary.max)});
        }
    }
    report::Page page;
    page.title = metrics.size() == 1 ? fmt::format("{} of {}", metrics.front().name, subject_of(runs))
                                     : fmt::format("Metrics of {}", subject_of(runs));
    page.subtitle =
        fmt::format("{}, {}", plural(runs.size(), "run", "runs"), plural(metrics.size(), "metric", "metrics"));
    page.subtitle += drawn == total
                         ? fmt::format(": all {} drawn", plural(total, "point", "points"))
                         : fmt::format(": {} of {} drawn, the first, last, least and greatest of each stretch",
                                       format_count(drawn), plural(total, "point", "points"));
    page.runs = page_runs(runs);
    page.content = std::move(content);
    return page;
}

report::Page scatter_page(const std::vector<track::ListedRun>& runs, const RunColumn& x, const RunColumn& y,
                          report::Scale x_scale, report::Scale y_scale) {
    report::Page page;
    page.title = fmt::format("{} by {}", y.title, x.title);
    page.subtitle = plural(runs.size(), "run", "runs");
    page.runs = page_runs(runs);
    page.content =
        report::PageScatter{column_of(x, runs, Mixed::allowed), column_of(y, runs, Mixed::allowed), x_scale, y_scale};
    return page;
}

report::Page parallel_page(const std::vector<track::ListedRun>& runs, const std::vector<RunColumn>& columns) {
    report::Page page;
    report::PageParallel content;
    for (const auto& column : columns) content.columns.push_back(column_of(column, runs, Mixed::all_texts));
    page.title = fmt::format("{} side by side", plural(columns.size(), "column", "columns"));
    page.subtitle = plural(runs.size(), "run", "runs");
    page.runs = page_runs(runs);
    page.content = std::move(content);
    return page;
}

void require_page_name(const std::string& file) {
    if (file == "-" || file.ends_with(".html") || file.ends_with(".htm")) return;
    throw Error{errors::bad_value, fmt::format("{} is not the name of an HTML page", quoted(file))}.hint(
        "mlo plot -o curves.html");
}

void write_page_file(Context& ctx, const report::Page& page, const std::string& file) {
    if (file == "-") {
        report::write_page(page, [&](std::string_view text) { ctx.out().write(text); });
        return;
    }
    std::uint64_t size_bytes = 0;
    write_file(ctx, file, [&](const TextSink& sink) {
        report::write_page(page, [&](std::string_view text) {
            size_bytes += text.size();
            sink(text);
        });
    });
    ctx.out().message(fmt::format("wrote {} ({})", quoted(file), format_bytes(size_bytes)));
}

}  // namespace mlo::cli
