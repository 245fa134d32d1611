// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include <mlo/pipeline/pipeline.hpp>
#include <mlo/store/transfer.hpp>
#include <mlo/workspace/workspace.hpp>

namespace mlo::pipeline {

struct LockedRequest {
    std::vector<std::string> environment{};  ///< the caller's, whole, as KEY=VALUE
    /// Gets what is missing of these objects from elsewhere, as far as that is possible; empty: nowhere to get it.
    std::function<void(std::span<const store::ObjectRef>)> fetch{};
};

/// An output, by its path in the workspace, and the stage that makes it (Pipeline::address).
struct LockedOutput {
    std::string path;
    std::string stage;
};

struct LockedReport {
    std::vector<LockedOutput> restored;
    std::vector<LockedOutput> lacking;  ///< neither here nor to be had
};

/// Brings the outputs that the locks know into the work tree, where they are absent; runs nothing, and leaves alone
/// what a stage's other outputs are. For a clone that has just been made. Throws what reading locks throws.
[[nodiscard]] LockedReport restore_locked(workspace::Workspace& workspace, const Pipeline& pipeline,
                                          const LockedRequest& request);

}  // namespace mlo::pipeline
