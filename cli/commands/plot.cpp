// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <charconv>
#include <mlo/track/errors.hpp>
#include <mlo/util/exit_codes.hpp>
#include <mlo/util/text.hpp>

#include "command.hpp"
#include "context.hpp"
#include "errors.hpp"
#include "plot_data.hpp"
#include "plot_json.hpp"
#include "plot_page.hpp"
#include "plot_text.hpp"
#include "tracking.hpp"

namespace mlo::cli {

namespace {

constexpr std::uint32_t most_curve_runs = 100;
constexpr std::uint32_t most_runs = 1'000;

struct PlotOptions {
    PlotSelection selection;
    std::vector<std::string> metrics;
    CurveStyle style;
    std::string smoothing;
    bool is_logarithmic = false;
    bool is_logarithmic_across = false;
    std::string scatter;
    std::string parallel;
    std::string output;
    std::optional<std::uint32_t> points;
};

void declare(Args& args, PlotOptions& o) {
    args.option("-m,--metric", o.metrics, "this metric, or those that match: 'val/*' [default: all but system/*]")
        .value("METRIC");
    args.choice<report::CurveAxis>("--x", o.style.axis,
                                   {{"step", report::CurveAxis::step},
                                    {"time", report::CurveAxis::time},
                                    {"relative", report::CurveAxis::relative}},
                                   "against the step, the time, or the time since the run began [default: step]");
    args.option("--smooth", o.smoothing, "a moving average before the curve: 0 is none, 0.99 much, below 1")
        .value("WEIGHT");
    args.flag("--log", o.is_logarithmic, "a logarithmic scale for the values");
    args.option("--scatter", o.scatter, "a point for each run, by two columns of 'mlo runs': params.lr,metrics.loss")
        .value("X,Y");
    args.flag("--log-x", o.is_logarithmic_across, "with --scatter: a logarithmic scale for X");
    args.option("--parallel", o.parallel, "a line for each run across columns side by side; needs --output")
        .value("COLUMN,...");
    args.option("-o,--output", o.output, "write a page that shows it in a browser: FILE.html, or - for standard output")
        .value("FILE")
        .completing(Completes::path);
    args.option("--points", o.points,
                "with --output or --json: at most so many points of a curve [default: 200 to 4000]")
        .between(4, 10'000'000);
    args.option("-w,--where", o.selection.where, "the runs for which this holds, as in 'mlo runs'").value("FILTER");
    args.option("-e,--experiment", o.selection.experiments, "the runs of this experiment").value("NAME");
    args.option("-n,--limit", o.selection.limit, "the latest so many runs [default: 100 of those that are chosen]")
        .between(1, 100'000);
    args.positional("run", o.selection.runs, "ids or the starts of them, names, or 'last' [default: last]")
        .completing(Completes::run);
}

std::optional<double> parse_smoothing(const std::string& text) {
    if (text.empty()) return std::nullopt;
    double weight = 0;
    const auto result = std::from_chars(text.data(), text.data() + text.size(), weight);
    if (result.ec != std::errc{} || result.ptr != text.data() + text.size() || !(weight >= 0 && weight < 1))
        throw Error{errors::bad_value, fmt::format("{} is no weight from 0 to below 1 for --smooth", quoted(text))}
            .hint("mlo plot --smooth 0.9");
    return weight > 0 ? std::optional{weight} : std::nullopt;
}

int plot_curves(Context& ctx, Tracking& tracking, const PlotOptions& o, const CurveStyle& style) {
    auto selection = o.selection;
    if (selection.runs.empty() && !selection.is_list()) selection.runs = {"last"};
    auto runs = select_runs(ctx, tracking, selection, {}, most_curve_runs);
    auto metrics = select_metrics(ctx, tracking, runs, o.metrics);
    if (metrics.empty() && !ctx.out().is_json()) {
        ctx.out().message(runs.size() == 1 ? fmt::format("run {} has no metrics", short_id(runs.front().id))
                                           : "these runs have no metrics");
        ctx.out().hint("mlo track log KEY=VALUE, within a job that 'mlo track' runs");
        return exit_ok;
    }
    std::size_t curves = 0;
    for (const auto& run : runs)
        for (const auto& metric : metrics) curves += run.metrics.count(metric.name);
    if (ctx.out().is_json()) {
        read_curves(ctx, tracking, runs, metrics, page_stretches(curves, o.points));
        answer_curves(ctx.out(), runs, metrics, style);
        return exit_ok;
    }
    if (o.output.empty()) {
        read_curves(ctx, tracking, runs, metrics, text_stretches(ctx.out()));
        show_curves(ctx.out(), runs, metrics, style);
        return exit_ok;
    }
    read_curves(ctx, tracking, runs, metrics, page_stretches(curves, o.points));
    write_page_file(ctx, curve_page(runs, std::move(metrics), style), o.output);
    return exit_ok;
}

std::vector<RunColumn> parse_columns(const std::string& text) {
    std::vector<RunColumn> columns;
    for (const auto& name : split(text, ',')) columns.push_back(parse_column(trim(name)));
    return columns;
}

report::Scale to_scale(bool is_logarithmic) {
    return is_logarithmic ? report::Scale::logarithmic : report::Scale::linear;
}

int plot_scatter(Context& ctx, Tracking& tracking, const PlotOptions& o) {
    const auto columns = parse_columns(o.scatter);
    if (columns.size() != 2)
        throw Error{errors::bad_value, fmt::format("{} are not two columns for --scatter", quoted(o.scatter))}.hint(
            "mlo plot --scatter params.lr,metrics.loss");
    const auto runs = select_runs(ctx, tracking, o.selection, columns, most_runs);
    if (ctx.out().is_json()) {
        answer_columns(ctx.out(), runs, columns);
        return exit_ok;
    }
    const auto x_scale = to_scale(o.is_logarithmic_across);
    const auto y_scale = to_scale(o.is_logarithmic);
    if (o.output.empty()) {
        show_scatter(ctx.out(), runs, columns[0], columns[1], x_scale, y_scale);
    } else {
        write_page_file(ctx, scatter_page(runs, columns[0], columns[1], x_scale, y_scale), o.output);
    }
    return exit_ok;
}

int plot_parallel(Context& ctx, Tracking& tracking, const PlotOptions& o) {
    const auto columns = parse_columns(o.parallel);
    if (o.output.empty() && !ctx.out().is_json())
        throw Error{errors::missing_argument, "columns side by side are drawn in a page: name it with --output"}.hint(
            fmt::format("mlo plot --parallel {} -o runs.html", o.parallel));
    const auto runs = select_runs(ctx, tracking, o.selection, columns, most_runs);
    if (ctx.out().is_json()) {
        answer_columns(ctx.out(), runs, columns);
        return exit_ok;
    }
    write_page_file(ctx, parallel_page(runs, columns), o.output);
    return exit_ok;
}

void check(const PlotOptions& o, const Output& out) {
    const bool draws_curves = o.scatter.empty() && o.parallel.empty();
    if (!o.scatter.empty() && !o.parallel.empty())
        throw Error{errors::conflicting_options, "one of --scatter and --parallel is drawn, not both"};
    const bool is_for_curves =
        !o.metrics.empty() || !o.smoothing.empty() || o.points || o.style.axis != report::CurveAxis::step;
    if (!draws_curves && is_for_curves)
        throw Error{errors::conflicting_options,
                    "--metric, --x, --smooth and --points are for curves, not for --scatter and --parallel"};
    if (o.is_logarithmic_across && o.scatter.empty())
        throw Error{errors::conflicting_options, "--log-x is for --scatter alone"};
    if (!o.output.empty()) require_page_name(o.output);
    if (o.points && o.output.empty() && !out.is_json())
        throw Error{errors::conflicting_options, "--points is for --output and --json"};
    if (!o.output.empty() && out.is_json())
        throw Error{errors::conflicting_options, "the answer is a page or JSON: leave out --output or --json"};
}

int run(Context& ctx, const PlotOptions& o) {
    check(o, ctx.out());
    auto style = o.style;
    style.smoothing = parse_smoothing(o.smoothing);
    style.scale = to_scale(o.is_logarithmic);
    Tracking tracking{ctx, db::Access::read};
    if (!o.scatter.empty()) return plot_scatter(ctx, tracking, o);
    if (!o.parallel.empty()) return plot_parallel(ctx, tracking, o);
    return plot_curves(ctx, tracking, o, style);
}

constexpr Example examples[] = {
    {"mlo plot", "the metrics of the run that was started last"},
    {"mlo plot -m loss --smooth 0.9 -w \"params.model = 'tree'\"", "one metric of several runs, smoothed"},
    {"mlo plot -n 20 -o curves.html", "a page with the curves of the latest 20 runs"}};

}  // namespace

extern const Command plot_command{.words = "plot",
                                  .group = Group::track,
                                  .summary = "draw the metrics of runs: in the terminal, or as a page",
                                  .bind = command_main<PlotOptions, declare, run>,
                                  .json_schema = "mlo/plot-v1",
                                  .examples = examples};

}  // namespace mlo::cli
