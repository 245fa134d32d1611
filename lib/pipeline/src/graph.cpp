// SPDX-License-Identifier: Apache-2.0
#include <mlo/pipeline/graph.hpp>

#include <algorithm>
#include <functional>
#include <numeric>
#include <queue>

#include <fmt/format.h>

#include <mlo/pipeline/errors.hpp>
#include <mlo/util/text.hpp>

#include "graph_errors.hpp"
#include "path_order.hpp"

namespace mlo::pipeline {

namespace {

using Pair = std::pair<std::uint32_t, std::uint32_t>;

/// Calls `visit` with all paths that the stage reads.
template <typename Visit>
void each_path_read(const Stage& stage, const Visit& visit) {
    for (const auto& dep : stage.deps) visit(dep.path, dep.reach);
    for (const auto& params : stage.params) visit(params.file.path, params.file.reach);
    if (!stage.extras) return;
    for (const auto& condition : stage.extras->when) {
        if (condition.subject != Subject::branch) visit(condition.file.path, condition.file.reach);
    }
    for (const auto& fingerprint : stage.extras->environment.fingerprints) {
        if (fingerprint.kind == FingerprintKind::file) visit(fingerprint.subject, Reach::workspace);
    }
}

}  // namespace

std::span<const std::uint32_t> Graph::Edges::of(std::uint32_t stage) const noexcept {
    return std::span{ends}.subspan(begins[stage], begins[stage + 1] - begins[stage]);
}

Graph::Graph(const Pipeline& pipeline) {
    collect_outputs(pipeline);
    check_documents(pipeline);
    check_tracked(pipeline);
    connect(pipeline);
    sort_stages(pipeline);
}

std::size_t Graph::size() const noexcept { return needs_.begins.size() - 1; }
std::span<const std::uint32_t> Graph::needs(std::uint32_t stage) const noexcept { return needs_.of(stage); }
std::span<const std::uint32_t> Graph::needed_by(std::uint32_t stage) const noexcept { return needed_by_.of(stage); }
std::span<const std::uint32_t> Graph::order() const noexcept { return order_; }

void Graph::collect_outputs(const Pipeline& pipeline) {
    struct View {
        const StagePath* at;
        std::uint32_t stage;
    };
    std::vector<View> outputs;
    for (std::uint32_t i = 0; i < pipeline.stages.size(); ++i) {
        if (pipeline.stages[i].broken) continue;
        for (const auto& out : pipeline.stages[i].outs) outputs.push_back({&out.at, i});
    }
    std::stable_sort(outputs.begin(), outputs.end(), [](const View& a, const View& b) {
        if (a.at->reach != b.at->reach) return a.at->reach < b.at->reach;
        return is_before(a.at->path, b.at->path);
    });
    for (std::size_t i = 1; i < outputs.size(); ++i) {
        const auto& outer = outputs[i - 1];
        const auto& inner = outputs[i];
        if (outer.at->reach != inner.at->reach || !lies_within(inner.at->path, outer.at->path)) continue;
        throw overlapping_outputs({pipeline.stages[outer.stage], *outer.at}, {pipeline.stages[inner.stage], *inner.at},
                                  pipeline);
    }
    made_.reserve(outputs.size());
    for (const auto& output : outputs) made_.push_back({output.at->path, output.at->reach, output.stage});
}

std::size_t Graph::lower_bound(std::string_view path, Reach reach) const {
    const auto at = std::lower_bound(made_.begin(), made_.end(), path, [&](const Made& made, std::string_view sought) {
        if (made.reach != reach) return made.reach < reach;
        return is_before(made.path, sought);
    });
    return static_cast<std::size_t>(at - made_.begin());
}

std::optional<std::uint32_t> Graph::maker(std::string_view path, Reach reach) const {
    const auto at = lower_bound(path, reach);
    if (at < made_.size() && made_[at].reach == reach && made_[at].path == path) return made_[at].stage;
    if (at > 0 && made_[at - 1].reach == reach && lies_within(path, made_[at - 1].path)) return made_[at - 1].stage;
    return {};
}

void Graph::check_documents(const Pipeline& pipeline) const {
    for (const auto& document : pipeline.documents) {
        const auto stage = maker(document.path);
        if (stage) throw document_in_output(pipeline, document, pipeline.stages[*stage]);
    }
}

void Graph::check_tracked(const Pipeline& pipeline) const {
    for (const auto& data : pipeline.tracked) {
        auto stage = maker(data.at.path, data.at.reach);
        const auto next = lower_bound(data.at.path, data.at.reach);
        const bool is_around =
            next < made_.size() && made_[next].reach == data.at.reach && lies_within(made_[next].path, data.at.path);
        if (!stage && is_around) stage = made_[next].stage;
        if (stage) throw output_is_tracked(pipeline, data, pipeline.stages[*stage]);
    }
}

void Graph::connect(std::string_view path, Reach reach, std::uint32_t stage, std::vector<Pair>& edges) const {
    const auto at = lower_bound(path, reach);
    // As outputs do not lie within each other, only the one before can hold the path.
    if (at > 0 && made_[at - 1].reach == reach && lies_within(path, made_[at - 1].path)) {
        edges.emplace_back(stage, made_[at - 1].stage);
    }
    for (auto i = at; i < made_.size() && made_[i].reach == reach && lies_within(made_[i].path, path); ++i) {
        edges.emplace_back(stage, made_[i].stage);
    }
}

void Graph::connect(const Pipeline& pipeline) {
    const auto count = static_cast<std::uint32_t>(pipeline.stages.size());
    std::vector<Pair> edges;
    for (std::uint32_t i = 0; i < count; ++i) {
        const auto& stage = pipeline.stages[i];
        if (stage.broken || stage.is_frozen) continue;
        each_path_read(stage, [&](std::string_view path, Reach reach) { connect(path, reach, i, edges); });
    }
    const auto fill = [&](Edges& into) {
        std::sort(edges.begin(), edges.end());
        edges.erase(std::unique(edges.begin(), edges.end()), edges.end());
        into.begins.assign(count + std::size_t{1}, 0);
        into.ends.reserve(edges.size());
        for (const auto& [from, to] : edges) {
            ++into.begins[from + std::size_t{1}];
            into.ends.push_back(to);
        }
        std::partial_sum(into.begins.begin(), into.begins.end(), into.begins.begin());
    };
    fill(needs_);
    for (auto& [from, to] : edges) std::swap(from, to);
    fill(needed_by_);
}

void Graph::sort_stages(const Pipeline& pipeline) {
    const auto count = static_cast<std::uint32_t>(pipeline.stages.size());
    std::vector<std::uint32_t> waits_for(count);
    std::priority_queue<std::uint32_t, std::vector<std::uint32_t>, std::greater<>> free;
    for (std::uint32_t i = 0; i < count; ++i) {
        waits_for[i] = static_cast<std::uint32_t>(needs(i).size());
        if (waits_for[i] == 0) free.push(i);
    }
    order_.reserve(count);
    while (!free.empty()) {
        const auto stage = free.top();
        free.pop();
        order_.push_back(stage);
        for (const auto next : needed_by(stage)) {
            if (--waits_for[next] == 0) free.push(next);
        }
    }
    if (order_.size() == count) return;
    throw cycle_among(pipeline, *this, waits_for);
}

Error cycle_among(const Pipeline& pipeline, const Graph& graph, std::span<const std::uint32_t> waits_for) {
    // Each stage that still waits, waits for another such one: walking on from any leads into a circle.
    const auto first = static_cast<std::uint32_t>(
        std::find_if(waits_for.begin(), waits_for.end(), [](auto n) { return n > 0; }) - waits_for.begin());
    std::vector<std::uint32_t> way;
    std::vector<bool> seen(graph.size());
    auto at = first;
    while (!seen[at]) {
        seen[at] = true;
        way.push_back(at);
        const auto needs = graph.needs(at);
        at = *std::find_if(needs.begin(), needs.end(), [&](auto stage) { return waits_for[stage] > 0; });
    }
    way.erase(way.begin(), std::find(way.begin(), way.end(), at));
    // From who makes to who needs, beginning with the one that is written first.
    std::reverse(way.begin(), way.end());
    std::rotate(way.begin(), std::min_element(way.begin(), way.end()), way.end());
    return stage_cycle_error(pipeline, way);
}

bool reads_from(const Stage& reader, const Stage& maker, const StagePath*& via) {
    for (const auto& out : maker.outs) {
        bool found = false;
        each_path_read(reader, [&](const std::string& path, Reach reach) {
            found =
                found || (reach == out.at.reach && (lies_within(path, out.at.path) || lies_within(out.at.path, path)));
        });
        if (!found) continue;
        via = &out.at;
        return true;
    }
    return false;
}

}  // namespace mlo::pipeline
