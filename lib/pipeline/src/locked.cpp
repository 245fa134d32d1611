// SPDX-License-Identifier: Apache-2.0
#include <mlo/pipeline/locked.hpp>

#include <algorithm>
#include <iterator>
#include <optional>

#include <mlo/dvc/site.hpp>
#include <mlo/sync/fetch.hpp>

#include "stage_locks.hpp"
#include "stored_outputs.hpp"

namespace mlo::pipeline {

namespace {

/// Of one stage: what the lock knows and the work tree has not, and whether all else is as the lock says.
struct Gap {
    const Stage* stage = nullptr;
    std::vector<OutputRecord> outs;
    std::vector<LockedOutput> absent;
    bool is_all_else_as_known = true;
};

Gap find_gap(const Pipeline& pipeline, const Stage& stage, const StageRecord& known, Observer& observer) {
    std::vector<std::string> paths;
    for (const auto& out : stage.outs) paths.push_back(out.at.path);
    const auto seen = observer.look(paths);
    Gap gap{&stage, known.outs, {}, true};
    for (std::size_t i = 0; i < seen.size(); ++i) {
        const auto& at = stage.outs[i].at;
        const auto record =
            std::find_if(known.outs.begin(), known.outs.end(), [&](const auto& out) { return out.path == at.written; });
        const bool is_known = record != known.outs.end() && record->state;
        if (is_known && !seen[i].state && !seen[i].error && at.reach == Reach::workspace) {
            gap.absent.push_back({at.path, pipeline.address(stage)});
        } else if (!is_known || !seen[i].state || !same_content(*record->state, *seen[i].state)) {
            gap.is_all_else_as_known = false;
        }
    }
    return gap;
}

}  // namespace

LockedReport restore_locked(workspace::Workspace& workspace, const Pipeline& pipeline, const LockedRequest& request) {
    const bool is_dvc = pipeline.dialect == Dialect::dvc;
    const auto& runtime = workspace.runtime();
    const EngineRequest as_running;
    std::optional<ledger::Ledger> ledger;
    std::optional<SharedResults> results;
    std::optional<DvcShelf> shelf;
    if (is_dvc) {
        ledger.emplace(workspace.layout().store_dir, db::Access::write, runtime);
        results.emplace(*ledger, "", runtime.log);
        const auto& folder = pipeline.documents.front().folder;
        if (const auto site = dvc::find_site(workspace.layout().root, folder, request.environment, runtime))
            shelf.emplace(*site, workspace);
    }
    Observer observer{workspace, is_dvc ? WithMd5::yes : WithMd5::no};
    StoredOutputs stored{
        {workspace, observer, as_running, pipeline.dialect, results ? &*results : nullptr, shelf ? &*shelf : nullptr}};
    StageLocks locks{workspace};
    std::vector<Gap> gaps;
    std::vector<store::ObjectRef> wanted;
    for (const auto& stage : pipeline.stages) {
        runtime.check_stop();
        const auto known = locks.find(pipeline.documents.at(stage.document).path, stage.name);
        if (!known || stage.outs.empty()) continue;
        auto gap = find_gap(pipeline, stage, *known, observer);
        if (gap.absent.empty()) continue;
        if (gap.is_all_else_as_known) stored.identify(gap.outs);
        for (const auto& out : gap.outs) {
            const bool is_here =
                !out.state || !out.state->id || sync::is_complete(workspace.store(), {*out.state->id, out.state->kind});
            if (!is_here && gap.is_all_else_as_known) wanted.push_back({*out.state->id, out.state->kind});
        }
        gaps.push_back(std::move(gap));
    }
    if (request.fetch && !wanted.empty()) request.fetch(wanted);
    LockedReport report;
    for (auto& gap : gaps) {
        const bool is_here = gap.is_all_else_as_known && stored.restore(*gap.stage, gap.outs);
        auto& told = is_here ? report.restored : report.lacking;
        std::move(gap.absent.begin(), gap.absent.end(), std::back_inserter(told));
    }
    observer.save();
    return report;
}

}  // namespace mlo::pipeline
