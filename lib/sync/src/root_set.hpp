// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include <mlo/store/transfer.hpp>

namespace mlo::sync {

/// Seconds since the epoch; nothing: never.
using Expiry = std::optional<std::uint64_t>;

/// What a clone has published and wants kept.
struct RootSet {
    std::map<store::ObjectRef, Expiry> entries;

    [[nodiscard]] std::string encode() const;
    /// Nothing for what encode would not have written.
    [[nodiscard]] static std::optional<RootSet> decode(std::string_view text);
    /// Adds the entries of `other`; the later expiry counts.
    void merge(const RootSet& other);
};

/// The part of a root set's key after the clone: "12-0123456789abcdef".
struct RootName {
    std::uint64_t seq = 0;
    std::string hash;  ///< 16 hex

    [[nodiscard]] std::string text() const;
    [[nodiscard]] static std::optional<RootName> parse(std::string_view text);
};

/// Nothing unless it is how a number is written: without sign and leading zeros.
[[nodiscard]] std::optional<std::uint64_t> parse_decimal(std::string_view text);

/// The first 16 hex digits of a text's SHA-256.
[[nodiscard]] std::string short_hash(std::string_view text);

}  // namespace mlo::sync
