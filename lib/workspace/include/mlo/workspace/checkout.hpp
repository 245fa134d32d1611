// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <mlo/util/error.hpp>
#include <mlo/workspace/sparse.hpp>
#include <mlo/workspace/tree_diff.hpp>

namespace mlo::workspace {

class Workspace;

/// What to do about files whose bytes are in no store: a modified one, or an unknown one where the version has none or
/// another.
enum class InTheWay { refuse, move_to_trash };
enum class DryRun { no, yes };

struct CheckoutRequest {
    /// Targets, folders that hold targets, or parts of targets; relative to the root of the workspace. None: all
    /// targets.
    std::vector<std::string> paths;
    InTheWay in_the_way = InTheWay::refuse;
    DryRun dry_run = DryRun::no;
    /// To be recorded as this work tree's sparse patterns; nothing: those recorded already hold.
    std::optional<SparseSet> new_sparse{};
};

/// One path whose content, kind or executable bit was (in a dry run: would be) changed.
struct CheckoutChange {
    std::string path;
    ChangeKind kind = ChangeKind::added;
};

/// Something that was moved out of the way.
struct Trashed {
    enum class Return : std::uint8_t { in_place, beside };

    std::string path;  ///< where it was, relative to the root of the workspace
    std::string from;  ///< the same, absolute
    std::string to;    ///< where it is now, absolute
    /// beside: what stands in its place now is a folder where it is none, or the other way round.
    Return way_back = Return::in_place;
};

/// What to type to have it back: `mv -T -- '<to>' '<from>'`, quoted for a POSIX shell (bash, if the name has control
/// characters).
[[nodiscard]] std::string restore_command(const Trashed& trashed);

struct CheckoutFailure {
    std::string path;  ///< the target
    Error error;
};

struct CheckoutReport {
    std::vector<CheckoutChange> changes;    ///< sorted by path
    std::vector<Trashed> trashed;           ///< in a dry run: without `to`
    std::vector<CheckoutFailure> failures;  ///< targets that were left as they were, or not completed
    std::uint64_t targets = 0;              ///< looked at
    std::uint64_t written_files = 0;
    std::uint64_t written_bytes = 0;
};

/// Makes the workspace equal to its pointers, for the targets asked for. What is right already is not touched; whatever
/// interrupts it, each file has its old or its new content, and running it again completes.
///
/// Takes the lock of the worktree. Throws not_tracked for a path that no pointer covers, left_out_by_sparse,
/// files_in_the_way (with InTheWay::refuse, listing them; nothing was changed then), io errors, interrupted. What is
/// wrong with one target (its pointer, its objects, hostile or colliding names) is in the report, and the others are
/// done.
[[nodiscard]] CheckoutReport checkout(Workspace& workspace, const CheckoutRequest& request);

}  // namespace mlo::workspace
