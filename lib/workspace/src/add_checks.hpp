// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>

namespace mlo::workspace {

class Workspace;

/// Refuses, before anything is read, what cannot be tracked: see add(). `paths` are sorted and distinct.
void check_additions(Workspace& workspace, std::span<const std::string> paths);

}  // namespace mlo::workspace
