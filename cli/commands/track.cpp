// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <csignal>
#include <map>
#include <mlo/track/errors.hpp>
#include <mlo/track/params_file.hpp>
#include <mlo/track/recorder.hpp>
#include <mlo/util/child.hpp>
#include <mlo/util/exit_codes.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/text.hpp>

#include "command.hpp"
#include "context.hpp"
#include "errors.hpp"
#include "tracked_job.hpp"
#include "tracking.hpp"

namespace mlo::cli {

namespace {

constexpr int exit_not_started = 125;

struct TrackOptions {
    std::vector<std::string> command;
    std::string experiment;
    std::string name;
    std::string note;
    std::vector<std::string> params;
    std::vector<std::string> params_files;
    std::vector<std::string> tags;
    std::vector<std::string> inputs;
    std::vector<std::string> outputs;
    bool leaves_out_diff = false;
    bool leaves_out_inputs = false;
    bool leaves_out_output = false;
};

void declare(Args& args, TrackOptions& o) {
    args.option("-n,--name", o.name, "what to call the run [default: two words and a number]");
    args.option("-e,--experiment", o.experiment, "the experiment that it belongs to [default: Default]");
    args.option("-p,--param", o.params, "a parameter").value("KEY=VALUE");
    args.option("--params", o.params_files, "parameters from a YAML or JSON file; those of --param replace them")
        .value("FILE")
        .completing(Completes::path);
    args.option("-t,--tag", o.tags, "a tag").value("KEY=VALUE");
    args.option("--note", o.note, "a text about the run").value("TEXT");
    args.option("-i,--input", o.inputs, "a file or folder that CMD uses, tracked or not")
        .value("PATH")
        .completing(Completes::path);
    args.option("-o,--output", o.outputs, "a file or folder that CMD makes: stored when it ends")
        .value("PATH")
        .completing(Completes::path);
    args.flag("--no-diff", o.leaves_out_diff, "do not look at uncommitted changes of the code");
    args.flag("--no-inputs", o.leaves_out_inputs, "do not look at tracked data, only at each --input");
    args.flag("--no-log", o.leaves_out_output, "do not keep what CMD prints");
    args.passthrough("cmd", o.command, "the program to run and its arguments").required();
}

/// The last of a name counts: files in order, then the command line.
std::vector<std::pair<std::string, std::string>> all_params(Context& ctx, const TrackOptions& o) {
    std::map<std::string, std::string> params;
    for (const auto& file : o.params_files)
        for (auto& [name, value] : track::read_params(ctx.runtime().fs, path::absolute(file, ctx.cwd()), file))
            params[name] = std::move(value);
    std::map<std::string, std::string> given;
    for (auto& [name, value] : split_assignments(o.params, "'--param'")) {
        const auto [known, is_new] = given.try_emplace(name, value);
        if (!is_new && known->second != value)
            throw Error{track::errors::param_conflict,
                        fmt::format("the parameter {} has the value {} already, and cannot become {}", quoted(name),
                                    quoted(known->second), quoted(value))};
        params[name] = std::move(value);
    }
    return {params.begin(), params.end()};
}

track::SessionRequest to_request(Context& ctx, workspace::Workspace& workspace, const TrackOptions& o) {
    track::SessionRequest request{.command = o.command, .environment = ctx.environment().entries()};
    request.experiment = o.experiment;
    request.name = o.name;
    request.note = o.note;
    const auto user = ctx.environment().get("USER").value_or("");
    request.user = is_valid_utf8(user) ? user : printable(user);
    request.parent = ctx.environment().get("MLO_RUN_ID").value_or("");
    request.params = all_params(ctx, o);
    request.tags = split_assignments(o.tags, "'--tag'");
    for (const auto& path : o.inputs) request.inputs.push_back(workspace.from_user(path));
    for (const auto& path : o.outputs) request.outputs.push_back(workspace.from_user(path));
    request.large_files = ctx.large_files();
    if (o.leaves_out_diff) request.with_diff = track::WithDiff::no;
    if (o.leaves_out_inputs) request.with_present = track::WithPresent::no;
    return request;
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
        if (const auto journals = journals_folder(ctx))
            tracking.emplace(ctx, *journals);
        else
            tracking.emplace(ctx);
        recorder.emplace(tracking->workspace(), tracking->runs(), tracking->archive(),
                         to_request(ctx, tracking->workspace(), o),
                         o.leaves_out_output ? track::WithOutput::no : track::WithOutput::yes);
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
constexpr ExitMeaning exits[] = {{exit_not_started, "mlo failed before CMD was started"},
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
