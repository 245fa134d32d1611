// SPDX-License-Identifier: Apache-2.0
#include <mlo/workspace/status.hpp>

#include <algorithm>
#include <array>
#include <mlo/store/errors.hpp>
#include <mlo/util/path.hpp>
#include <mlo/workspace/sparse.hpp>
#include <mlo/workspace/workspace.hpp>

#include "related.hpp"

namespace mlo::workspace {
namespace {

class Inspector {
public:
    Inspector(Workspace& workspace, std::span<const std::string> paths, Trust trust)
        : workspace_{workspace},
          paths_{paths},
          trust_{trust},
          cache_{StatCache::load(workspace.stat_cache_dir())},
          update_{cache_, workspace.stat_cache_dir(), workspace.runtime()},
          stored_{workspace.store()} {
        sparse_ = SparseSet::load(workspace.private_dir());
    }

    TargetStatus look_at(Target target) {
        TargetStatus status;
        status.target = std::move(target);
        const auto& path = status.target.path;
        const auto expected = to_entry(status.target.pointer);
        if (!workspace_.store().find(expected.id)) {
            status.stored = Stored::no;
            if (!damage_) damage_ = workspace_.store().find_index_damage();
        }
        ScannedTrees trees{stored_};
        HashingSink sink{trees, workspace_.runtime()};
        auto found = scan(workspace_, path, expected, cache_, update_, sink,
                          {.trust = trust_, .sparse = &sparse_, .previous_trees = &stored_});
        if (!found.problems.empty()) {
            status.state = TargetState::unreadable;
            status.problems = std::move(found.problems);
        } else if (!found.entry) {
            status.state = TargetState::not_checked_out;
        } else if (*found.entry != expected) {
            status.state = TargetState::modified;
            list_changes(status, expected, *found.entry, trees);
        }
        return status;
    }

    void finish() {
        update_.commit();
        if (damage_) workspace_.runtime().log.log(LogLevel::warning, damage_->message());
    }

private:
    void list_changes(TargetStatus& status, const Entry& expected, const Entry& found, ScannedTrees& trees) {
        try {
            diff_entries(status.target.path, expected, stored_, found, trees, [&](Change change) {
                if (is_wanted(change.path, paths_)) status.changes.push_back(std::move(change));
            });
        } catch (const Error& error) {
            if (error.kind() != ErrorKind::corrupt && error.code().id != store::errors::object_missing.id) throw;
            if (error.code().id == store::errors::index_corrupt.id)
                damage_ = error;
            else if (error.kind() == ErrorKind::corrupt)
                status.problems.push_back({status.target.path, error});
            status.changes.clear();
            status.stored = Stored::no;
            status.listed = Listed::no;
            return;
        }
        // All that changed lies elsewhere in the target.
        if (status.changes.empty() && !paths_.empty()) status.state = TargetState::unchanged;
    }

    Workspace& workspace_;
    std::span<const std::string> paths_;
    Trust trust_;
    StatCache cache_;
    StatCacheUpdate update_;
    StoredTrees stored_;
    SparseSet sparse_;
    std::optional<Error> damage_;  ///< of the store's index: why something is not found
};

/// What a repository may not commit: settings that would bind everybody who clones it.
std::vector<std::string> stray_files(Workspace& workspace) {
    std::vector<std::string> stray;
    auto* const repository = workspace.repository();
    if (repository == nullptr) return stray;
    const std::array<std::string, 1> own_folder{".mlo"};
    for (const auto& tracked : repository->tracked(own_folder)) {
        if (tracked.path != ".mlo/config.yaml" || tracked.kind != git::TrackedKind::file) stray.push_back(tracked.path);
    }
    return stray;
}

}  // namespace

std::string_view to_string(TargetState state) noexcept {
    switch (state) {
        case TargetState::unchanged:
            return "unchanged";
        case TargetState::modified:
            return "modified";
        case TargetState::not_checked_out:
            return "not checked out";
        case TargetState::unreadable:
            return "unreadable";
    }
    return {};
}

bool StatusReport::has_errors() const noexcept {
    return !broken.empty() || !stray.empty() ||
           std::any_of(targets.begin(), targets.end(), [](const auto& each) { return !each.problems.empty(); });
}

bool StatusReport::differs() const noexcept {
    return std::any_of(targets.begin(), targets.end(), [](const auto& each) {
        return each.state != TargetState::unchanged || each.stored == Stored::no;
    });
}

StatusReport status(Workspace& workspace, std::span<const std::string> paths, Trust trust) {
    auto list = find_targets(workspace, paths);
    require_tracked(workspace, list, paths);
    StatusReport report;
    report.broken = std::move(list.broken);
    report.stray = stray_files(workspace);
    if (list.targets.empty()) return report;
    Inspector inspector{workspace, paths, trust};
    for (auto& target : list.targets) report.targets.push_back(inspector.look_at(std::move(target)));
    inspector.finish();
    return report;
}

}  // namespace mlo::workspace
