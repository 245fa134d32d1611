// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include <mlo/pipeline/graph.hpp>
#include <mlo/pipeline/pipeline.hpp>

namespace mlo::pipeline {

/// All stages in the order in which DVC runs them, one after the other: depth first, from each stage as written to what
/// it depends on, dependencies as written, itself last (`plan_repro` of dvc/repo/reproduce.py). New stages stand in a
/// dvc.lock in this order.
[[nodiscard]] std::vector<std::uint32_t> dvc_order(const Pipeline& pipeline, const Graph& graph);

}  // namespace mlo::pipeline
