// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <set>

#include <fmt/format.h>

#include <mlo/pipeline/errors.hpp>
#include <mlo/pipeline/graph.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/text.hpp>

#include "path_order.hpp"

namespace mlo::pipeline {

namespace {

using Stages = std::vector<std::uint32_t>;
enum class Way : std::uint8_t { up, down };

/// Those of one document that `name` names; "" names all of them.
Stages in_document(const Pipeline& pipeline, std::uint32_t document, std::string_view name) {
    Stages found;
    for (std::uint32_t i = 0; i < pipeline.stages.size(); ++i) {
        const auto& stage = pipeline.stages[i];
        if (stage.document != document) continue;
        if (name.empty() || stage.name == name || stage.group == name) found.push_back(i);
    }
    return found;
}

Stages by_output(const Pipeline& pipeline, const std::string& path) {
    Stages found;
    for (std::uint32_t i = 0; i < pipeline.stages.size(); ++i) {
        const auto& outs = pipeline.stages[i].outs;
        const bool fits = std::any_of(outs.begin(), outs.end(), [&](const StageOutput& out) {
            if (out.at.reach != Reach::workspace) return out.at.path == path;
            return lies_within(path, out.at.path) || lies_within(out.at.path, path);
        });
        if (fits) found.push_back(i);
    }
    return found;
}

Error unknown(const Pipeline& pipeline, const std::string& target) {
    std::set<std::string> names;
    for (const auto& stage : pipeline.stages) {
        names.insert(pipeline.address(stage));
        if (!stage.group.empty() && stage.document == 0) names.insert(stage.group);
        for (const auto& out : stage.outs) names.insert(out.at.path);
    }
    Error error{errors::stage_unknown, fmt::format("there is no stage or output {}", quoted(target))};
    if (!pipeline.documents.empty()) error.at(pipeline.documents.front().path);
    const std::vector<std::string> candidates{names.begin(), names.end()};
    const auto guess = closest_match(target, candidates);
    return guess ? std::move(error.hint(fmt::format("did you mean '{}'?", printable(*guess))))
                 : std::move(error.hint("mlo stage list"));
}

class Marked {
public:
    Marked(const Pipeline& pipeline, const Graph& graph, const std::string& folder)
        : pipeline_{pipeline}, graph_{graph}, folder_{folder} {}

    /// Those that `targets` name, and all that lies that way from them.
    [[nodiscard]] std::vector<bool> from(const std::vector<std::string>& targets) const {
        std::vector<bool> marks(pipeline_.stages.size());
        for (const auto& target : targets) {
            const auto found = find_target(pipeline_, target, folder_);
            if (found.empty()) throw unknown(pipeline_, target);
            for (const auto stage : found) marks[stage] = true;
        }
        return marks;
    }
    void spread(std::vector<bool>& marks, Way way) const {
        Stages open;
        for (std::uint32_t i = 0; i < marks.size(); ++i) {
            if (marks[i]) open.push_back(i);
        }
        while (!open.empty()) {
            const auto stage = open.back();
            open.pop_back();
            for (const auto next : way == Way::up ? graph_.needs(stage) : graph_.needed_by(stage)) {
                if (marks[next]) continue;
                marks[next] = true;
                open.push_back(next);
            }
        }
    }
    void keep(std::vector<bool>& marks, const std::vector<std::string>& targets, Way way) const {
        if (targets.empty()) return;
        auto allowed = from(targets);
        spread(allowed, way);
        for (std::size_t i = 0; i < marks.size(); ++i) marks[i] = marks[i] && allowed[i];
    }

private:
    const Pipeline& pipeline_;
    const Graph& graph_;
    const std::string& folder_;
};

}  // namespace

Stages find_target(const Pipeline& pipeline, std::string_view target, std::string_view folder) {
    if (target.empty() || pipeline.documents.empty()) return {};
    if (auto found = in_document(pipeline, 0, target); !found.empty()) return found;
    const auto document_of = [&](std::string_view typed) -> std::optional<std::uint32_t> {
        for (const auto& path : {path::normalize(path::join(folder, typed)), path::normalize(typed)}) {
            for (std::uint32_t i = 0; i < pipeline.documents.size(); ++i) {
                if (pipeline.documents[i].path == path) return i;
            }
        }
        return {};
    };
    if (const auto document = document_of(target)) return in_document(pipeline, *document, "");
    if (const auto colon = target.rfind(':'); colon != std::string_view::npos && colon + 1 < target.size()) {
        if (const auto document = document_of(target.substr(0, colon))) {
            return in_document(pipeline, *document, target.substr(colon + 1));
        }
    }
    auto found = by_output(pipeline, path::normalize(path::join(folder, target)));
    return found.empty() ? by_output(pipeline, std::string{target}) : found;
}

Stages select(const Pipeline& pipeline, const Graph& graph, const Selection& selection) {
    const Marked marked{pipeline, graph, selection.folder};
    auto marks = marked.from(selection.targets);
    if (selection.targets.empty()) {
        for (std::size_t i = 0; i < marks.size(); ++i) {
            marks[i] = pipeline.dialect == Dialect::mlo || pipeline.stages[i].document == 0;
        }
    }
    if (selection.extent == Selection::Extent::with_upstream) marked.spread(marks, Way::up);
    if (selection.extent == Selection::Extent::downstream) marked.spread(marks, Way::down);
    marked.keep(marks, selection.from, Way::down);
    marked.keep(marks, selection.until, Way::up);
    Stages selected;
    for (const auto stage : graph.order()) {
        if (!marks[stage]) continue;
        if (const auto& broken = pipeline.stages[stage].broken) throw Error{*broken};
        selected.push_back(stage);
    }
    return selected;
}

}  // namespace mlo::pipeline
