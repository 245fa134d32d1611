// SPDX-License-Identifier: Apache-2.0
#include <mlo/workspace/restore.hpp>

#include <algorithm>
#include <mlo/util/path.hpp>
#include <mlo/util/text.hpp>
#include <mlo/workspace/errors.hpp>
#include <mlo/workspace/sparse.hpp>
#include <mlo/workspace/workspace.hpp>
#include <numeric>

#include "checkout_apply.hpp"
#include "checkout_planner.hpp"
#include "record_stamps.hpp"
#include "trash.hpp"
#include "work_tree_lock.hpp"

namespace mlo::workspace {
namespace {

/// Of so many bytes on, reading them again costs more than waiting until they can be recorded.
constexpr std::uint64_t worth_recording_bytes = std::uint64_t{16} << 20;

Target to_target(const Placement& placement) {
    const auto& entry = placement.entry;
    MLO_ASSERT(entry.kind != store::EntryKind::symlink);
    Pointer pointer;
    pointer.name = path::name(placement.path);
    pointer.id = entry.id;
    pointer.kind = entry.kind == store::EntryKind::directory ? PointerKind::directory : PointerKind::file;
    pointer.executable = entry.executable;
    pointer.size_bytes = entry.size_bytes;
    return {placement.path, std::move(pointer)};
}

/// Whether the store has the bytes of all regular files in what is there.
class StoredCheck {
public:
    StoredCheck(Workspace& workspace, FileMemory& memory) : workspace_{workspace}, memory_{memory} {}

    [[nodiscard]] bool is_stored(const std::string& path, const FileStat& stat) {
        if (stat.kind != FileKind::directory) {
            const std::string folder{path::parent(path)};
            return is_stored_file(*workspace_.open_folder(folder), memory_.folder(folder), path::name(path), stat);
        }
        std::vector<std::string> folders{path};
        while (!folders.empty()) {
            workspace_.runtime().check_stop();
            const auto folder = std::move(folders.back());
            folders.pop_back();
            const auto dir = workspace_.open_folder(folder);
            const auto known = memory_.folder(folder);
            for (const auto& entry : dir->list()) {
                if (entry.kind == FileKind::directory) {
                    folders.push_back(path::join(folder, entry.name));
                } else if (entry.kind != FileKind::symlink) {
                    const auto now = dir->stat(entry.name);
                    if (now && !is_stored_file(*dir, known, entry.name, *now)) return false;
                }
            }
        }
        return true;
    }

private:
    bool is_stored_file(Dir& dir, const StatCache::Folder& known, std::string_view name, const FileStat& stat) {
        if (stat.kind != FileKind::regular) return false;
        const auto entry = known.find(name);
        if (entry && entry->stamp == stamp_of(stat)) return workspace_.store().contains(entry->id);
        const auto progress = workspace_.runtime().progress.begin("hashing", ProgressUnit::bytes);
        const auto file = dir.open(name);
        const auto blob = store::hash_file(*file, *progress, workspace_.runtime());
        return same_file(file->stat(), stat) && workspace_.store().contains(blob.id);
    }

    Workspace& workspace_;
    FileMemory& memory_;
};

/// While something is moved to the trash, a file in the private folder says so. Who was killed meanwhile left it there:
/// names may not be durable then, which the next one no longer sees, so it syncs first.
class TrashMark {
public:
    explicit TrashMark(Workspace& workspace) : workspace_{workspace}, dir_{workspace.private_dir()} {
        if (dir_ != nullptr && dir_->stat(file_name)) {
            lock();
            lock_.reset();
        }
    }
    /// Nobody else moves anything until finish().
    void begin() {
        if (dir_ == nullptr) return;
        lock();
        static_cast<void>(dir_->create(file_name, 0666));
    }
    void finish() {
        if (!lock_) return;
        dir_->remove(file_name);
        lock_.reset();
    }

private:
    static constexpr std::string_view file_name = "trash-unfinished";

