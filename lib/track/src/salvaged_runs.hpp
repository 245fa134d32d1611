// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mlo/db/check.hpp>
#include <mlo/track/run_store.hpp>
#include <string>
#include <vector>

namespace mlo::track {

/// Copies the runs of a salvaged runs.db, whose rows may lack those that they name, into a new store: whole runs alone,
/// each checked, under new row numbers. Sealed ones are copied as they were, for Archive::record_again; what the ledger
/// knows of them replaces that. An open run that may lack something says so among its losses. Returns what is lost of
/// runs that are not sealed, one sentence each.
[[nodiscard]] std::vector<std::string> copy_salvaged(RunStore& from, RunStore& to, const db::Salvage& salvage,
                                                     const Runtime& runtime);

}  // namespace mlo::track
