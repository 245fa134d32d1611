// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mlo/workspace/file_memory.hpp>
#include <span>

#include "checkout_plan.hpp"

namespace mlo::workspace {

/// Records what was written into fresh folders, so that the next status need not read it again.
void record_stamps(FileMemory& memory, std::span<const TargetPlan> plans, const Runtime& runtime);

}  // namespace mlo::workspace
