// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <mlo/hash/digest.hpp>
#include <mlo/store/transfer.hpp>
#include <mlo/util/runtime.hpp>

/// Hash-chained events, one chain for each writer. What they are byte by byte: lib/ledger/README.md.
namespace mlo::ledger {

/// An event as it is in its writer's chain.
struct Event {
    std::string writer;  ///< 32 hex: a clone_id
    std::uint64_t seq = 0;
    Timestamp time;
    std::string kind;
    std::string subject;
    std::vector<store::ObjectRef> ids;     ///< sorted, distinct
    std::optional<hash::Digest> body;      ///< of its canonical JSON
    std::optional<hash::Digest> previous;  ///< nothing for the first
    hash::Digest hash;                     ///< of encode(): what the next one's `previous` is

    friend bool operator==(const Event&, const Event&) = default;
};

constexpr std::size_t max_event_bytes = 1 << 20;
constexpr std::size_t max_body_bytes = 1 << 20;
constexpr std::size_t max_run_bytes = 64 << 20;

/// The canonical JSON that is hashed. `hash` is not looked at.
[[nodiscard]] std::string encode(const Event& event);
/// The event with its hash. Throws event_invalid for anything that encode would not have written, and event_newer.
[[nodiscard]] Event decode(std::string_view bytes);

/// Consecutive events of one writer as they travel.
[[nodiscard]] std::string encode_run(std::span<const Event> events);
/// At least one event; they fit together. Throws event_invalid, event_newer.
[[nodiscard]] std::vector<Event> decode_run(std::string_view text);

/// Whether `text` is what json::CanonicalWriter writes for some value.
[[nodiscard]] bool is_canonical(std::string_view text);

/// Whether events of a kind have a body.
enum class HasBody : std::uint8_t { no, yes };

/// A row of the one table of kinds (kinds.cpp).
struct Kind {
    std::string_view name;
    std::string_view reader;  ///< the component that makes something of it
    HasBody body = HasBody::no;
};

[[nodiscard]] std::span<const Kind> kinds() noexcept;
/// Nothing for one that a newer mlo may know.
[[nodiscard]] const Kind* find_kind(std::string_view name) noexcept;

/// The kind whose subject is an event that no longer counts.
inline constexpr std::string_view retract_kind = "retract";

/// A place in a chain; as the subject of a retraction `<writer>/<seq>`.
struct Place {
    std::string writer;
    std::uint64_t seq = 0;

    [[nodiscard]] std::string to_string() const;
    [[nodiscard]] static std::optional<Place> parse(std::string_view text);
    friend auto operator<=>(const Place&, const Place&) = default;
};

}  // namespace mlo::ledger
