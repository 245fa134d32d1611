// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <mlo/util/runtime.hpp>
#include <string>
#include <vector>

namespace mlo::ledger {

/// What became of a damaged ledger.
struct SalvagedLedger {
    std::string set_aside;             ///< the damaged one's copy; empty: there was no damage, and nothing was done
    std::uint64_t kept = 0;            ///< events in their places
    std::uint64_t recorded_again = 0;  ///< whole events behind a gap of their chain, now events of `writer`
    std::vector<std::string> lost;     ///< "the events 4 to 7 of <writer>"; of a chain's end nobody knows
};

/// Whether the ledger in `folder` is damaged: SQLite finds faults, or a hash is not that of its content. Reads all of
/// it; false if there is none.
[[nodiscard]] bool is_damaged(const std::string& folder, const Runtime& runtime);

/// Makes a sound ledger of what can be read of a damaged one. Every chain is kept up to its first gap. Whole events
/// behind it, which no chain vouches for any more, but their own hashes do, are recorded again as events of `writer`: a
/// new clone id, as the end of this clone's own chain may be lost, and a second event in its place would be a fork.
/// Nobody may have the ledger open. When it fails, the damaged one is as it was.
[[nodiscard]] SalvagedLedger salvage(const std::string& folder, const std::string& writer, const Runtime& runtime);

}  // namespace mlo::ledger
