// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <mlo/util/error.hpp>
#include <mlo/workspace/pointer.hpp>

namespace mlo::workspace {

class Workspace;

/// Something tracked: the data at `path`, by the pointer `path`.mlo.
struct Target {
    std::string path;
    Pointer pointer;
};

/// A pointer file that cannot be read. It hides no other target.
struct BrokenPointer {
    std::string path;  ///< of the data it should describe
    Error error;
};

struct TargetList {
    std::vector<Target> targets;  ///< sorted by path
    std::vector<BrokenPointer> broken;

    /// The target that is `path` or holds it; null if there is none.
    [[nodiscard]] const Target* around(std::string_view path) const;
};

/// The targets that are, hold, or lie below one of `paths` (all targets for none), by the pointer files in the
/// workspace. Skips `.git`,
/// `.mlo`, the inside of targets and of nested git repositories, and folders that .gitignore excludes.
[[nodiscard]] TargetList find_targets(Workspace& workspace, std::span<const std::string> paths);

/// As find_targets, by the pointer files in a commit.
[[nodiscard]] TargetList find_targets_at(Workspace& workspace, std::string_view commit,
                                         std::span<const std::string> paths);

/// Throws not_tracked for the first of `paths` that no target is, holds or lies below, broken ones included.
void require_tracked(Workspace& workspace, const TargetList& list, std::span<const std::string> paths);

}  // namespace mlo::workspace
