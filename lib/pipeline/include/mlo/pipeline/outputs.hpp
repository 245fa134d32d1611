// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include <mlo/pipeline/observer.hpp>
#include <mlo/pipeline/record.hpp>
#include <mlo/pipeline/stage.hpp>
#include <mlo/workspace/checkout.hpp>
#include <mlo/workspace/workspace.hpp>

/// What happens to outputs in the work tree. Outputs outside of it are left alone. But for ignore_outputs everything
/// below is thread-safe, as long as no two calls are about paths within each other and `observer` is of `workspace`.
namespace mlo::pipeline {

/// Before a command runs: removes its outputs but the persistent ones, and makes the folders that outputs lie in. What
/// is in no store goes to the trash, as checkout does; but an output that is not cached, and is what `known` (the
/// lock's record) says, is removed: its stage makes it again. Throws io errors, leads_outside, and output_leads_outside
/// where the folder of an output does. Returns what went to the trash.
std::vector<workspace::Trashed> clear_outputs(workspace::Workspace& workspace, Observer& observer, const Stage& stage,
                                              const StageRecord* known);

/// Makes the outputs what `outs` says, from the store; what is right already stays, what is in the way and stored
/// nowhere goes to the trash, and is returned. Nothing if an object that is needed is not in the store, or is damaged
/// there, which is logged: then the stage must run, and where all was missing nothing was changed.
[[nodiscard]] std::optional<std::vector<workspace::Trashed>> restore_outputs(workspace::Workspace& workspace,
                                                                             Observer& observer, const Stage& stage,
                                                                             std::span<const OutputRecord> outs);

/// Makes git ignore the outputs that are cached, and not those that are not, as DVC does: each in the .gitignore of its
/// own folder. Only lines that are missing are added: none for what is ignored anyway. Of what is not cached our own
/// line goes. Returns the ignore files that were changed, as paths of the workspace.
std::vector<std::string> ignore_outputs(workspace::Workspace& workspace, std::span<const Stage* const> stages);

}  // namespace mlo::pipeline
