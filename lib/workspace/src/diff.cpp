// SPDX-License-Identifier: Apache-2.0
#include <mlo/workspace/diff.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <mlo/git/errors.hpp>
#include <mlo/util/errors.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/text.hpp>
#include <mlo/workspace/errors.hpp>
#include <mlo/workspace/sparse.hpp>
#include <mlo/workspace/workspace.hpp>

#include "related.hpp"

namespace mlo::workspace {
namespace {

class Comparer {
public:
    Comparer(Workspace& workspace, const DiffRequest& request)
        : workspace_{workspace},
          request_{request},
          cache_{StatCache::load(workspace.stat_cache_dir())},
          update_{cache_, workspace.stat_cache_dir(), workspace.runtime()},
          stored_{workspace.store()},
          scanned_{stored_} {
        sparse_ = SparseSet::load(workspace.private_dir());
    }

    DiffReport run() {
        auto before = request_.before ? find_targets_at(workspace_, *request_.before, request_.paths) : TargetList{};
        auto after = request_.after ? find_targets_at(workspace_, *request_.after, request_.paths)
                                    : find_targets(workspace_, request_.paths);
        std::map<std::string, Pair> pairs;
        for (auto& target : before.targets) pairs[target.path].before = std::move(target.pointer);
        for (auto& target : after.targets) pairs[target.path].after = std::move(target.pointer);
        // What is broken on one side cannot be called added or deleted on the other.
        for (const auto* list : {&before, &after}) {
            for (const auto& broken : list->broken) {
                pairs.erase(broken.path);
                report_.problems.push_back({broken.path, broken.error});
            }
        }
        for (const auto& [path, pair] : pairs) compare(path, pair);
        find_renames(report_.changes);
        update_.commit();
        return std::move(report_);
    }

private:
    struct Pair {
        std::optional<Pointer> before;
        std::optional<Pointer> after;
    };

    void compare(const std::string& path, const Pair& pair) {
        std::optional<Entry> before;
        std::optional<Entry> after;
        if (pair.before) before = to_entry(*pair.before);
        if (pair.after) after = request_.after ? to_entry(*pair.after) : in_work_tree(path, *pair.after);
        if (is_unreadable_) {
            is_unreadable_ = false;
            return;
        }
        const auto told = report_.changes.size();
        try {
            diff_entries(path, before, stored_, after, scanned_, [&](Change change) {
                if (is_wanted(change.path, request_.paths)) report_.changes.push_back(std::move(change));
            });
        } catch (const Error& error) {
            if (error.kind() != ErrorKind::not_found && error.kind() != ErrorKind::corrupt) throw;
            report_.changes.resize(told);
            report_.problems.push_back({path, error});
        }
    }

    std::optional<Entry> in_work_tree(const std::string& path, const Pointer& pointer) {
        HashingSink sink{scanned_, workspace_.runtime()};
        auto found = scan(workspace_, path, to_entry(pointer), cache_, update_, sink,
                          {.sparse = &sparse_, .previous_trees = &stored_});
        is_unreadable_ = !found.problems.empty();
        std::move(found.problems.begin(), found.problems.end(), std::back_inserter(report_.problems));
        return found.entry;
    }

    Workspace& workspace_;
    const DiffRequest& request_;
    StatCache cache_;
    StatCacheUpdate update_;
    StoredTrees stored_;
    ScannedTrees scanned_;
    SparseSet sparse_;
    DiffReport report_;
    bool is_unreadable_ = false;  ///< the target at hand
};

/// The commit of `word`, if it names one.
std::optional<std::string> commit_of(Workspace& workspace, const std::string& word) {
    auto* const repository = workspace.repository();
    if (repository == nullptr) return std::nullopt;
    try {
        return repository->resolve(word);
    } catch (const Error& error) {
        const auto id = error.code().id;
        if (id == git::errors::revision_not_found.id || id == git::errors::bad_revision.id) return std::nullopt;
        throw;
    }
}

/// True if `word` is the path of something that is there, or that is or lies in something tracked.
bool names_path(Workspace& workspace, const std::string& word) {
    try {
        const auto path = workspace.from_user(word);
        if (path.empty() || workspace.stat(path)) return true;
        for (std::string_view at = path; !at.empty(); at = path::parent(at)) {
            if (path::name(at).size() <= pointer_name_limit && workspace.stat(pointer_name(at))) return true;
        }
        return false;
    } catch (const Error&) {
        return false;
    }
}

}  // namespace

DiffReport diff(Workspace& workspace, const DiffRequest& request) { return Comparer{workspace, request}.run(); }

RevisionsAndPaths sort_arguments(Workspace& workspace, std::span<const std::string> words,
                                 std::span<const std::string> paths, std::size_t limit) {
    RevisionsAndPaths sorted;
    for (const auto& word : words) {
        const bool may_be_revision = sorted.paths.empty() && sorted.commits.size() < limit;
        if (may_be_revision && !paths.empty()) {
            sorted.commits.push_back(workspace.required_repository().resolve(word));
            sorted.names.push_back(word);
            continue;
        }
        const auto commit = may_be_revision ? commit_of(workspace, word) : std::nullopt;
        const bool is_path = names_path(workspace, word);
        if (commit && is_path)
            throw Error{errors::ambiguous_argument, fmt::format("{} is both a revision and a path", quoted(word))}.hint(
                fmt::format("mlo diff -- {0}    (or, for the revision: mlo diff {0} -- .)", printable(word)));
        if (commit) {
            sorted.commits.push_back(*commit);
            sorted.names.push_back(word);
        } else if (is_path) {
            sorted.paths.push_back(workspace.from_user(word));
        } else {
            throw Error{errors::ambiguous_argument, fmt::format("{} is neither a revision nor a path", quoted(word))}
                .hint("name a path that is gone after '--': mlo diff REV -- PATH");
        }
    }
    for (const auto& path : paths) sorted.paths.push_back(workspace.from_user(path));
    // The whole workspace is no restriction.
    std::erase(sorted.paths, std::string{});
    return sorted;
}

}  // namespace mlo::workspace
