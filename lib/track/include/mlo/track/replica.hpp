// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <mlo/git/scratch_work_tree.hpp>
#include <mlo/store/tree.hpp>
#include <mlo/sync/peer.hpp>
#include <mlo/track/run.hpp>
#include <mlo/util/lock_file.hpp>
#include <mlo/workspace/workspace.hpp>
#include <optional>
#include <string>
#include <vector>

namespace mlo::track {

/// The inputs without which a run cannot be repeated: those declared or observed; all that were present where there are
/// none of these.
[[nodiscard]] std::vector<Input> needed_inputs(const RunDocument& run);

/// A folder of its own in `<store>/repro` for the work of one process. Goes with the object, or, after kill -9, when
/// the next one is made.
class ScratchFolder {
public:
    ScratchFolder(workspace::Workspace& workspace, const git::Environment& environment);
    ~ScratchFolder();
    ScratchFolder(const ScratchFolder&) = delete;
    ScratchFolder& operator=(const ScratchFolder&) = delete;

    [[nodiscard]] const std::string& path() const noexcept { return path_; }
    /// It stays, until the user removes it.
    void keep();

private:
    void remove_left();
    void forget_work_trees() const noexcept;

    workspace::Workspace& workspace_;
    git::Environment environment_;
    std::unique_ptr<Dir> parent_;
    std::string name_;
    std::string path_;
    std::optional<LockFile> lock_;
    bool is_kept_ = false;
};

/// A run's code and data once more: a scratch work tree at its commit with its uncommitted changes, in which what it
/// used is put as it was. It stays as long as its folder. One thread at a time.
class Replica {
public:
    /// Puts the code into `folder`. `original` and `run` must outlive the object. Throws
    /// run_not_repeatable for a run without a commit, git's revision_not_found, git_failed, patch_failed, and
    /// object_missing for the changes.
    Replica(workspace::Workspace& original, const git::Environment& environment, const RunDocument& run,
            const ScratchFolder& folder);

    [[nodiscard]] const std::string& folder() const noexcept { return tree_->layout().work_tree; }
    /// What could not be made as it was, in sentences.
    [[nodiscard]] const std::vector<std::string>& warnings() const noexcept { return warnings_; }

    /// Those of the needed inputs that neither the code brought, nor the store nor the original work tree has as they
    /// were: to be fetched before restore_inputs().
    [[nodiscard]] std::vector<sync::NamedRef> absent_inputs();
    /// Puts the needed inputs in place; what only the original work tree had is in the store afterwards. Throws
    /// input_absent, which names all that nobody has.
    void restore_inputs();

    /// The replica as a workspace, with its current folder where the job had it.
    [[nodiscard]] workspace::Workspace& workspace();

private:
    /// A needed input, and what is in its place.
    struct Wanted {
        Input input;
        bool is_right = false;
        store::Executable executable = store::Executable::no;
    };
    void look();
    [[nodiscard]] bool original_has(const Input& input);
    void put(const Wanted& wanted);
    void checkout_targets();

    workspace::Workspace& original_;
    const RunDocument& run_;
    git::Environment environment_;
    std::optional<git::ScratchWorkTree> tree_;
    std::unique_ptr<workspace::Workspace> workspace_;
    std::vector<Wanted> wanted_;
    std::vector<std::string> warnings_;
};

}  // namespace mlo::track
