// SPDX-License-Identifier: Apache-2.0
#include <mlo/workspace/checkout.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <mlo/util/errors.hpp>
#include <mlo/util/mutant.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/text.hpp>
#include <mlo/workspace/errors.hpp>
#include <mlo/workspace/listing.hpp>
#include <mlo/workspace/safe_name.hpp>
#include <set>

#include "checkout_apply.hpp"
#include "checkout_planner.hpp"
#include "record_stamps.hpp"
#include "work_tree_lock.hpp"

namespace mlo::workspace {
namespace {

constexpr std::size_t listed_paths = 20;

/// The requested paths that lie within the target; none if all of it is wanted.
std::vector<std::string> parts_of(const Target& target, std::span<const std::string> paths) {
    std::vector<std::string> parts;
    for (const auto& path : paths) {
        if (path::is_within(target.path, path)) return {};
        if (path::is_within(path, target.path)) parts.push_back(path);
    }
    return parts;
}

void check_part(Workspace& workspace, const Target& target, const std::string& part, const SparseSet& sparse) {
    StoredTrees trees{workspace.store()};
    const auto entry = find_entry(target, part, trees);
    if (!entry && !workspace.stat(part))
        throw Error{errors::not_in_version,
                    fmt::format("the version of {} holds no {}", quoted(target.path), quoted(part))}
            .hint(fmt::format("mlo ls {}", workspace.shown(target.path)));
    // A folder that is left out may still hold something that is not.
    if (entry && entry->kind != store::EntryKind::directory && !sparse.includes(part))
        throw Error{errors::left_out_by_sparse, fmt::format("the sparse patterns leave {} out", quoted(part))}.hint(
            "mlo checkout --no-sparse");
}

TargetPlan plan_target(Workspace& workspace, const KnownFiles& known, const CheckedOut& checked_out,
                       const SparseSet& sparse, const Target& target, std::span<const std::string> paths) {
    TargetPlan plan;
    try {
        const auto parts = parts_of(target, paths);
        for (const auto& part : parts) check_part(workspace, target, part, sparse);
        const auto folder = workspace.open_folder(path::parent(target.path));
        plan = CheckoutPlanner{target, workspace, known, checked_out, sparse, parts, *folder}.plan();
        plan.is_whole = parts.empty();
    } catch (const Error& error) {
        if (error.code().id == mlo::errors::interrupted.id) throw;
        plan = {};
        plan.failure = error;
    }
    plan.path = target.path;
    return plan;
}

/// Temporaries beside the targets; those within them the planner meets.
void find_leftovers(Workspace& workspace, std::span<TargetPlan> plans) {
    std::set<std::string_view> seen;
    for (auto& plan : plans) {
        const auto folder = path::parent(plan.path);
        if (plan.failure || !seen.insert(folder).second) continue;
        for (const auto& entry : workspace.open_folder(folder)->list())
            if (is_temporary_name(entry.name)) plan.leftovers.push_back(path::join(folder, entry.name));
    }
}

std::vector<Obstacle> all_obstacles(std::span<const TargetPlan> plans) {
    std::vector<Obstacle> obstacles;
    for (const auto& plan : plans)
        if (!plan.failure) obstacles.insert(obstacles.end(), plan.obstacles.begin(), plan.obstacles.end());
    std::sort(obstacles.begin(), obstacles.end(), [](const Obstacle& a, const Obstacle& b) { return a.path < b.path; });
    return obstacles;
}

[[noreturn]] void refuse(Workspace& workspace, std::span<const Obstacle> obstacles) {
    Error error{errors::files_in_the_way,
                fmt::format("{} in the way {} content that is stored nowhere; nothing was changed",
                            plural(obstacles.size(), "file", "files"), obstacles.size() == 1 ? "has" : "have")};
    for (const auto& obstacle : obstacles.first(std::min(obstacles.size(), listed_paths)))
        error.note(quoted(workspace.shown(obstacle.path)));
    if (obstacles.size() > listed_paths)
        error.note(fmt::format("and {} more", format_count(obstacles.size() - listed_paths)));
    throw error.hint("'mlo add PATH' to keep them, or 'mlo checkout --force' to move them to the trash");
}

/// Says, while it exists, that a checkout has begun to change names. One that was killed may have changed some that are
/// not durable yet; the next finds them as they should be, and must not call that done before it has synced them.
class Unfinished {
public:
    Unfinished(Workspace& workspace, std::span<const TargetPlan> plans)
        : workspace_{workspace}, plans_{plans}, dir_{workspace.private_dir()} {
        was_cut_short_ = dir_ != nullptr && dir_->stat(file_name).has_value();
        const bool has_work = std::any_of(
            plans.begin(), plans.end(), [](const TargetPlan& plan) { return !plan.failure && !plan.nothing_to_do(); });
        if (dir_ == nullptr || was_cut_short_ || !has_work) return;
        static_cast<void>(dir_->create(file_name, 0666));
        is_marked_ = true;
    }
    void finish() {
        if (was_cut_short_) sync_all();
        if (was_cut_short_ || is_marked_) dir_->remove(file_name);
    }

private:
    static constexpr std::string_view file_name = "checkout-unfinished";

