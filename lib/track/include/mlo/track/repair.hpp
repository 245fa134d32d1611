// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mlo/ledger/ledger.hpp>
#include <mlo/store/object_store.hpp>
#include <mlo/track/archive.hpp>
#include <string>
#include <vector>

namespace mlo::track {

/// What a rebuild of runs.db found and did.
struct Rebuilt {
    std::string set_aside;            ///< the damaged database's new path; empty: it was sound, or not there
    std::uint64_t salvaged_rows = 0;  ///< taken over from it: those of open runs count
    std::vector<UnreadEvent> unread;  ///< events that no rows could be made of
    std::vector<std::string> recorded_again;
};

/// Whether the ledger has lost events, of which runs.db may still know what they said: Archive::record_again.
enum class LedgerLoss : std::uint8_t { no, yes };

/// Makes all that runs.db knows of sealed runs anew, from ledger and objects. One that is damaged is moved aside first,
/// and what can be read of its open runs is kept; nothing is removed. No RunStore may be open in this process. `writer`
/// is this clone's id. Throws what ledger, objects and database do.
[[nodiscard]] Rebuilt rebuild_runs(const std::string& store_dir, ledger::Ledger& ledger, store::ObjectStore& objects,
                                   const std::string& writer, const Runtime& runtime, LedgerLoss loss = LedgerLoss::no);

}  // namespace mlo::track
