// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mlo/util/lock_file.hpp>
#include <mlo/workspace/workspace.hpp>
#include <optional>
#include <string_view>

namespace mlo::workspace {

/// Keeps other writers of the work tree (add, checkout) out, as long as it lives; one that comes later waits. A
/// checkout removes the temporary files that it finds, so nobody else may be writing one.
[[nodiscard]] inline std::optional<LockFile> lock_work_tree(Workspace& workspace, std::string_view purpose,
                                                            LockMode mode = LockMode::exclusive) {
    auto* const dir = workspace.private_dir();
    if (dir == nullptr) return std::nullopt;
    return std::make_optional<LockFile>(*dir, "work-tree.lock", mode, purpose, WhenHeld::wait, workspace.runtime());
}

}  // namespace mlo::workspace