    void sync_all() {
        if (mutant(Mutant::checkout_resync)) return;
        std::set<std::uint64_t> done;
        for (const auto& plan : plans_) {
            if (plan.failure) continue;
            const auto folder = workspace_.open_folder(path::parent(plan.path));
            if (done.insert(folder->stat_self().device).second) folder->sync_file_system();
        }
    }

    Workspace& workspace_;
    std::span<const TargetPlan> plans_;
    Dir* dir_;
    bool was_cut_short_ = false;
    bool is_marked_ = false;
};

CheckoutReport to_report(std::vector<TargetPlan>& plans) {
    CheckoutReport report;
    report.targets = plans.size();
    for (auto& plan : plans) {
        if (plan.failure) {
            report.failures.push_back({plan.path, *plan.failure});
            continue;
        }
        report.written_files += plan.files;
        report.written_bytes += plan.size_bytes;
        std::move(plan.changes.begin(), plan.changes.end(), std::back_inserter(report.changes));
    }
    std::sort(report.changes.begin(), report.changes.end(),
              [](const CheckoutChange& a, const CheckoutChange& b) { return a.path < b.path; });
    return report;
}

}  // namespace

CheckoutReport checkout(Workspace& workspace, const CheckoutRequest& request) {
    const auto& runtime = workspace.runtime();
    auto* const private_dir = workspace.private_dir();
    const auto lock = lock_work_tree(workspace, "mlo checkout");
    const auto list = find_targets(workspace, request.paths);
    require_tracked(workspace, list, request.paths);
    const auto sparse = request.new_sparse ? *request.new_sparse : SparseSet::load(private_dir);
    const auto cache = StatCache::load(workspace.stat_cache_dir());
    auto checked_out = CheckedOut::load(private_dir);
    const KnownFiles known = [&](std::string_view path) { return cache.folder(path); };
    std::vector<TargetPlan> plans;
    for (const auto& target : list.targets)
        plans.push_back(plan_target(workspace, known, checked_out, sparse, target, request.paths));
    const auto obstacles = all_obstacles(plans);
    if (!obstacles.empty() && request.in_the_way == InTheWay::refuse) refuse(workspace, obstacles);

    std::vector<Trashed> trashed;
    if (request.dry_run == DryRun::yes) {
        for (const auto& each : obstacles)
            trashed.push_back({each.path, path::join(workspace.layout().root, each.path), {}, each.way_back});
    } else {
        find_leftovers(workspace, plans);
        Trash trash{workspace.root(), workspace.store().dir(), runtime};
        trash.check(obstacles);
        // Before the files: if the work is cut short, running it again completes what was asked for.
        if (request.new_sparse && private_dir != nullptr) request.new_sparse->save(*private_dir, runtime.random);
        Unfinished unfinished{workspace, plans};
        CheckoutApply{workspace.root(), workspace.store(), trash, runtime}.run(plans);
        unfinished.finish();
        trashed = trash.taken();
        StatCacheUpdate update{cache, workspace.stat_cache_dir(), runtime};
        OneLook memory{cache, update};
        record_stamps(memory, plans, runtime);
        update.commit();
        for (std::size_t at = 0; at < plans.size(); ++at)
            if (const auto& target = list.targets[at];
                target.pointer.kind == PointerKind::directory && plans[at].is_whole && !plans[at].failure)
                checked_out.set(target.path, target.pointer.id);
        checked_out.save(private_dir, runtime);
    }
    auto report = to_report(plans);
    report.trashed = std::move(trashed);
    for (const auto& broken : list.broken) report.failures.push_back({broken.path, broken.error});
    return report;
}

}  // namespace mlo::workspace
