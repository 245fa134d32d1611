// SPDX-License-Identifier: Apache-2.0
#include <mlo/workspace/snapshot.hpp>

#include <mlo/workspace/sparse.hpp>
#include <mlo/workspace/targets.hpp>
#include <mlo/workspace/workspace.hpp>

#include "storing_sink.hpp"

namespace mlo::workspace {
namespace {

class Looker {
public:
    explicit Looker(Workspace& workspace)
        : workspace_{workspace},
          cache_{StatCache::load(workspace.stat_cache_dir())},
          update_{cache_, workspace.stat_cache_dir(), workspace.runtime()},
          stored_{workspace.store()} {
        sparse_ = SparseSet::load(workspace.private_dir());
    }

    std::vector<Found> look_at(std::span<const std::string> paths, ContentSink& sink) {
        std::vector<Found> found;
        const auto targets = sparse_.everything() ? TargetList{} : find_targets(workspace_, paths);
        for (const auto& path : paths) {
            // Of a sparse work tree what is absent is taken from the version; beyond what is tracked nothing is sparse.
            const auto* const target = targets.around(path);
            const bool is_target = target != nullptr && target->path == path;
            ScanOptions options;
            if (is_target) options.sparse = &sparse_;
            options.previous_trees = &stored_;
            auto result = scan(workspace_, path, is_target ? std::optional{to_entry(target->pointer)} : std::nullopt,
                               cache_, update_, sink, options);
            Found& each =
                found.emplace_back(Found{path, std::move(result.entry), result.files, std::move(result.problems)});
            if (!each.problems.empty()) each.entry.reset();
        }
        return found;
    }

    StoredTrees& stored() noexcept { return stored_; }
    void remember() { update_.commit(); }

private:
    Workspace& workspace_;
    StatCache cache_;
    StatCacheUpdate update_;
    StoredTrees stored_;
    SparseSet sparse_;
};

}  // namespace

std::vector<Found> look_at(Workspace& workspace, std::span<const std::string> paths) {
    Looker looker{workspace};
    ScannedTrees trees{looker.stored()};
    HashingSink sink{trees, workspace.runtime()};
    auto found = looker.look_at(paths, sink);
    looker.remember();
    return found;
}

std::vector<Found> store_paths(Workspace& workspace, std::span<const std::string> paths,
                               store::LargeFiles large_files) {
    Looker looker{workspace};
    auto& store = workspace.store();
    const auto ingest = store.begin_ingest(large_files);
    StoringSink sink{store, *ingest};
    auto found = looker.look_at(paths, sink);
    ingest->commit();
    looker.remember();
    return found;
}

}  // namespace mlo::workspace
