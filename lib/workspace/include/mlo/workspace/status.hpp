// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <mlo/workspace/scan.hpp>
#include <mlo/workspace/targets.hpp>
#include <mlo/workspace/tree_diff.hpp>

namespace mlo::workspace {

enum class TargetState : std::uint8_t {
    unchanged,
    modified,
    not_checked_out,  ///< nothing is there
    unreadable        ///< see `problems`
};
[[nodiscard]] std::string_view to_string(TargetState state) noexcept;

/// Whether the store has what a pointer names.
enum class Stored : std::uint8_t { yes, no };
/// Whether the changes could be listed: not without the stored tree.
enum class Listed : std::uint8_t { yes, no };

struct TargetStatus {
    Target target;
    TargetState state = TargetState::unchanged;
    Stored stored = Stored::yes;
    Listed listed = Listed::yes;
    std::vector<Change> changes;        ///< since the pointer was written
    std::vector<ScanProblem> problems;  ///< of the files, or of what the store has to compare them with
};

struct StatusReport {
    std::vector<TargetStatus> targets;  ///< in order of path
    std::vector<BrokenPointer> broken;
    std::vector<std::string> stray;  ///< paths below `.mlo/` that git tracks and must not

    [[nodiscard]] bool has_errors() const noexcept;
    [[nodiscard]] bool differs() const noexcept;
};

/// Compares what is there with what the pointers say, for the targets that are, hold or lie below `paths` (all for
/// none); of those that hold one only the changes within it are told. Throws not_tracked.
[[nodiscard]] StatusReport status(Workspace& workspace, std::span<const std::string> paths, Trust trust);

}  // namespace mlo::workspace
