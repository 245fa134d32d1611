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
    std::string set_aside;            ///< the copy of the damaged database; empty: it was sound, or not there
    std::uint64_t salvaged_rows = 0;  ///< read of it: those of runs that are not sealed count
    bool may_lack_more = false;       ///< pages of it could not be read: what they held of such runs nobody knows
    std::vector<std::string> lost;    ///< of runs that are not sealed: "2 points of the metric 'loss' of run 1a2b..."
    std::vector<UnreadEvent> unread;  ///< events that no rows could be made of
    std::vector<std::string> recorded_again;
};

/// Whether the ledger has lost events, of which runs.db may still know what they said: Archive::record_again.
enum class LedgerLoss : std::uint8_t { no, yes };

/// Makes all that runs.db knows of sealed runs anew, from ledger and objects. Of one that is damaged, what can be read
/// of its open runs is kept in a new one, which takes its place when it is complete; a copy of the damaged one stays
/// beside it. No RunStore may be open in this process, and no other should. `writer` is this clone's id. Throws what
/// ledger, objects and database do; and, with everything as it was, ledger_behind if runs.db has what the ledger lacks:
/// with LedgerLoss::yes, for which `writer` must be a new id, that is recorded again.
[[nodiscard]] Rebuilt rebuild_runs(const std::string& store_dir, ledger::Ledger& ledger, store::ObjectStore& objects,
                                   const std::string& writer, const Runtime& runtime, LedgerLoss loss = LedgerLoss::no);

/// What runs.db, which is sound, has taken from the ledger, and the ledger lacks: "the events 3 to 9 of <writer>", "the
/// run <id> (<name>)". Empty: nothing, or there is no runs.db.
[[nodiscard]] std::vector<std::string> missing_from_ledger(const std::string& store_dir, const Runtime& runtime);

}  // namespace mlo::track
