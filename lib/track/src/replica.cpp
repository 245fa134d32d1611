// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <mlo/sync/fetch.hpp>
#include <mlo/track/code.hpp>
#include <mlo/track/errors.hpp>
#include <mlo/track/replica.hpp>
#include <mlo/util/atomic_file.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/text.hpp>
#include <mlo/workspace/checkout.hpp>
#include <mlo/workspace/snapshot.hpp>
#include <mlo/workspace/targets.hpp>

namespace mlo::track {
namespace {

constexpr std::string_view lock_name = "lock";
constexpr std::string_view kept_name = "kept";
constexpr std::string_view tree_name = "tree";

store::ObjectRef to_ref(const Input& input) { return {input.id, input.kind}; }

workspace::Entry to_entry(const Input& input, store::Executable executable) {
    return {.kind = input.kind == store::ObjectKind::tree ? store::EntryKind::directory : store::EntryKind::file,
            .executable = executable,
            .size_bytes = 0,
            .id = input.id,
            .target = {}};
}

}  // namespace

ScratchFolder::ScratchFolder(workspace::Workspace& workspace, const git::Environment& environment)
    : workspace_{workspace}, environment_{environment} {
    const auto& runtime = workspace_.runtime();
    const auto folder = path::join(workspace_.layout().store_dir, "repro");
    parent_ = workspace::make_folders(runtime.fs, folder);
    const LockFile alone{*parent_, "lock", LockMode::exclusive, "mlo repro", WhenHeld::wait, runtime};
    remove_left();
    name_ = runtime.random.hex(8);
    path_ = path::join(folder, name_);
    parent_->make_dir(name_);
    lock_.emplace(*parent_->open_dir(name_), lock_name, LockMode::exclusive, "mlo repro", WhenHeld::fail, runtime);
}

ScratchFolder::~ScratchFolder() {
    if (is_kept_) return;
    try {
        workspace::remove_tree(*parent_, name_);
    } catch (const Error&) {
        // What the job left read-only is the next one's to try, and then the user's.
    }
    forget_work_trees();
}

void ScratchFolder::keep() {
    (void)parent_->open_dir(name_)->create(kept_name, 0666);
    is_kept_ = true;
}

/// Those whose process is dead.
void ScratchFolder::remove_left() {
    bool has_removed = false;
    for (const auto& entry : parent_->list()) {
        if (entry.kind != FileKind::directory) continue;
        try {
            const auto folder = parent_->open_dir(entry.name);
            if (folder->stat(kept_name) && folder->stat(tree_name)) continue;
            const LockFile dead{*folder,     lock_name,      LockMode::exclusive,
                                "mlo repro", WhenHeld::fail, workspace_.runtime()};
            workspace::remove_tree(*parent_, entry.name);
            has_removed = true;
        } catch (const Error&) {
            continue;  // it lives
        }
    }
    if (has_removed) forget_work_trees();
}

void ScratchFolder::forget_work_trees() const noexcept {
    try {
        if (workspace_.layout().git) git::forget_absent_work_trees(*workspace_.layout().git, environment_);
    } catch (const Error&) {
        // git forgets them by itself some months later.
    }
}

std::vector<Input> needed_inputs(const RunDocument& run) {
    std::vector<Input> needed;
    for (const auto& input : run.inputs)
        if (input.role != InputRole::present) needed.push_back(input);
    if (needed.empty()) needed = run.inputs;
    std::sort(needed.begin(), needed.end(), [](const Input& a, const Input& b) { return a.path < b.path; });
    needed.erase(std::unique(needed.begin(), needed.end(),
                             [](const Input& a, const Input& b) { return a.path == b.path && a.id == b.id; }),
                 needed.end());
    return needed;
}

Replica::Replica(workspace::Workspace& original, const git::Environment& environment, const RunDocument& run,
                 const ScratchFolder& folder)
    : original_{original}, run_{run}, environment_{environment} {
    const auto& source = run.source;
    if (source.commit.empty())
        throw Error{errors::run_not_repeatable,
                    fmt::format("the run {} was recorded without a commit of git", quoted(run.id))};
    auto& repository = original_.required_repository();
    const auto commit = repository.resolve(source.commit);
    std::optional<Bytes> patch;
    if (source.diff) patch = original_.store().read_all(*source.diff, diff_limits.total_bytes * 2);
    tree_.emplace(repository.layout(), environment_, path::join(folder.path(), tree_name), commit);
    if (patch) tree_->apply(as_text(*patch));
    if (!source.is_dirty)
        warnings_.emplace_back("it is not known whether the run had uncommitted changes: its code is the commit's");
    else if (*source.is_dirty && !source.diff)
        warnings_.emplace_back("the run had uncommitted changes that were not kept: its code is the commit's");
    if (!source.changed.empty())
        warnings_.push_back(fmt::format("while the run went on, this changed: {}", fmt::join(source.changed, ", ")));
    if (workspace().root().stat(".gitmodules")) warnings_.emplace_back("submodules of git are empty here");
    for (auto& input : needed_inputs(run)) {
        if (!wanted_.empty() && wanted_.back().input.path == input.path)
            throw Error{errors::run_not_repeatable,
                        fmt::format("the run {} used two versions of {}", quoted(run.id), quoted(input.path))};
        wanted_.push_back({.input = std::move(input)});
    }
}

workspace::Workspace& Replica::workspace() {
    if (workspace_) return *workspace_;
    const auto& layout = tree_->layout();
    workspace::WorkspaceLayout places{.root = layout.work_tree,
                                      .store_dir = original_.layout().store_dir,
                                      .private_dir = path::join(layout.git_dir, "mlo"),
                                      .cache_dir = original_.layout().cache_dir,
                                      .git = layout};
    const auto current = run_.directory.empty() ? layout.work_tree : path::join(layout.work_tree, run_.directory);
    workspace_ = std::make_unique<workspace::Workspace>(std::move(places), current, environment_, original_.runtime());
    return *workspace_;
}

void Replica::look() {
    std::vector<std::string> paths;
    for (const auto& wanted : wanted_) paths.push_back(wanted.input.path);
    const auto found = workspace::look_at(workspace(), paths);
    for (std::size_t i = 0; i < wanted_.size(); ++i)
        wanted_[i].is_right = found[i].problems.empty() && found[i].entry && found[i].entry->id == wanted_[i].input.id;
}

bool Replica::original_has(const Input& input) {
    const auto found = workspace::look_at(original_, std::span{&input.path, 1});
    return found.front().problems.empty() && found.front().entry && found.front().entry->id == input.id;
}

std::vector<sync::NamedRef> Replica::absent_inputs() {
    look();
    std::vector<sync::NamedRef> absent;
    for (const auto& [input, is_right, executable] : wanted_)
        if (!is_right && !sync::is_complete(original_.store(), to_ref(input)) && !original_has(input))
            absent.push_back({.name = input.path, .object = to_ref(input)});
    return absent;
}

/// By their pointers, so that large files are shared where the file system can.
void Replica::checkout_targets() {
    const auto targets = find_targets(workspace(), {});
    workspace::CheckoutRequest request{.paths = {}, .in_the_way = workspace::InTheWay::refuse};
    for (auto& wanted : wanted_) {
        const auto* const target = targets.around(wanted.input.path);
        if (target == nullptr || target->path != wanted.input.path) continue;
        wanted.executable = target->pointer.executable;
        if (!wanted.is_right && target->pointer.id == wanted.input.id) request.paths.push_back(wanted.input.path);
    }
    if (request.paths.empty()) return;
    const auto report = workspace::checkout(workspace(), request);
    if (!report.failures.empty()) throw Error{report.failures.front().error};
}

void Replica::put(const Wanted& wanted) {
    const auto& input = wanted.input;
    const auto folder =
        workspace::make_folders(original_.runtime().fs, path::join(this->folder(), path::parent(input.path)));
    const std::string name{path::name(input.path)};
    workspace::remove_tree(*folder, name);
    sync::write_entry(original_.store(), to_entry(input, wanted.executable), *folder, name, original_.runtime());
}

void Replica::restore_inputs() {
    std::string absent;
    for (const auto& each : absent_inputs()) absent += (absent.empty() ? "" : ", ") + quoted(each.name);
    if (!absent.empty())
        throw Error{errors::input_absent,
                    fmt::format("nobody here has what the run {} used: {}", quoted(run_.id), absent)};
    for (const auto& [input, is_right, executable] : wanted_)
        if (!is_right && !sync::is_complete(original_.store(), to_ref(input)))
            (void)workspace::store_paths(original_, std::span{&input.path, 1}, store::LargeFiles::automatic);
    checkout_targets();
    look();
    for (const auto& wanted : wanted_)
        if (!wanted.is_right) put(wanted);
    look();
    for (const auto& wanted : wanted_) MLO_ASSERT(wanted.is_right);
}

}  // namespace mlo::track
