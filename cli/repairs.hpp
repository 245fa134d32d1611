// SPDX-License-Identifier: Apache-2.0
#pragma once

/// What 'mlo doctor' mends of ledger and runs when it is asked to. Both say what they did, and what is lost.
namespace mlo::cli {

class Context;

/// Makes what is known of sealed runs anew. Throws ledger_damaged and ledger_behind: runs are made of a whole ledger
/// alone.
void rebuild_runs(Context& ctx);
/// Makes a sound ledger of a damaged one, or records again what the run store knows and it has lost; then the runs.
void salvage_ledger(Context& ctx);

}  // namespace mlo::cli
