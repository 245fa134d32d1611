// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <mlo/sync/peer.hpp>
#include <mlo/workspace/targets.hpp>
#include <mlo/workspace/workspace.hpp>

namespace mlo::sync {

enum class Commits : std::uint8_t { named, all };

/// What to send or get: targets of the work tree, or of commits.
struct Selection {
    std::vector<std::string> paths;      ///< relative to the root; none: all targets
    std::vector<std::string> revisions;  ///< of git; none: the pointers in the work tree
    Commits commits = Commits::named;    ///< all: every commit that a branch, a tag, the stash or HEAD reaches
};

struct Selected {
    std::vector<NamedRef> objects;  ///< each object once
    std::vector<workspace::BrokenPointer> broken;
    bool is_complete = true;  ///< false: the history of a shallow clone ends before its first commit
};

/// Throws not_tracked for a path that nothing selected is, holds or lies below; what git's resolve does.
[[nodiscard]] Selected select(workspace::Workspace& workspace, const Selection& selection);

}  // namespace mlo::sync
