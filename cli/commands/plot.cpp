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
#include "plot_text.hpp"
#include "tracking.hpp"

namespace mlo::cli {

namespace {

constexpr std::uint32_t most_curve_runs = 100;

struct PlotOptions {
    PlotSelection selection;
    std::vector<std::string> metrics;
    CurveStyle style;
    std::string smoothing;
    bool is_logarithmic = false;
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
    args.option("-w,--where", o.selection.where, "the runs for which this holds, as in 'mlo runs'").value("FILTER");
    args.option("-e,--experiment", o.selection.experiments, "the runs of this experiment").value("NAME");
    args.option("-n,--limit", o.selection.limit, "the latest so many runs [default: 100 of those that are chosen]")
        .between(1, 100'000);
    args.positional("run", o.selection.runs, "ids or the starts of them, names, or 'last' [default: last]");
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

int plot_curves(Context& ctx, Tracking& tracking, const PlotOptions& o, CurveStyle style) {
    auto selection = o.selection;
    if (selection.runs.empty() && !selection.is_list()) selection.runs = {"last"};
    auto runs = select_runs(ctx, tracking, selection, {}, most_curve_runs);
    auto metrics = select_metrics(ctx, tracking, runs, o.metrics);
    if (metrics.empty()) {
        ctx.out().message(runs.size() == 1 ? fmt::format("run {} has no metrics", short_id(runs.front().id))
                                           : "these runs have no metrics");
        ctx.out().hint("mlo track log KEY=VALUE, within a job that 'mlo track' runs");
        return exit_ok;
    }
    read_curves(ctx, tracking, runs, metrics, text_stretches(ctx.out()));
    show_curves(ctx.out(), runs, metrics, style);
    return exit_ok;
}

int run(Context& ctx, const PlotOptions& o) {
    auto style = o.style;
    style.smoothing = parse_smoothing(o.smoothing);
    if (o.is_logarithmic) style.scale = report::Scale::logarithmic;
    Tracking tracking{ctx};
    return plot_curves(ctx, tracking, o, style);
}

constexpr Example examples[] = {
    {"mlo plot", "the metrics of the run that was started last"},
    {"mlo plot -m loss --smooth 0.9 -w \"params.model = 'tree'\"", "one metric of several runs, smoothed"}};

}  // namespace

extern const Command plot_command{.words = "plot",
                                  .group = Group::track,
                                  .summary = "draw the metrics of runs in the terminal",
                                  .bind = command_main<PlotOptions, declare, run>,
                                  .examples = examples};

}  // namespace mlo::cli
