// SPDX-License-Identifier: Apache-2.0
#include "stored_outputs.hpp"

#include <algorithm>

#include <fmt/format.h>

#include <mlo/pipeline/outputs.hpp>
#include <mlo/util/text.hpp>

namespace mlo::pipeline {

void StoredOutputs::identify(std::vector<OutputRecord>& outs) {
    if (parts_.dialect != Dialect::dvc) return;
    for (auto& out : outs) {
        if (out.state && !out.state->id) out.state->id = id_of(*out.state);
    }
}

std::optional<store::ObjectId> StoredOutputs::id_of(const PathState& state) {
    // DVC before 3.0 kept its objects elsewhere, and by another sum.
    if (state.md5.empty() || state.is_dos2unix_md5) return std::nullopt;
    std::vector<store::ObjectRef> named;
    if (parts_.results != nullptr) named = parts_.results->find_alias(state.md5);
    for (const auto& object : named) {
        if (parts_.workspace.store().contains(object.id)) return object.id;
    }
    if (parts_.shelf != nullptr && !only_decides(parts_.request.plan)) {
        if (const auto taken = parts_.shelf->take(state.md5)) return taken->id;
    }
    // Perhaps a remote has it.
    return named.empty() ? std::nullopt : std::optional{named.front().id};
}

bool StoredOutputs::contains(std::span<const OutputRecord> outs) {
    auto& store = parts_.workspace.store();
    return std::all_of(outs.begin(), outs.end(), [&](const OutputRecord& out) {
        return out.state && out.state->id && store.contains(*out.state->id);
    });
}

bool StoredOutputs::are_kept_for_dvc(std::span<const PathState> outs) const {
    if (parts_.shelf == nullptr) return true;
    return std::all_of(outs.begin(), outs.end(), [&](const PathState& out) {
        // What DVC before 3.0 has is elsewhere.
        return out.md5.empty() || out.is_dos2unix_md5 || parts_.shelf->contains(out.md5);
    });
}

bool StoredOutputs::could_restore(std::span<const OutputRecord> outs) {
    return std::all_of(outs.begin(), outs.end(), [&](const OutputRecord& out) {
        if (contains(std::span{&out, 1})) return true;
        return out.state && parts_.shelf != nullptr && parts_.shelf->contains(out.state->md5);
    });
}

std::optional<std::vector<OutputRecord>> StoredOutputs::restore(const Stage& stage,
                                                                std::span<const OutputRecord> outs) {
    if (outs.empty()) return std::nullopt;
    std::vector<OutputRecord> restored{outs.begin(), outs.end()};
    if (only_decides(parts_.request.plan))
        return could_restore(outs) ? std::optional{std::move(restored)} : std::nullopt;
    const bool has_ids =
        std::all_of(outs.begin(), outs.end(), [](const auto& out) { return out.state && out.state->id; });
    if (!has_ids) return std::nullopt;
    if (!restore_outputs(parts_.workspace, parts_.observer, stage, outs)) {
        if (!parts_.request.fetch) return std::nullopt;
        std::vector<store::ObjectRef> wanted;
        for (const auto& out : outs) wanted.push_back({*out.state->id, out.state->kind});
        parts_.request.fetch(wanted);
        if (!restore_outputs(parts_.workspace, parts_.observer, stage, outs)) return std::nullopt;
    }
    if (parts_.dialect == Dialect::dvc && !look_at(stage, restored)) return std::nullopt;
    return restored;
}

/// DVC's names of what was restored: what others say of them has been a claim so far.
bool StoredOutputs::look_at(const Stage& stage, std::vector<OutputRecord>& outs) {
    std::vector<std::string> paths;
    for (const auto& out : outs) {
        const auto made = std::find_if(stage.outs.begin(), stage.outs.end(),
                                       [&](const StageOutput& each) { return each.at.written == out.path; });
        MLO_ASSERT(made != stage.outs.end());
        paths.push_back(made->at.path);
    }
    const auto seen = parts_.observer.look(paths);
    for (std::size_t i = 0; i < seen.size(); ++i) {
        auto& state = *outs[i].state;
        if (seen[i].state && (state.md5.empty() || state.md5 == seen[i].state->md5)) {
            state = *seen[i].state;
            continue;
        }
        parts_.workspace.runtime().log.log(LogLevel::warning,
                                           fmt::format("{} is not what somebody called md5:{}: {} is made again",
                                                       state.id->to_string(), state.md5, quoted(paths[i])));
        return false;
    }
    return true;
}

}  // namespace mlo::pipeline
