// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <csignal>
#include <mlo/track/recorder.hpp>
#include <mlo/util/child.hpp>
#include <mlo/util/exit_codes.hpp>
#include <mlo/util/text.hpp>

#include "command.hpp"
#include "context.hpp"
#include "errors.hpp"
#include "track_options.hpp"
#include "tracked_job.hpp"
#include "tracking.hpp"

namespace mlo::cli {

namespace {

constexpr int exit_not_started = 125;

struct TrackOptions {
    StartOptions start;
    std::vector<std::string> command;
    bool leaves_out_output = false;
};

void declare(Args& args, TrackOptions& o) {
    declare_start(args, o.start);
    args.flag("--no-log", o.leaves_out_output, "do not keep what CMD prints");
    args.passthrough("cmd", o.command, "the program to run and its arguments").required();
}

/// How much of the output is kept.
std::optional<track::OutputLimits> output_limits(Context& ctx, const TrackOptions& o) {
    const auto mebibytes = static_cast<std::size_t>(ctx.config().integer("track.log-mib").value_or(0));
    if (o.leaves_out_output || mebibytes == 0) return std::nullopt;
    const auto all = mebibytes << 20;
    return track::OutputLimits{.head_bytes = all / 8, .tail_bytes = all - all / 8};
}

/// Once the job has run, its exit code alone counts: our own troubles are warnings.
struct Outcome {
    int code = 0;
    int signal = 0;  ///< that ended the job
};

Outcome run_job(Context& ctx, track::Recorder& recorder, const TrackOptions& o, std::vector<int> descriptors) {
    ProcessRequest request{.program = o.command.front(),
                           .arguments = {o.command.begin() + 1, o.command.end()},
                           .environment = recorder.environment()};
    request.kept_descriptors = std::move(descriptors);
    const auto job = watch_job(ctx, recorder, request);
    if (!job.end) return {.code = job.start_failure};
    if (finish_job(ctx, recorder, *job.end)) ctx.out().hint(fmt::format("mlo runs show {}", short_id(recorder.id())));
    return {.code = job.end->shell_code(), .signal = job.end->signal};
}

Outcome track_job(Context& ctx, const TrackOptions& o) {
    auto descriptors = open_descriptors();
    std::optional<Tracking> tracking;
    std::optional<track::Recorder> recorder;
    try {
        const auto journals = journals_folder(ctx);
        if (journals && !o.start.resumed.empty())
            throw Error{errors::conflicting_options,
                        "a run cannot be resumed in a journal, where 'runs.storage' has it"}
                .hint("mlo --config runs.storage=database track --resume RUN -- CMD");
        if (journals)
            tracking.emplace(ctx, *journals);
        else
            tracking.emplace(ctx);
        auto request = to_request(ctx, tracking->workspace(), tracking->runs(), o.start);
        request.command = o.command;
        recorder.emplace(tracking->workspace(), tracking->runs(), tracking->archive(), std::move(request),
                         output_limits(ctx, o));
    } catch (const Error& error) {
        if (ctx.stop_signal() != 0) throw;
        ctx.out().error(error);
        return {.code = exit_not_started};
    }
    return run_job(ctx, *recorder, o, std::move(descriptors));
}

int run(Context& ctx, const TrackOptions& o) {
    const auto outcome = track_job(ctx, o);
    if (outcome.signal == SIGINT) die_interrupted(ctx);
    return outcome.code;
}

constexpr Example examples[] = {
    {"mlo track -- python train.py", "record what it is given, what it does and how it ends"},
    {"mlo track -p lr=0.1 -i data -o model.bin -- ./train.sh", "with a parameter, and what it uses and makes"}};
constexpr ExitMeaning exits[] = {{exit_not_started, "mlo failed before CMD was started, or its own options were wrong"},
                                 {126, "CMD was found, but cannot be run"},
                                 {127, "CMD was not found"}};

}  // namespace

extern const Command track_command{.words = "track",
                                   .group = Group::track,
                                   .summary = "run a program and record it: code, data, parameters, metrics, result",
                                   .bind = command_main<TrackOptions, declare, run>,
                                   .examples = examples,
                                   .exits = exits};

}  // namespace mlo::cli
