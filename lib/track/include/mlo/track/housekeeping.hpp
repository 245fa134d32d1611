// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mlo/track/archive.hpp>
#include <mlo/track/run_store.hpp>
#include <string>
#include <vector>

namespace mlo::track {

/// What a command that writes does first: brings runs.db up to the ledger, marks dead runs as lost, takes what their
/// jobs had left in their metrics files, and seals every run that has ended. Returns the ids of the runs that were
/// found lost. Cheap where there is nothing to do. Throws what RunStore and Archive throw.
std::vector<std::string> tidy_up(RunStore& runs, Archive& archive, const std::string& store_dir,
                                 const Runtime& runtime);

}  // namespace mlo::track
