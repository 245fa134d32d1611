// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include <mlo/sync/events.hpp>
#include <mlo/sync/peer.hpp>

namespace mlo::sync {

struct PushRequest {
    std::vector<NamedRef> objects;
    /// When this clone no longer wants them kept; nothing: for ever.
    std::optional<std::chrono::seconds> expires_after{};
    DryRun dry_run = DryRun::no;
    ledger::Ledger* ledger = nullptr;  ///< whose chains are sent too, with what their events name; null: none are
    Chains chains = Chains::own;
    NeedsOf needs{};  ///< what of that is read together; may be empty
};

struct PushReport {
    std::uint64_t objects = 0;    ///< asked for, failures left out
    std::uint64_t published = 0;  ///< of these, how many this clone had not published before
    std::uint64_t records = 0;    ///< sent (in a dry run: to be sent)
    std::uint64_t bytes = 0;      ///< of packs that were sent (about to be sent)
    std::uint64_t packs = 0;
    std::uint64_t resumed_packs = 0;  ///< that a killed push had sent
    EventCounts events;               ///< of the ledger that were sent (in a dry run: are to be sent)
    std::vector<Failure> failures;
};

/// Sends what the remote lacks of the objects and of all that they name, and then publishes them: until that last step
/// nobody sees anything of it, and after it all of it is there. Running it again after a kill sends the rest only.
///
/// An object that is not complete and sound in the store is in the report, and the others are pushed; one that only an
/// event names is passed over if it is not here. Three requests when there is nothing to do. Throws what the remote
/// does, remote_newer, remote_corrupt, push_took_too_long.
[[nodiscard]] PushReport push(const Peer& peer, const PushRequest& request);

/// The objects that are not complete on the remote, by its index; one that is not complete here either counts as there
/// only if some clone has published it. Throws as push does.
[[nodiscard]] std::vector<NamedRef> not_pushed(const Peer& peer, const std::vector<NamedRef>& objects);

}  // namespace mlo::sync
