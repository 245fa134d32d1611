// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "event_values.hpp"

#include <mlo/sync/events.hpp>
#include <mlo/sync/push.hpp>

namespace mlo::sync {

/// The part of a push that sends chains. What others append meanwhile waits for the next push.
class EventPush {
public:
    /// Goes by what is remembered of the remote. All must outlive the object.
    EventPush(const Peer& peer, View& view, ledger::Ledger& ledger, Chains chains);

    /// Whether every chain is there already, as far as is known; forked ones count as if they were.
    [[nodiscard]] bool is_current() const noexcept;
    /// Asks the remote, as far as it is not known that everything is there.
    void look();
    /// What is to be sent.
    [[nodiscard]] EventCounts counts();
    /// What has to be on the remote before that, and kept there, bodies first and what `needs` names next. Bodies that
    /// the remote lacks are put into the store; in a dry run they are left out.
    [[nodiscard]] std::vector<NamedRef> objects(const NeedsOf& needs, DryRun dry_run);
    void send();
    [[nodiscard]] std::vector<Failure>& failures() noexcept { return failures_; }

private:
    struct Chain {
        ledger::Head head;
        std::vector<EventKey> known;  ///< to hold what is here
        std::uint64_t there = 0;      ///< up to which event
        bool is_blocked = false;      ///< the remote holds another chain
        [[nodiscard]] bool is_current() const noexcept { return is_blocked || there >= head.seq; }
    };

    void examine(const std::string& writer, Chain& chain, const EventKey& key);
    /// Events as they are sent; nothing if they take more than one value may.
    [[nodiscard]] std::optional<std::string> encode(const std::string& writer, std::uint64_t first, std::uint64_t last);
    void send_chain(const std::string& writer, Chain& chain);
    void put(Chain& chain, const std::string& writer, std::uint64_t first, std::uint64_t last, std::string_view text);
    void visit(const std::string& writer, std::uint64_t after, std::uint64_t last,
               const std::function<void(const ledger::Event&)>& use);
    void remember();

    const Peer& peer_;
    View& view_;
    ledger::Ledger& ledger_;
    std::map<std::string, Chain> chains_;
    std::vector<Failure> failures_;
};

}  // namespace mlo::sync
