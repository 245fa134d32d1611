// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <mlo/store/object_store.hpp>
#include <mlo/workspace/pointer.hpp>

namespace mlo::workspace {

class Workspace;

enum class AddOutcome : std::uint8_t { added, updated, unchanged };
[[nodiscard]] std::string_view to_string(AddOutcome outcome) noexcept;

struct AddedTarget {
    std::string path;
    Pointer pointer;
    AddOutcome outcome = AddOutcome::unchanged;
};

struct AddReport {
    std::vector<AddedTarget> targets;   ///< in order of path
    std::vector<std::string> to_stage;  ///< the pointers and .gitignore files that were written, for `git add`
    std::uint64_t read_files = 0;       ///< those that the stat cache did not answer for
    std::uint64_t read_bytes = 0;
};

/// Tracks `paths` (in the workspace) or tracks them anew: stores what they hold, then writes their pointers, then makes
/// git ignore them, each only where something changes. Either all is recorded or nothing. Throws outside_workspace,
/// no_data_at, inside_target, contains_target, tracked_by_git, unsupported_file, target_is_symlink, name_too_long,
/// forbidden_name, not_data, pointer_ignored, file_changed, scan_failed (several files, each in a note), and what the
/// store throws.
[[nodiscard]] AddReport add(Workspace& workspace, std::span<const std::string> paths, store::LargeFiles large_files);

/// The files and folders that match one of the shell patterns `typed` (relative to the current folder), sorted; what is
/// below a matching folder is part of it. Ignored paths, pointers, `.git` and `.mlo` never match. Throws bad_pattern,
/// nothing_matches.
[[nodiscard]] std::vector<std::string> expand_patterns(Workspace& workspace, std::span<const std::string> typed);

}  // namespace mlo::workspace
