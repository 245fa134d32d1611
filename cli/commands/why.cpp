// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <mlo/pipeline/engine.hpp>
#include <mlo/pipeline/errors.hpp>
#include <mlo/util/exit_codes.hpp>
#include <mlo/util/text.hpp>

#include "command.hpp"
#include "context.hpp"
#include "pipelines.hpp"

namespace mlo::cli {

namespace {

using pipeline::StageOutcome;

struct WhyOptions {
    std::string file;
    std::string stage;
};

void declare(Args& args, WhyOptions& o) {
    args.option("-f,--file", o.file, "the document [default: pipeline.yaml, else dvc.yaml, here or above]")
        .value("FILE")
        .completing(Completes::path);
    args.positional("stage", o.stage, "a stage, a group of stages, or an output")
        .completing(Completes::stage)
        .required();
}

std::string verdict_of(const pipeline::StageReport& report) {
    switch (report.outcome) {
        case StageOutcome::would_run:
            return "would run";
        case StageOutcome::would_restore:
            return "would be restored from the store";
        case StageOutcome::may_run:
            return "might run";
        case StageOutcome::skipped:
            return "is skipped";
        case StageOutcome::failed:
            return "cannot run";
        default:
            return "is up to date";
    }
}

std::string whole(const std::optional<std::string>& value) { return value ? printable(*value) : "nothing"; }

void show(Context& ctx, const pipeline::StageReport& report) {
    auto& out = ctx.out();
    out.line("{} {}", printable(report.name), verdict_of(report));
    for (const auto& reason : report.reasons) {
        out.line("  {}", describe(reason));
        if (!reason.before && !reason.after) continue;
        out.line("    before: {}", whole(reason.before));
        out.line("    now:    {}", whole(reason.after));
    }
    for (const auto& note : report.notes) out.line("  {}", note);
    if (report.error) out.line("  {}", report.error->message());
}

int run(Context& ctx, const WhyOptions& o) {
    auto open = open_pipeline(ctx, {o.file, {o.stage}});
    const auto named = open.selection.targets;
    const auto folder = open.selection.folder;
    const auto request = [&] {
        auto made = to_request(ctx, std::move(open.selection));
        made.plan = pipeline::Plan::dry;
        made.resources = machine_resources(ctx, open.pipeline);
        return made;
    }();
    class Silent final : public pipeline::EngineObserver {
        void planned(std::size_t) override {}
        void begun(const std::string&, std::span<const pipeline::Reason>, std::uint32_t) override {}
        void output(const std::string&, OutputStream, ByteView) override {}
        void retried(const std::string&, const Error&, std::chrono::nanoseconds) override {}
        void ended(const pipeline::StageReport&) override {}
        void status(const pipeline::EngineStatus&) override {}
    } silent;
    const auto executor = pipeline::local_executor(ctx.runtime());
    const auto report = run_pipeline({ctx.workspace(), open.pipeline, "", *executor, silent}, request);
    std::vector<std::uint32_t> wanted;
    for (const auto& each : named) {
        const auto found = find_target(open.pipeline, each, folder);
        wanted.insert(wanted.end(), found.begin(), found.end());
    }
    const auto is_wanted = [&](const auto& stage) {
        return named.empty() || std::find(wanted.begin(), wanted.end(), stage.stage) != wanted.end();
    };
    if (ctx.out().is_json()) {
        ctx.out().document("mlo/why-v1", [&](json::Writer& json) {
            json.key("stages").begin_array();
            for (const auto& stage : report.stages) {
                if (is_wanted(stage)) write_report(json, stage);
            }
            json.end_array();
        });
        return exit_ok;
    }
    for (const auto& stage : report.stages) {
        if (is_wanted(stage)) show(ctx, stage);
    }
    return exit_ok;
}

constexpr Example examples[] = {{"mlo why fit", "what of the stage fit differs from when it last ran"}};

}  // namespace

extern const Command why_command{.words = "why",
                                 .group = Group::pipeline,
                                 .summary = "tell why a stage would run: each thing that changed, before and now",
                                 .bind = command_main<WhyOptions, declare, run>,
                                 .json_schema = "mlo/why-v1",
                                 .examples = examples};

}  // namespace mlo::cli
