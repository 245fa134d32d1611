// SPDX-License-Identifier: Apache-2.0
#include "pipeline_status.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <mlo/util/errors.hpp>
#include <mlo/util/text.hpp>
#include <mlo/workspace/workspace.hpp>

#include "change_output.hpp"
#include "context.hpp"
#include "pipelines.hpp"

namespace mlo::cli {

namespace {

using pipeline::StageOutcome;

bool is_out_of_date(const pipeline::StageReport& report) {
    return report.outcome != StageOutcome::up_to_date && report.outcome != StageOutcome::skipped;
}

bool cannot_run(const pipeline::StageReport& report) {
    return report.outcome == StageOutcome::failed || report.outcome == StageOutcome::blocked;
}

std::string why_of(const pipeline::StageReport& report) {
    auto why = describe(report.reasons);
    for (const auto& note : report.notes) why += (why.empty() ? "" : "; ") + note;
    if (report.error) why += (why.empty() ? "" : "; ") + report.error->message();
    return why;
}

std::string shown_document(Context& ctx, const PipelineStatus& status) {
    return printable(ctx.workspace().shown(status.document));
}

}  // namespace

std::optional<PipelineStatus> pipeline_status(Context& ctx) {
    auto document = find_pipeline(ctx);
    if (!document) return {};
    PipelineStatus status;
    status.document = std::move(*document);
    try {
        auto open = open_pipeline(ctx, {});
        auto report = decide(ctx, open, pipeline::Plan::glance);
        status.stages = report.stages.size();
        status.warnings = std::move(report.warnings);
        std::erase_if(report.stages, [](const auto& stage) { return !is_out_of_date(stage); });
        status.out_of_date = std::move(report.stages);
    } catch (const Error& error) {
        // It is not what the command was asked about alone.
        if (error.code().id == mlo::errors::interrupted.id || error.kind() == ErrorKind::internal) throw;
        status.error = std::make_shared<const Error>(error);
    }
    return status;
}

std::string in_words(const Error& error) {
    auto text = fmt::format("{} [MLO-{}]", error.message(), error.code().id);
    if (!error.place().empty()) text += fmt::format("\n  --> {}", error.place());
    if (const auto step = next_step(error); !step.empty()) text += fmt::format("\n  help: {}", step);
    return text;
}

void show_pipeline(Context& ctx, const PipelineStatus& status) {
    auto& out = ctx.out();
    if (status.error) return;
    const auto document = shown_document(ctx, status);
    const auto& stages = status.out_of_date;
    if (stages.empty()) {
        out.line("{}: {} up to date", document, plural(status.stages, "stage", "stages"));
        return;
    }
    out.line("{}: {} of {} out of date", document, format_count(stages.size()),
             plural(status.stages, "stage", "stages"));
    for (const auto& stage : stages) {
        const auto paint = cannot_run(stage) ? Paint::bad : Paint::changed;
        const auto verdict = cannot_run(stage) ? "cannot run" : verdict_of(stage.outcome);
        const auto why = why_of(stage);
        out.line("    {} {}{}{}", printable(stage.name), out.painted(paint, verdict), why.empty() ? "" : ": ", why);
        out.drain();
    }
    out.flush();
    const bool is_stuck = std::all_of(stages.begin(), stages.end(), cannot_run);
    out.hint(is_stuck ? "mlo why STAGE" : "mlo run");
}

void show_pipeline_short(Context& ctx, const PipelineStatus& status) {
    auto& out = ctx.out();
    if (status.error) out.line("! {}", shown_document(ctx, status));
    for (const auto& stage : status.out_of_date) {
        out.line("{} {}", cannot_run(stage) ? '!' : '*', printable(stage.name));
        out.drain();
    }
}

void write_pipeline(Context& ctx, json::Writer& json, const PipelineStatus& status) {
    json.key("pipeline").begin_object();
    json::write_path(json, "document", status.document);
    if (status.error) {
        json.key("problem");
        write_problem(json, status.document, *status.error);
    } else {
        json.key("stages").unsigned_integer(status.stages);
        json.key("out_of_date").begin_array();
        for (const auto& stage : status.out_of_date) {
            write_report(json, stage);
            ctx.out().drain();
        }
        json.end_array();
    }
    json.end_object();
}

}  // namespace mlo::cli
