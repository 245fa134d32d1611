// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <mlo/track/errors.hpp>
#include <mlo/track/packages.hpp>
#include <mlo/track/python_environment.hpp>
#include <mlo/track/repetition.hpp>
#include <mlo/track/replica.hpp>
#include <mlo/util/errors.hpp>
#include <mlo/util/exit_codes.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/text.hpp>

#include "change_output.hpp"
#include "command.hpp"
#include "context.hpp"
#include "errors.hpp"
#include "repro_output.hpp"
#include "run_output.hpp"
#include "tracked_job.hpp"
#include "tracking.hpp"
#include "transfers.hpp"

namespace mlo::cli {

namespace {

constexpr std::uint64_t package_list_limit_bytes = 64u << 20;
constexpr std::size_t most_shown_packages = 5;

struct ReproOptions {
    std::string run;
    std::vector<std::string> command;
    TransferOptions transfer;
    std::string tolerance = "0";
    std::vector<std::string> ignored;
    bool installs = false;
    bool is_trusted = false;
    bool keeps_folder = false;
};

void declare(Args& args, ReproOptions& o) {
    args.option("--tolerance", o.tolerance, "relative difference up to which a metric counts as the same [default: 0]")
        .value("NUMBER");
    args.option("--ignore", o.ignored, "a metric that is not compared").value("METRIC");
    args.flag("--install", o.installs, "install the packages of pip that the run had, in an environment of their own");
    args.flag("--trust", o.is_trusted, "repeat a run of another clone, whose command and code will run here");
    args.flag("--keep", o.keeps_folder, "keep the folder in which the run was repeated");
    declare_transfer(args, o.transfer);
    args.positional("run", o.run, "its id or the start of it, its name, or 'last'")
        .required()
        .completing(Completes::run);
    args.passthrough("cmd", o.command, "what to run instead of the recorded command");
}

track::Tolerance to_tolerance(const track::RunDocument& run, const ReproOptions& o) {
    for (const auto& key : o.ignored)
        if (!run.metrics.contains(key))
            throw Error{errors::bad_value, fmt::format("the run has no metric {} for '--ignore'", quoted(key))}.hint(
                fmt::format("mlo runs show {}", short_id(run.id)));
    const auto relative = parse_metric_value(o.tolerance);
    if (!(relative >= 0 && relative < 1))
        throw Error{errors::bad_value,
                    fmt::format("{} is no '--tolerance': it is relative, from 0 to below 1", quoted(o.tolerance))};
    return {.relative = relative, .ignored = o.ignored};
}

void check_trust(Tracking& tracking, const track::RunDocument& run, const ReproOptions& o) {
    if (o.is_trusted || tracking.archive().is_own(run.id)) return;
    throw Error{track::errors::run_not_trusted, fmt::format("run {} was recorded by another clone", short_id(run.id))}
        .note("its command: " + command_text(run.command))
        .hint(fmt::format("mlo repro --trust {}", short_id(run.id)));
}

/// From the remote, if one is configured; what it does not have is noticed where it is needed.
void fetch(Context& ctx, const ReproOptions& o, const std::vector<sync::NamedRef>& absent) {
    if (absent.empty() || (!o.transfer.remote && configured_remotes(ctx.config()).empty())) return;
    const Transfer transfer{ctx, o.transfer};
    const auto report = sync::fetch(transfer.peer(), absent);
    for (const auto& failure : report.failures)
        ctx.out().warning(fmt::format("{}: {}", quoted(failure.name), failure.error.message()));
    if (report.records > 0)
        ctx.out().message(
            fmt::format("fetched {} from {}", format_bytes(report.bytes), quoted(transfer.remote().name)));
}

std::vector<sync::NamedRef> absent_texts(Tracking& tracking, const track::RunDocument& run) {
    std::vector<sync::NamedRef> absent;
    const auto add = [&](const std::string& name, const store::ObjectId& id) {
        if (!tracking.workspace().store().contains(id))
            absent.push_back({.name = name, .object = {id, store::ObjectKind::blob}});
    };
    if (run.source.diff) add("uncommitted changes", *run.source.diff);
    for (const auto& [kind, id] : run.packages) add(kind + " packages", id);
    return absent;
}

std::string list_of(Tracking& tracking, const track::RunDocument& run, const std::string& kind) {
    const auto found = run.packages.find(kind);
    auto& store = tracking.workspace().store();
    if (found == run.packages.end() || !store.contains(found->second)) return {};
    return std::string{as_text(store.read_all(found->second, package_list_limit_bytes))};
}

/// Before hours of training: what is installed otherwise than it was.
void compare_packages(Context& ctx, Tracking& tracking, const track::RunDocument& run, const track::JobPlan& plan) {
    const auto now = track::read_packages(track::package_places(plan.command.front(), plan.environment), ctx.runtime());
    for (const auto& [kind, id] : run.packages) {
        const auto then = list_of(tracking, run, kind);
        const auto found = now.lists.find(kind);
        const auto changes = track::package_changes(then, found == now.lists.end() ? std::string{} : found->second);
        if (then.empty() || changes.empty()) continue;
        std::string shown;
        for (std::size_t i = 0; i < std::min(changes.size(), most_shown_packages); ++i)
            shown += (i > 0 ? "; " : "") + changes[i];
        if (changes.size() > most_shown_packages)
            shown += fmt::format("; and {} more", changes.size() - most_shown_packages);
        ctx.out().warning(fmt::format("{} of {} not as installed then: {}",
                                      plural(changes.size(), "package", "packages"), kind, shown));
    }
}

track::JobPlan plan(Context& ctx, Tracking& tracking, const track::RunDocument& run, const track::Replica& replica,
                    const track::ScratchFolder& folder, const ReproOptions& o) {
    auto plan = track::plan_job(run, o.command, ctx.environment().entries(),
                                {.from = tracking.workspace().layout().root, .to = replica.folder()});
    for (const auto& note : plan.notes) ctx.out().message(note);
    if (o.installs) {
        const auto list = list_of(tracking, run, "pip");
        if (list.empty())
            throw Error{track::errors::environment_not_made, "the run recorded no packages of pip to install"};
        ctx.out().message("installing the packages of the run");
        plan.environment = track::make_python_environment(list, path::join(folder.path(), "environment"),
                                                          plan.environment, ctx.runtime());
    }
    compare_packages(ctx, tracking, run, plan);
    return plan;
}

track::SessionRequest to_request(Context& ctx, const track::RunDocument& run, const track::JobPlan& plan) {
    track::SessionRequest request{.command = plan.command, .environment = plan.environment};
    request.experiment = run.experiment.name;
    const auto user = ctx.environment().get("USER").value_or("");
    request.user = is_valid_utf8(user) ? user : printable(user);
    request.tags = {{std::string{repeats_tag}, run.id}};
    for (const auto& input : run.inputs)
        if (input.role != track::InputRole::present) request.inputs.push_back(input.path);
    for (const auto& output : run.outputs) request.outputs.push_back(output.path);
    request.large_files = ctx.large_files();
    return request;
}

/// What the caller gave the run, and not the job, is given again. At the end: the job may say the same, or another.
void give_params(Tracking& tracking, const track::RunDocument& run, const std::string& repetition) {
    const auto logged = tracking.runs().get(repetition).params;
    std::vector<std::pair<std::string, std::string>> params;
    for (const auto& [key, value] : run.params)
        if (!logged.contains(key)) params.emplace_back(key, value);
    tracking.runs().record(repetition, {.params = params});
}

int answer(Context& ctx, const ReproOptions& o, const Repeated& repeated) {
    if (ctx.out().is_json())
        write_repetition(ctx.out(), repeated);
    else
        show_repetition(ctx.out(), repeated);
    if (!repeated.folder.empty() && o.keeps_folder)
        ctx.out().message(fmt::format("kept in {}; to remove it: git worktree remove --force {}",
                                      quoted(repeated.folder), shell_word(repeated.folder)));
    switch (repeated.verdict.answer()) {
        case track::Verdict::Answer::same:
            return exit_ok;
        case track::Verdict::Answer::different:
            return exit_negative;
        case track::Verdict::Answer::nothing_to_compare:
            return exit_undecided;
    }
    return exit_internal;
}

int run(Context& ctx, const ReproOptions& o) {
    Tracking tracking{ctx};
    const auto original = tracking.runs().get(tracking.resolve(o.run));
    if (track::is_open(original.state))
        throw Error{track::errors::run_running, fmt::format("run {} goes on", short_id(original.id))};
    const auto tolerance = to_tolerance(original, o);
    check_trust(tracking, original, o);
    const git::Environment environment{ctx.environment().entries()};
    fetch(ctx, o, absent_texts(tracking, original));

    track::ScratchFolder folder{tracking.workspace(), environment};
    track::Replica replica{tracking.workspace(), environment, original, folder};
    for (const auto& warning : replica.warnings()) ctx.out().warning(warning);
    fetch(ctx, o, replica.absent_inputs());
    replica.restore_inputs();
    const auto job_plan = plan(ctx, tracking, original, replica, folder, o);
    ctx.out().message(fmt::format("repeating run {} ({}): {}", short_id(original.id), printable(original.name),
                                  command_text(job_plan.command)));

    track::Recorder recorder{replica.workspace(), tracking.runs(), tracking.archive(),
                             to_request(ctx, original, job_plan), track::OutputLimits{}};
    const auto job = watch_job(ctx, recorder,
                               {.program = job_plan.command.front(),
                                .arguments = {job_plan.command.begin() + 1, job_plan.command.end()},
                                .directory = path::join(replica.folder(), original.directory),
                                .environment = recorder.environment()},
                               PassOn::to_error_output);
    if (!job.end) return exit_failed;
    give_params(tracking, original, recorder.id());
    if (!finish_job(ctx, recorder, *job.end)) return exit_failed;
    if (job.end->signal == SIGINT) throw Error{mlo::errors::interrupted, "the repetition was interrupted"};

    const auto repetition = tracking.runs().get(recorder.id());
    if (o.keeps_folder) folder.keep();
    return answer(ctx, o,
                  {.original = original,
                   .repetition = repetition,
                   .verdict = track::compare_results(original, repetition, tolerance),
                   .folder = o.keeps_folder ? replica.folder() : std::string{}});
}

constexpr Example examples[] = {
    {"mlo repro last", "the run that was started last, from its commit, changes and data"},
    {"mlo repro --tolerance 1e-6 --ignore seconds 1a2b3c4d", "numbers that differ in the last digits"},
    {"mlo repro --install brave-otter-12", "with the packages that were installed then"}};
constexpr ExitMeaning exits[] = {{exit_negative, "metrics, outputs or the exit code differ"},
                                 {exit_undecided, "the run has neither metrics nor outputs to compare"}};

}  // namespace

extern const Command repro_command{.words = "repro",
                                   .group = Group::track,
                                   .summary = "repeat a run from what it recorded, and say what differs",
                                   .bind = command_main<ReproOptions, declare, run>,
                                   .json_schema = "mlo/repro-v1",
                                   .examples = examples,
                                   .exits = exits};

}  // namespace mlo::cli
