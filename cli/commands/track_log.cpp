// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <chrono>
#include <mlo/util/exit_codes.hpp>
#include <mlo/util/text.hpp>

#include "command.hpp"
#include "context.hpp"
#include "errors.hpp"
#include "tracking.hpp"

namespace mlo::cli {

namespace {

struct TrackLogOptions {
    std::vector<std::string> values;
    std::optional<std::int64_t> step;
    std::string time;
    std::string run;
};

void declare(Args& args, TrackLogOptions& o) {
    args.option("-s,--step", o.step, "the step that the values belong to [default: one after the metric's last]");
    args.option("--time", o.time, "when they were measured, as RFC 3339 [default: now]").value("TIME");
    declare_run(args, o.run);
    args.positional("key=value", o.values, "metrics and their values").required();
}

std::int64_t time_of(Context& ctx, const std::string& text) {
    const auto time = text.empty() ? std::optional{ctx.runtime().clock.now()} : parse_rfc3339(text);
    if (!time)
        throw Error{errors::bad_value, fmt::format("{} is no time for '--time'", quoted(text))}.hint(
            "write it as 2026-01-31T12:00:00Z");
    return std::chrono::floor<std::chrono::milliseconds>(time->time_since_epoch()).count();
}

int run(Context& ctx, const TrackLogOptions& o) {
    const auto values = split_assignments(o.values, "a metric");
    std::vector<track::MetricPoint> points;
    for (const auto& [key, value] : values)
        points.push_back(
            {key, {.step = o.step.value_or(0), .time_ms = time_of(ctx, o.time), .value = parse_metric_value(value)}});
    if (is_untracked(ctx, o.run)) return exit_ok;
    CurrentRun current{ctx, o.run};
    const auto steps = o.step ? track::Steps::given : track::Steps::following;
    current.runs().record(current.id(), {.points = points, .steps = steps});
    return exit_ok;
}

constexpr Example examples[] = {{"mlo track log loss=0.31 accuracy=0.92 --step 10", "inside of a tracked job"},
                                {"mlo track log loss=nan --run 1a2b3c4d", "into a run that is named"}};

}  // namespace

extern const Command track_log_command{.words = "track log",
                                       .group = Group::track,
                                       .summary = "record values of metrics in a run that is going on",
                                       .bind = command_main<TrackLogOptions, declare, run>,
                                       .examples = examples};

}  // namespace mlo::cli
