// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

#include <mlo/pipeline/graph.hpp>

namespace mlo::pipeline {

struct OutputOf {
    const Stage& stage;
    const StagePath& at;
};

/// `inner` is `outer`, or lies within it.
[[nodiscard]] Error overlapping_outputs(const OutputOf& outer, const OutputOf& inner, const Pipeline& pipeline);
[[nodiscard]] Error document_in_output(const Pipeline& pipeline, const PipelineDocument& document, const Stage& stage);
[[nodiscard]] Error output_is_tracked(const Pipeline& pipeline, const TrackedData& data, const Stage& stage);
/// One circle among the stages that still wait for others.
[[nodiscard]] Error cycle_among(const Pipeline& pipeline, const Graph& graph, std::span<const std::uint32_t> waits_for);
/// `circle`: each is needed by the next, the last by the first.
[[nodiscard]] Error stage_cycle_error(const Pipeline& pipeline, std::span<const std::uint32_t> circle);
/// Whether `reader` reads an output of `maker`, and which.
[[nodiscard]] bool reads_from(const Stage& reader, const Stage& maker, const StagePath*& via);

}  // namespace mlo::pipeline
