// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "view.hpp"

#include <mlo/ledger/event.hpp>

namespace mlo::sync {

/// The name of a value below "events/".
struct EventKey {
    std::string writer;
    std::uint64_t first = 0;
    std::uint64_t last = 0;
    hash::Digest hash;

    /// Without "events/".
    [[nodiscard]] std::string text() const;
    [[nodiscard]] static std::optional<EventKey> parse(std::string_view text);
    [[nodiscard]] std::uint64_t count() const noexcept { return last - first + 1; }
    friend auto operator<=>(const EventKey&, const EventKey&) = default;
};

using EventKeys = std::map<std::string, std::vector<EventKey>, std::less<>>;  ///< by writer

/// The fewest of `keys` that hold a chain's events after `after` without a gap, in order.
[[nodiscard]] std::vector<EventKey> find_cover(std::span<const EventKey> keys, std::uint64_t after);
/// The last event of those.
[[nodiscard]] std::uint64_t covered_to(std::span<const EventKey> keys, std::uint64_t after = 0);

/// The keys that are known to hold what the ledger does, in the folder beside the store.
[[nodiscard]] EventKeys recall_events(Dir& folder);
void remember_events(Dir& folder, const EventKeys& keys, Random& random);

/// What is below "events/". What is no name of events is complained of.
[[nodiscard]] EventKeys list_events(View& view, std::vector<Failure>& failures);

/// The value, which holds what its name says. Throws remote_corrupt, ledger::errors::event_newer, and what the remote
/// throws.
[[nodiscard]] std::vector<ledger::Event> read_events(const Peer& peer, const View& view, const EventKey& key);
/// Whether an error says that this value, and no other, cannot be used.
[[nodiscard]] bool concerns_one_value(const Error& error) noexcept;

}  // namespace mlo::sync
