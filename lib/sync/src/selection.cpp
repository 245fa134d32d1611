// SPDX-License-Identifier: Apache-2.0
#include <mlo/sync/selection.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include <mlo/git/repository.hpp>

namespace mlo::sync {
namespace {

/// Gathers targets, each object under the first name that it has.
class Gathered {
public:
    explicit Gathered(Selected& into) : into_{into} {}

    void add(workspace::TargetList list, const std::string& prefix) {
        for (const auto& target : list.targets) {
            const store::ObjectRef object{target.pointer.id, target.pointer.object_kind()};
            const auto [known, is_new] = known_.try_emplace(object, into_.objects.size());
            if (is_new)
                into_.objects.push_back({.name = prefix + target.path,
                                         .object = object,
                                         .paths = {},
                                         .size_bytes = target.pointer.size_bytes});
            auto& paths = into_.objects[known->second].paths;
            if (std::find(paths.begin(), paths.end(), target.path) == paths.end()) paths.push_back(target.path);
        }
        for (auto& broken : list.broken) into_.broken.push_back(std::move(broken));
    }

private:
    Selected& into_;
    std::map<store::ObjectRef, std::size_t> known_;
};

}  // namespace

Selected select(workspace::Workspace& workspace, const Selection& selection) {
    Selected selected;
    Gathered gathered{selected};
    if (selection.commits == Commits::named && selection.revisions.empty()) {
        auto list = find_targets(workspace, selection.paths);
        require_tracked(workspace, list, selection.paths);
        gathered.add(std::move(list), "");
        return selected;
    }
    auto& repository = workspace.required_repository();
    for (const auto& revision : selection.revisions) {
        auto list = find_targets_at(workspace, repository.resolve(revision), selection.paths);
        require_tracked(workspace, list, selection.paths);
        gathered.add(std::move(list), revision + ":");
    }
    if (selection.commits == Commits::named) return selected;
    std::vector<std::string> ends;
    for (const auto& reference : repository.references()) ends.push_back(reference.commit);
    if (const auto head = repository.head()) ends.push_back(*head);
    const auto history = repository.history(ends);
    selected.is_complete = history.complete;
    gathered.add(find_targets(workspace, selection.paths), "");
    for (const auto& commit : history.commits) {
        workspace.runtime().check_stop();
        gathered.add(find_targets_at(workspace, commit, selection.paths), commit.substr(0, 12) + ":");
    }
    return selected;
}

}  // namespace mlo::sync
