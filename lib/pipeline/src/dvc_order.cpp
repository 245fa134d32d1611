// SPDX-License-Identifier: Apache-2.0
#include "dvc_order.hpp"

#include <algorithm>
#include <utility>

#include "path_order.hpp"

namespace mlo::pipeline {

namespace {

/// What a stage needs, in the order of its dependencies.
std::vector<std::uint32_t> needs_as_written(const Pipeline& pipeline, const Graph& graph, std::uint32_t stage) {
    const auto rank = [&](std::uint32_t maker) {
        const auto& outs = pipeline.stages[maker].outs;
        const auto& deps = pipeline.stages[stage].deps;
        const auto first = std::find_if(deps.begin(), deps.end(), [&](const StagePath& dep) {
            return std::any_of(outs.begin(), outs.end(), [&](const StageOutput& out) {
                return dep.path == out.at.path || lies_within(dep.path, out.at.path) ||
                       lies_within(out.at.path, dep.path);
            });
        });
        return first - deps.begin();
    };
    std::vector<std::pair<std::ptrdiff_t, std::uint32_t>> ranked;
    for (const auto maker : graph.needs(stage)) ranked.emplace_back(rank(maker), maker);
    std::sort(ranked.begin(), ranked.end());
    std::vector<std::uint32_t> needs;
    for (const auto& [at, maker] : ranked) needs.push_back(maker);
    return needs;
}

}  // namespace

std::vector<std::uint32_t> dvc_order(const Pipeline& pipeline, const Graph& graph) {
    struct Step {
        std::uint32_t stage = 0;
        std::vector<std::uint32_t> needs;
        std::size_t next = 0;
    };
    std::vector<std::uint32_t> order;
    std::vector<bool> is_seen(graph.size());
    std::vector<Step> path;
    const auto enter = [&](std::uint32_t stage) {
        if (is_seen[stage]) return;
        is_seen[stage] = true;
        path.push_back({stage, needs_as_written(pipeline, graph, stage), 0});
    };
    for (std::uint32_t stage = 0; stage < graph.size(); ++stage) {
        enter(stage);
        while (!path.empty()) {
            auto& step = path.back();
            if (step.next < step.needs.size()) {
                enter(step.needs[step.next++]);
                continue;
            }
            order.push_back(step.stage);
            path.pop_back();
        }
    }
    return order;
}

}  // namespace mlo::pipeline
