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

std::string whole(const std::optional<std::string>& value) { return value ? printable(*value) : "nothing"; }

void show(Context& ctx, const pipeline::StageReport& report) {
    auto& out = ctx.out();
    out.line("{} {}", printable(report.name), verdict_of(report.outcome));
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
    const auto report = decide(ctx, open, pipeline::Plan::dry);
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
