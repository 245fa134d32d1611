// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <vector>

#include <mlo/pipeline/record.hpp>
#include <mlo/pipeline/stage.hpp>
#include <mlo/workspace/workspace.hpp>

/// What happens to outputs in the work tree. Everything below is thread-safe as long as no two calls are about paths
/// within each other.
namespace mlo::pipeline {

/// Before a command runs: removes its outputs but the persistent ones, and makes the folders that outputs lie in. What
/// is there and is not what `known` says (the lock's record: so its bytes are in no store) goes to the trash, as
/// checkout does. Throws io errors, leads_outside.
void clear_outputs(workspace::Workspace& workspace, const Stage& stage, const StageRecord* known);

/// Makes the outputs what `outs` says, from the store; what is right already stays, what is in the way and stored
/// nowhere goes to the trash. False, and nothing changed, if an object that is needed is not in the store.
[[nodiscard]] bool restore_outputs(workspace::Workspace& workspace, const Stage& stage,
                                   std::span<const OutputRecord> outs);

/// Makes git ignore the outputs that are cached, and not those that are not, as DVC does: each in the .gitignore of its
/// own folder. Only lines that are missing are added.
void ignore_outputs(workspace::Workspace& workspace, std::span<const Stage* const> stages);

}  // namespace mlo::pipeline
