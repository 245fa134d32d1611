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
#include "signals.hpp"
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

/// Whether it is the store that failed, and not what was asked for: then the job runs all the same.
bool is_of_store(const Error& error) {
    constexpr std::string_view what_was_asked = "ACGTW";  // the components that read what the user said
    switch (error.kind()) {
        case ErrorKind::usage:
        case ErrorKind::config:
            return false;
        case ErrorKind::io:
        case ErrorKind::corrupt:
        case ErrorKind::locked:
        case ErrorKind::internal:
            return true;
        default:
            return what_was_asked.find(error.code().id.front()) == std::string_view::npos;
    }
}

Outcome run_untracked(Context& ctx, const TrackOptions& o, std::vector<int> descriptors, const Error& reason) {
    auto text = fmt::format("nothing of this run is recorded: MLO-{} {}", reason.code().id, reason.message());
    for (const auto& note : reason.notes()) text += "\n  = " + note;
    text += "\n  help: " +
            (reason.hint_text().empty() ? fmt::format("mlo explain {}", reason.code().id) : reason.hint_text());
    ctx.out().warning(text);
    ProcessRequest request{.program = o.command.front(),
                           .arguments = {o.command.begin() + 1, o.command.end()},
                           .environment = untracked_environment(ctx)};
    request.kept_descriptors = std::move(descriptors);
    const auto pause = ctx.pause_signals();
    try {
        ForegroundChild job{request};
        const auto end = job.run([](OutputStream, ByteView) {});
        return {.code = end.shell_code(), .signal = end.signal};
    } catch (const Error& error) {
        ctx.out().error(error);
        return {.code = start_failure_code(error)};
    }
}

/// What records the job, from before it starts.
struct Recording {
    std::optional<Tracking> tracking;
    std::optional<track::Recorder> recorder;
};

void begin(Context& ctx, const TrackOptions& o, track::SessionRequest request, Recording& recording) {
    auto& [tracking, recorder] = recording;
    add_paths(request, ctx.workspace(), o.start);
    const auto journals = journals_folder(ctx);
    if (journals && !o.start.resumed.empty())
        throw Error{errors::conflicting_options, "a run cannot be resumed in a journal, where 'runs.storage' has it"}
            .hint("mlo --config runs.storage=database track --resume RUN -- CMD");
    if (journals)
        tracking.emplace(ctx, *journals);
    else
        tracking.emplace(ctx);
    if (!o.start.resumed.empty()) request.resumed = tracking->resolve(o.start.resumed);
    request.command = o.command;
    recorder.emplace(tracking->workspace(), tracking->runs(), tracking->archive(), std::move(request),
                     output_limits(ctx, o));
}

Outcome track_job(Context& ctx, const TrackOptions& o) {
    auto descriptors = open_descriptors();
    Recording recording;
    try {
        auto request = to_request(ctx, o.start);
        try {
            begin(ctx, o, std::move(request), recording);
        } catch (const Error& error) {
            if (ctx.stop_signal() != 0 || !is_of_store(error)) throw;
            recording.recorder.reset();
            recording.tracking.reset();
            return run_untracked(ctx, o, std::move(descriptors), error);
        }
    } catch (const Error& error) {
        if (ctx.stop_signal() != 0) throw;
        ctx.out().error(error);
        return {.code = exit_not_started};
    }
    return run_job(ctx, *recording.recorder, o, std::move(descriptors));
}

int run(Context& ctx, const TrackOptions& o) {
    const auto outcome = track_job(ctx, o);
    if (outcome.signal == SIGINT) die_interrupted(ctx);
    return outcome.code;
}

constexpr Example examples[] = {
    {"mlo track -- python train.py", "record what it is given, what it does and how it ends"},
    {"mlo track -p lr=0.1 -i data -o model.bin -- ./train.sh", "with a parameter, and what it uses and makes"}};
constexpr ExitMeaning exits[] = {{exit_not_started, "what mlo was asked for is wrong, and CMD was not started"},
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
