// SPDX-License-Identifier: Apache-2.0
#include "graph_errors.hpp"

#include <algorithm>

#include <fmt/format.h>

#include <mlo/pipeline/errors.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/text.hpp>

#include "path_order.hpp"

namespace mlo::pipeline {

namespace {

/// More of a circle, or of what stands beside it, is not read by anyone.
constexpr std::size_t shown_stages = 12;

std::string name(const Pipeline& pipeline, const Stage& stage) { return printable(pipeline.address(stage)); }

}  // namespace

Error overlapping_outputs(const OutputOf& outer, const OutputOf& inner, const Pipeline& pipeline) {
    const auto inner_place = pipeline.place(inner.stage, inner.at.place);
    const auto outer_place = pipeline.place(outer.stage, outer.at.place);
    const bool is_same_stage = &outer.stage == &inner.stage;
    if (outer.at.path == inner.at.path) {
        auto message =
            is_same_stage
                ? fmt::format("stage '{}' has the output {} twice", name(pipeline, inner.stage), quoted(inner.at.path))
                : fmt::format("the output {} is made by two stages, '{}' and '{}'", quoted(inner.at.path),
                              name(pipeline, outer.stage), name(pipeline, inner.stage));
        return Error{errors::output_twice, std::move(message)}
            .at(inner_place)
            .note(fmt::format("also at {}", outer_place))
            .hint(is_same_stage ? "remove one of the two lines" : "give one of them another output");
    }
    return Error{errors::output_inside_output,
                 fmt::format("the output {} of stage '{}' lies within {}, an output of {}", quoted(inner.at.path),
                             name(pipeline, inner.stage), quoted(outer.at.path),
                             is_same_stage ? "the same stage" : fmt::format("'{}'", name(pipeline, outer.stage)))}
        .at(inner_place)
        .note(fmt::format("{} is at {}", quoted(outer.at.path), outer_place))
        .hint("name either the folder or what is in it, not both");
}

Error document_in_output(const Pipeline& pipeline, const PipelineDocument& document, const Stage& stage) {
    const auto out = std::find_if(stage.outs.begin(), stage.outs.end(), [&](const StageOutput& candidate) {
        return candidate.at.reach == Reach::workspace && path::is_within(document.path, candidate.at.path);
    });
    MLO_ASSERT(out != stage.outs.end());
    return Error{errors::document_inside_output,
                 fmt::format("{} lies within {}, an output of stage '{}'", quoted(document.path), quoted(out->at.path),
                             name(pipeline, stage))}
        .at(pipeline.place(stage, out->at.place))
        .hint("name a smaller folder as the output, or move the document");
}

Error output_is_tracked(const Pipeline& pipeline, const TrackedData& data, const Stage& stage) {
    const auto out = std::find_if(stage.outs.begin(), stage.outs.end(), [&](const StageOutput& candidate) {
        return candidate.at.reach == data.at.reach &&
               (lies_within(candidate.at.path, data.at.path) || lies_within(data.at.path, candidate.at.path));
    });
    MLO_ASSERT(out != stage.outs.end());
    const bool is_same = out->at.path == data.at.path;
    auto message =
        is_same ? fmt::format("{} is an output of stage '{}', and {} tracks it as well", quoted(out->at.path),
                              name(pipeline, stage), quoted(data.file))
                : fmt::format("{}, an output of stage '{}', and {}, which {} tracks, lie within each other",
                              quoted(out->at.path), name(pipeline, stage), quoted(data.at.path), quoted(data.file));
    return Error{is_same ? errors::output_twice : errors::output_inside_output, std::move(message)}
        .at(pipeline.place(stage, out->at.place))
        .note(fmt::format("also at {}", format_place(data.file, data.at.place)))
        .hint(fmt::format("dvc remove {}, or give the stage another output", printable(data.file)));
}

Error stage_cycle_error(const Pipeline& pipeline, std::span<const std::uint32_t> circle) {
    std::string way;
    for (std::size_t i = 0; i < circle.size(); ++i) {
        if (i == shown_stages) {
            way += fmt::format("... ({} more) -> ", circle.size() - shown_stages);
            break;
        }
        way += name(pipeline, pipeline.stages[circle[i]]) + " -> ";
    }
    const auto& first = pipeline.stages[circle.front()];
    way += name(pipeline, first);
    Error error{errors::stage_cycle, fmt::format("stages need each other in a circle: {}", way)};
    for (std::size_t i = 0; i < std::min(circle.size(), shown_stages); ++i) {
        const auto& maker = pipeline.stages[circle[i]];
        const auto& reader = pipeline.stages[circle[(i + 1) % circle.size()]];
        const StagePath* via = nullptr;
        if (!reads_from(reader, maker, via)) continue;
        error.note(fmt::format("'{}' reads {} of '{}': {}", name(pipeline, reader), quoted(via->path),
                               name(pipeline, maker), pipeline.place(reader, reader.place)));
    }
    error.at(pipeline.place(first, first.place));
    error.hint("remove one of these dependencies");
    return error;
}

}  // namespace mlo::pipeline
