// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <mlo/ledger/ledger.hpp>
#include <mlo/sync/peer.hpp>

namespace mlo::sync {

/// Which chains of the ledger a push sends: a store that several projects share must not tell one of another.
enum class Chains : std::uint8_t { own, all };

/// How many events there are of each kind.
using EventCounts = std::map<std::string, std::uint64_t, std::less<>>;

/// What an event's reader wants to have of the objects that it names.
struct Needs {
    enum class Then : std::uint8_t { done, ask_again };

    std::vector<store::ObjectRef> objects;
    Then then = Then::done;  ///< ask_again: these objects may name more of the event's, once they are in the store
};
using NeedsOf = std::function<Needs(const ledger::Event& event, std::string_view body)>;

struct EventRequest {
    /// Called once the remote has events of the project. In a dry run it may give null: nothing is here then.
    std::function<ledger::Ledger*()> ledger;
    NeedsOf needs;
    DryRun dry_run = DryRun::no;
};

struct EventReport {
    EventCounts events;         ///< that were new (in a dry run: are)
    std::uint64_t bodies = 0;   ///< that came
    std::uint64_t records = 0;  ///< received, bodies included
    std::uint64_t bytes = 0;    ///< of these, as they are stored
    std::uint64_t absent = 0;   ///< objects that a reader wanted and nobody has published
    std::vector<Failure> failures;
};

/// Gets the events of the project that the ledger lacks, their bodies, and what their readers need: an event is merged
/// once these are in the store. A chain that is damaged or forked is in the report, and the others are merged. One
/// request when nothing is new. Throws what the remote does, remote_newer.
[[nodiscard]] EventReport fetch_events(const Peer& peer, const EventRequest& request);

/// The events that the remote lacks. Throws as push does.
[[nodiscard]] EventCounts events_not_pushed(const Peer& peer, ledger::Ledger& ledger, Chains chains);

}  // namespace mlo::sync
