// SPDX-License-Identifier: Apache-2.0
#include "run_reports.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <mlo/git/repository.hpp>
#include <mlo/pipeline/graph.hpp>
#include <mlo/pipeline/values.hpp>
#include <mlo/report/ci_log.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/text.hpp>
#include <mlo/workspace/workspace.hpp>
#include <unordered_map>

#include "ci_places.hpp"
#include "console.hpp"
#include "context.hpp"
#include "files.hpp"
#include "pipelines.hpp"
#include "run_view.hpp"

namespace mlo::cli {

namespace {

using pipeline::StageOutcome;
using report::JobStage;

/// What GitHub takes as the summary of a step; a larger one is not shown at all.
constexpr std::uint64_t most_summary_bytes = std::uint64_t{1} << 20U;

JobStage::Outcome outcome_of(StageOutcome outcome) {
    switch (outcome) {
        case StageOutcome::up_to_date:
            return JobStage::Outcome::unchanged;
        case StageOutcome::restored:
        case StageOutcome::recorded:
        case StageOutcome::ran:
            return JobStage::Outcome::passed;
        case StageOutcome::failed:
            return JobStage::Outcome::failed;
        case StageOutcome::cancelled:
            return JobStage::Outcome::stopped;
        default:
            return JobStage::Outcome::skipped;
    }
}

void set_error(Context& ctx, JobStage& stage, const Error& error) {
    stage.code = fmt::format("MLO-{}", error.code().id);
    stage.message = error.message();
    stage.notes = error.notes();
    stage.help = next_step(error);
    auto place = ci_place(ctx, error.place(), ctx.workspace_root());
    stage.file = std::move(place.file);
    stage.line = place.line;
    stage.column = place.column;
}

JobStage job_stage(Context& ctx, const pipeline::StageReport& report, const RunTrace& trace) {
    JobStage stage;
    stage.name = report.name;
    stage.outcome = outcome_of(report.outcome);
    stage.word = report.outcome == StageOutcome::ran ? "done" : words_of(report);
    stage.why = describe(report.reasons);
    for (const auto& note : report.notes) stage.why += (stage.why.empty() ? "" : "; ") + note;
    stage.attempts = report.attempts;
    // Of what was restored it is how long that took when it ran.
    if (report.attempts > 0) stage.duration_ms = report.duration_ms;
    stage.cpu_ms = report.cpu_ms;
    stage.peak_memory_bytes = report.peak_memory_bytes;
    stage.run = report.run;
    if (report.error && report.outcome == StageOutcome::failed) set_error(ctx, stage, *report.error);
    if (const auto* const traced = trace.find(report.name)) {
        stage.began_ms = traced->began_ms;
        stage.output_end = traced->output_end;
        stage.is_output_cut = traced->is_cut;
    }
    return stage;
}

void add_needs(const pipeline::Pipeline& pipeline, const pipeline::EngineReport& engine, report::JobReport& job) {
    std::unordered_map<std::uint32_t, std::size_t> positions;
    for (std::size_t i = 0; i < engine.stages.size(); ++i) positions.emplace(engine.stages[i].stage, i);
    const pipeline::Graph graph{pipeline};
    for (std::size_t i = 0; i < engine.stages.size(); ++i) {
        for (const auto need : graph.needs(engine.stages[i].stage)) {
            if (const auto found = positions.find(need); found != positions.end())
                job.stages[i].needs.push_back(found->second);
        }
    }
}

std::optional<double> number_of(const pipeline::Datum& datum) {
    if (const auto* const value = std::get_if<double>(&datum.content)) return *value;
    if (const auto* const value = std::get_if<std::int64_t>(&datum.content)) return static_cast<double>(*value);
    if (const auto* const value = std::get_if<std::uint64_t>(&datum.content)) return static_cast<double>(*value);
    return {};
}

/// Metrics now, and in the last commit. What cannot be read is left out: no report fails for it.
std::vector<report::JobMetric> metrics_of(Context& ctx, const std::string& document) {
    auto& workspace = ctx.workspace();
    pipeline::ValuesRequest request{.sought = pipeline::Sought::metrics, .document = document};
    try {
        const auto now = read_values(workspace, request);
        std::vector<pipeline::FileValues> before;
        if (auto* const repository = workspace.repository()) {
            try {
                request.commit = repository->head();
                if (request.commit) before = read_values(workspace, request);
            } catch (const Error&) {
                // A commit without the pipeline, or with another form of it.
            }
        }
        std::vector<report::JobMetric> metrics;
        for (const auto& each : compare_values(before, now, pipeline::Equal::keep)) {
            const auto value = each.after ? number_of(*each.after) : std::nullopt;
            if (!value) continue;
            const auto earlier = each.before ? number_of(*each.before) : std::nullopt;
            metrics.push_back({each.path, each.key, *value, earlier});
        }
        return metrics;
    } catch (const Error&) {
        return {};
    }
}

using Write = void (*)(const report::JobReport&, const report::TextSink&);

void write_file(Context& ctx, const std::string& file, const report::JobReport& report, Write write) {
    if (!file.empty()) write_file(ctx, file, [&](const TextSink& sink) { write(report, sink); });
}

/// Appends to what other commands of the step have written. Returns the system's error number.
int append_summary(const std::string& file, const report::JobReport& report) {
    const int fd = ::open(file.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
    if (fd < 0) return errno;
    struct stat status {};
    const auto there = ::fstat(fd, &status) == 0 ? static_cast<std::uint64_t>(status.st_size) : 0;
    const auto room = there < most_summary_bytes ? most_summary_bytes - there : 0;
    const auto problem = write_fully(fd, report::to_markdown(report, room));
    ::close(fd);
    return problem;
}

}  // namespace

void declare_reports(Args& args, ReportOptions& o) {
    args.option("--junit", o.junit, "write what became of each stage as JUnit XML")
        .value("FILE")
        .completing(Completes::path);
    args.option("--open-metrics", o.open_metrics, "write counts, durations and metrics as OpenMetrics text")
        .value("FILE")
        .completing(Completes::path);
    args.option("--report", o.page, "write a page: graph, time line, reasons, metrics, ends of what stages printed")
        .value("FILE.html")
        .completing(Completes::path);
}

void prepare_reports(Context& ctx, const ReportOptions& o) {
    for (const auto* const file : {&o.junit, &o.open_metrics, &o.page}) {
        if (file->empty()) continue;
        const auto full = path::absolute(*file, ctx.cwd());
        static_cast<void>(workspace::make_folders(ctx.runtime().fs, std::string{path::parent(full)}));
    }
}

bool wants_report(const RunLog& log, const ReportOptions& o) noexcept {
    return log.system() == CiSystem::github || !o.junit.empty() || !o.open_metrics.empty() || !o.page.empty();
}

report::JobReport job_report(Context& ctx, const pipeline::Pipeline& pipeline, const pipeline::EngineReport& engine,
                             const RunTrace& trace, const std::string& summary) {
    report::JobReport job;
    job.title = pipeline.documents.front().path;
    job.summary = summary;
    job.host = host_name();
    job.began_ms = trace.began_ms();
    job.duration_ms = engine.duration_ms;
    for (const auto& stage : engine.stages) job.stages.push_back(job_stage(ctx, stage, trace));
    add_needs(pipeline, engine, job);
    job.metrics = metrics_of(ctx, job.title);
    job.warnings = engine.warnings;
    if (engine.trouble) job.warnings.push_back(engine.trouble->message());
    return job;
}

void report_run(Context& ctx, RunLog& log, const ReportOptions& o, const report::JobReport& report) {
    if (log.system() == CiSystem::github) {
        for (const auto& line : report::github_annotations(report)) log.command(line);
        if (const auto file = ctx.environment().get("GITHUB_STEP_SUMMARY")) {
            const auto problem = append_summary(*file, report);
            if (problem != 0)
                log.warning(fmt::format("the summary of the step cannot be written: {}", std::strerror(problem)));
        }
    }
    write_file(ctx, o.junit, report, report::write_junit);
    write_file(ctx, o.open_metrics, report, report::write_open_metrics);
    write_file(ctx, o.page, report, report::write_job_page);
}

void annotate(Context& ctx, RunLog& log, const Error& error) {
    if (log.system() != CiSystem::github) return;
    report::JobReport job;
    auto& stage = job.stages.emplace_back();
    stage.outcome = JobStage::Outcome::failed;
    stage.name = "mlo run";
    set_error(ctx, stage, error);
    for (const auto& line : report::github_annotations(job)) log.command(line);
}

}  // namespace mlo::cli