    void lock() {
        lock_.emplace(*dir_, "trash.lock", LockMode::exclusive, "mlo run", WhenHeld::wait, workspace_.runtime());
        if (!dir_->stat(file_name)) return;
        workspace_.root().sync_file_system();
        workspace_.store().dir().sync_file_system();
        dir_->remove(file_name);
    }

    Workspace& workspace_;
    Dir* dir_;
    std::optional<LockFile> lock_;
};

}  // namespace

void make_folders_below(Dir& root, std::string_view path) {
    auto dir = root.open_dir("");
    for (const auto& component : path::components(path)) {
        if (!dir->stat(component)) dir->make_dir(component);
        dir = dir->open_dir(component);
    }
}

std::vector<Trashed> restore(Workspace& workspace, std::span<const Placement> placements, FileMemory& memory) {
    const auto& runtime = workspace.runtime();
    const auto lock = lock_work_tree(workspace, "mlo run", LockMode::shared);
    const KnownFiles known = [&](std::string_view path) { return memory.folder(path); };
    const CheckedOut checked_out;
    const SparseSet everything;
    std::vector<Target> targets;
    for (const auto& placement : placements) targets.push_back(to_target(placement));
    std::vector<TargetPlan> plans;
    std::vector<Obstacle> obstacles;
    for (const auto& target : targets) {
        make_folders_below(workspace.root(), path::parent(target.path));
        const auto folder = workspace.open_folder(path::parent(target.path));
        plans.push_back(CheckoutPlanner{target, workspace, known, checked_out, everything, {}, *folder}.plan());
        obstacles.insert(obstacles.end(), plans.back().obstacles.begin(), plans.back().obstacles.end());
    }
    Trash trash{workspace.root(), workspace.store().dir(), runtime};
    trash.check(obstacles);
    TrashMark mark{workspace};
    if (!obstacles.empty()) mark.begin();
    CheckoutApply{workspace.root(), workspace.store(), trash, runtime, Persistence::quick}.run(plans);
    mark.finish();
    const auto bytes = std::accumulate(plans.begin(), plans.end(), std::uint64_t{0},
                                       [](std::uint64_t sum, const TargetPlan& plan) { return sum + plan.size_bytes; });
    if (bytes >= worth_recording_bytes) record_stamps(memory, plans, runtime);
    for (const auto& plan : plans)
        if (plan.failure) throw *plan.failure;
    return trash.taken();
}

std::vector<Trashed> clear(Workspace& workspace, std::span<const Clearing> clearings, FileMemory& memory) {
    std::vector<Obstacle> obstacles;
    std::vector<std::pair<std::string, FileStat>> removals;
    StoredCheck stored{workspace, memory};
    TrashMark mark{workspace};
    for (const auto& [path, fate] : clearings) {
        MLO_ASSERT(path::is_plain_relative(path));
        const auto stat = workspace.stat(path);
        if (!stat) continue;
        const bool may_go = fate != Fate::move_to_trash && stat->kind != FileKind::symlink &&
                            (fate == Fate::remove || stored.is_stored(path, *stat));
        if (may_go)
            removals.emplace_back(path, *stat);
        else
            obstacles.push_back({path});
    }
    if (obstacles.empty() && removals.empty()) return {};
    const auto lock = lock_work_tree(workspace, "mlo run", LockMode::shared);
    Trash trash{workspace.root(), workspace.store().dir(), workspace.runtime()};
    trash.check(obstacles);
    if (!obstacles.empty()) mark.begin();
    trash.take(obstacles);
    mark.finish();
    for (const auto& [path, stat] : removals) {
        const auto folder = workspace.open_folder(path::parent(path));
        const auto name = path::name(path);
        if (!same_file(folder->stat(name), stat))
            throw Error{errors::changed_meanwhile, quoted(path) + " changed while it was about to be removed"}.hint(
                "run the command again when nothing else writes there");
        remove_tree(*folder, name);
    }
    return trash.taken();
}

}  // namespace mlo::workspace
