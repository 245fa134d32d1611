// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <mlo/pipeline/graph.hpp>
#include <mlo/util/exit_codes.hpp>
#include <mlo/util/text.hpp>

#include "command.hpp"
#include "context.hpp"
#include "pipelines.hpp"

namespace mlo::cli {

namespace {

struct StageListOptions {
    PipelineOptions pipeline;
};

void declare(Args& args, StageListOptions& o) { declare_pipeline(args, o.pipeline); }

std::string about(const pipeline::Stage& stage) {
    if (stage.broken) return fmt::format("broken: {}", stage.broken->message());
    if (!stage.description.empty()) return printable(stage.description);
    std::string outs;
    for (const auto& out : stage.outs) outs += (outs.empty() ? "makes " : ", ") + printable(out.at.path);
    return outs;
}

void show_json(Context& ctx, const pipeline::Pipeline& pipeline, std::span<const std::uint32_t> stages) {
    ctx.out().document("mlo/stage-list-v1", [&](json::Writer& json) {
        json.key("stages").begin_array();
        for (const auto index : stages) {
            const auto& stage = pipeline.stages[index];
            json.begin_object().key("name").string(printable(pipeline.address(stage)));
            json.key("document").string(printable(pipeline.documents.at(stage.document).path));
            json.key("line").unsigned_integer(stage.place.line);
            if (!stage.group.empty()) json.key("group").string(printable(stage.group));
            if (!stage.description.empty()) json.key("description").string(printable(stage.description));
            if (stage.broken) json.key("broken").string(stage.broken->message());
            json.key("frozen").boolean(stage.is_frozen);
            json.key("deps").begin_array();
            for (const auto& dep : stage.deps) json.string(printable(dep.path));
            json.end_array().key("outs").begin_array();
            for (const auto& out : stage.outs) json.string(printable(out.at.path));
            json.end_array().end_object();
        }
        json.end_array();
    });
}

int run(Context& ctx, const StageListOptions& o) {
    const auto open = open_pipeline(ctx, o.pipeline);
    std::vector<std::uint32_t> stages;
    if (open.selection.targets.empty()) {
        for (std::uint32_t i = 0; i < open.pipeline.stages.size(); ++i) stages.push_back(i);
    } else {
        auto selection = open.selection;
        selection.extent = pipeline::Selection::Extent::only;
        stages = select(open.pipeline, pipeline::Graph{open.pipeline}, selection);
    }
    if (ctx.out().is_json()) {
        show_json(ctx, open.pipeline, stages);
        return exit_ok;
    }
    Table table{.columns = {{"stage"}, {"about"}}, .rows = {}};
    for (const auto index : stages) {
        const auto& stage = open.pipeline.stages[index];
        table.rows.push_back({printable(open.pipeline.address(stage)), about(stage)});
    }
    ctx.out().table(table);
    for (const auto& group : open.pipeline.pending) {
        ctx.out().message(fmt::format("the stages of the group {} are not known before {} is there", quoted(group.name),
                                      quoted(group.from.path)));
    }
    return exit_ok;
}

constexpr Example examples[] = {{"mlo stage list", "all stages of the pipeline here"}};

}  // namespace

extern const Command stage_list_command{.words = "stage list",
                                        .group = Group::pipeline,
                                        .summary = "list the stages of a pipeline",
                                        .bind = command_main<StageListOptions, declare, run>,
                                        .json_schema = "mlo/stage-list-v1",
                                        .examples = examples};

}  // namespace mlo::cli
