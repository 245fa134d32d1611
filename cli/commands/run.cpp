// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <mlo/pipeline/engine.hpp>
#include <mlo/util/exit_codes.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/text.hpp>

#include "command.hpp"
#include "context.hpp"
#include "errors.hpp"
#include "pipelines.hpp"
#include "result_cache.hpp"
#include "run_reports.hpp"
#include "run_view.hpp"
#include "tracking.hpp"

namespace mlo::cli {

namespace {

using pipeline::EngineReport;
using pipeline::StageOutcome;

struct RunOptions {
    PipelineOptions pipeline;
    std::optional<std::uint32_t> jobs;
    bool keeps_going = false;
    bool is_dry = false;
    bool is_forced = false;
    bool pulls = false;
    std::vector<std::string> from;
    std::vector<std::string> until;
    bool is_only = false;
    bool is_downstream = false;
    Percentage verify;
    ReportOptions reports;
};

void declare(Args& args, RunOptions& o) {
    args.option("-j,--jobs", o.jobs, "stages at once [default: core.jobs, else one for each processor]")
        .between(1, 1024);
    args.flag("-k,--keep-going", o.keeps_going, "go on with what does not need a stage that failed");
    args.flag("-n,--dry", o.is_dry, "say what would run and why, change nothing");
    args.flag("--force", o.is_forced, "run all selected stages, whatever is up to date");
    args.flag("--pull", o.pulls, "take results that others had from the remote [cache.remote, else the default]");
    args.option("--from", o.from, "only this stage and those that need it").value("STAGE").completing(Completes::stage);
    args.option("--until", o.until, "only this stage and those that it needs")
        .value("STAGE")
        .completing(Completes::stage);
    args.flag("--only", o.is_only, "only the stages named, not those that they need");
    args.flag("--downstream", o.is_downstream, "the stages named and those that need them");
    args.option("--verify", o.verify, "run a sample of what is up to date again, and compare; such as 5%");
    declare_reports(args, o.reports);
    declare_pipeline(args, o.pipeline);
}

pipeline::EngineRequest to_engine_request(Context& ctx, const RunOptions& o, pipeline::Selection selection) {
    if (o.is_only && o.is_downstream) {
        throw Error{errors::conflicting_options, "'--only' and '--downstream' exclude each other"}.hint(
            "mlo run --downstream STAGE");
    }
    selection.from = o.from;
    selection.until = o.until;
    if (o.is_only) selection.extent = pipeline::Selection::Extent::only;
    if (o.is_downstream) selection.extent = pipeline::Selection::Extent::downstream;
    auto request = to_request(ctx, std::move(selection));
    request.jobs = ctx.jobs(o.jobs);
    if (o.is_dry) request.plan = pipeline::Plan::dry;
    if (o.keeps_going) request.keep_going = pipeline::Scheduler::KeepGoing::yes;
    request.is_forced = o.is_forced;
    request.verify_percent = o.verify.value;
    return request;
}

std::string summary_of(const EngineReport& report) {
    constexpr std::pair<StageOutcome, std::string_view> counted[] = {
        {StageOutcome::ran, "ran"},
        {StageOutcome::restored, "restored"},
        {StageOutcome::recorded, "recorded"},
        {StageOutcome::would_run, "would run"},
        {StageOutcome::would_restore, "would be restored"},
        {StageOutcome::would_record, "would be recorded"},
        {StageOutcome::may_run, "might run"},
        {StageOutcome::up_to_date, "up to date"},
        {StageOutcome::skipped, "skipped"},
        {StageOutcome::failed, "failed"},
        {StageOutcome::cancelled, "stopped"},
        {StageOutcome::blocked, "cannot run"},
        {StageOutcome::not_started, "not started"},
    };
    std::string text;
    for (const auto& [outcome, words] : counted) {
        const auto count = report.count(outcome);
        if (count > 0) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", format_count(count), words);
    }
    return fmt::format("{}: {}, in {}", plural(report.stages.size(), "stage", "stages"),
                       text.empty() ? "nothing to do" : text, format_duration_ms(report.duration_ms));
}

void tell(Context& ctx, RunLog& log, const EngineReport& report, const RunOptions& o) {
    auto& out = ctx.out();
    for (const auto& warning : report.warnings) log.warning(warning);
    if (out.is_json()) {
        out.document("mlo/pipeline-run-v1", [&](json::Writer& json) {
            json.key("dry").boolean(o.is_dry).key("interrupted").boolean(report.is_interrupted);
            json.key("duration_ms").integer(report.duration_ms);
            if (!report.run.empty()) json.key("run").string(report.run);
            json.key("stages").begin_array();
            for (const auto& stage : report.stages) write_report(json, stage);
            json.end_array();
            if (report.trouble) write_error(json, *report.trouble);
        });
    }
    log.message(summary_of(report));
    const auto failed = std::find_if(report.stages.begin(), report.stages.end(),
                                     [](const auto& stage) { return stage.outcome == StageOutcome::failed; });
    if (failed != report.stages.end()) {
        if (!failed->run.empty()) log.hint(fmt::format("mlo runs show {}", short_id(failed->run)));
    } else if (report.is_interrupted) {
        log.hint("mlo run");
    } else if (o.is_dry) {
        const auto would_do = report.count(StageOutcome::would_run) + report.count(StageOutcome::would_record);
        if (would_do > 0) log.hint("mlo run");
    } else if (!report.run.empty()) {
        log.hint(fmt::format("mlo runs show {}", short_id(report.run)));
    }
}

int exit_code_of(const EngineReport& report, const RunOptions& o) {
    if (report.is_interrupted) return exit_signal_base + SIGINT;
    if (report.trouble) return exit_failed;
    bool has_failed = false;
    bool is_verdict = true;
    for (const auto& stage : report.stages) {
        if (stage.outcome != StageOutcome::failed) continue;
        has_failed = true;
        is_verdict = is_verdict && stage.exit_code == exit_negative;
    }
    if (has_failed) return is_verdict ? exit_negative : exit_failed;
    const bool is_deterministic = std::all_of(report.stages.begin(), report.stages.end(),
                                              [](const auto& stage) { return stage.is_deterministic; });
    return o.verify.value > 0 && !is_deterministic ? exit_negative : exit_ok;
}

int run_stages(Context& ctx, RunLog& log, const RunOptions& o) {
    static_cast<void>(ctx.workspace(o.jobs));
    auto open = open_pipeline(ctx, o.pipeline);
    auto request = to_engine_request(ctx, o, std::move(open.selection));
    find_resources(ctx, open.pipeline, request);
    prepare_reports(ctx, o.reports);
    ResultCache cache{ctx, o.pulls ? AskRemote::now : AskRemote::as_set};
    if (!o.is_dry) {
        cache.pull();
        request.fetch = cache.fetcher();
    }
    const auto executor = pipeline::local_executor(
        ctx.runtime(), path::join(ctx.workspace().layout().private_dir, pipeline::jobs_guard_name));
    RunTrace trace{ctx.runtime().clock};
    EngineReport report;
    {
        RunView view{ctx, log, trace};
        report = pipeline::run_pipeline(
            {ctx.workspace(), open.pipeline, o.is_dry ? "" : ctx.clone_id(), *executor, view}, request);
    }
    if (report.count(StageOutcome::ran) > 0) cache.push();
    tell(ctx, log, report, o);
    if (report.trouble) log.error(*report.trouble);
    if (wants_report(log, o.reports))
        report_run(ctx, log, o.reports, job_report(ctx, open.pipeline, report, trace, summary_of(report)));
    return exit_code_of(report, o);
}

int run(Context& ctx, const RunOptions& o) {
    RunLog log{ctx, ci_system(ctx.environment())};
    try {
        return run_stages(ctx, log, o);
    } catch (const Error& error) {
        annotate(ctx, log, error);
        throw log.harmless(error);
    }
}

constexpr Example examples[] = {
    {"mlo run", "run the stages that are out of date, as many at once as there are processors"},
    {"mlo run --dry", "say what would run, and why"},
    {"mlo run -k fit", "the stage fit and what it needs, whatever else fails"}};
constexpr ExitMeaning exits[] = {
    {exit_negative, "all stages that failed ended with 3, or '--verify' found one that is not deterministic"}};

}  // namespace

extern const Command run_command{.words = "run",
                                 .group = Group::pipeline,
                                 .summary = "run the stages of a pipeline that are out of date",
                                 .bind = command_main<RunOptions, declare, run>,
                                 .json_schema = "mlo/pipeline-run-v1",
                                 .examples = examples,
                                 .exits = exits};

}  // namespace mlo::cli
