// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mlo {

/// Strict: no overlong forms, no surrogates, nothing over U+10FFFF.
[[nodiscard]] bool is_valid_utf8(std::string_view text) noexcept;

/// Text as it may be shown on a terminal or in a one-line message: control characters (those that turn the direction
/// of text included), invalid UTF-8, single quotes and backslashes are escaped C-style (\n, \x1b, \').
[[nodiscard]] std::string printable(std::string_view text);
/// printable() within single quotes: the way every message quotes its subject.
[[nodiscard]] std::string quoted(std::string_view text);

/// 1536 -> "1.5 KiB".
[[nodiscard]] std::string format_bytes(std::uint64_t bytes);
/// 1234567 -> "1,234,567".
[[nodiscard]] std::string format_count(std::uint64_t count);
/// "1 file", "2 files".
[[nodiscard]] std::string plural(std::uint64_t count, std::string_view singular, std::string_view plural_form);
/// Parses "64", "64K", "64KiB", "1.5 GiB", "10MB" (powers of 1000), in either case; part of a byte is dropped. Nothing
/// if it is no such size or over 2^63.
[[nodiscard]] std::optional<std::uint64_t> parse_bytes(std::string_view text);

/// The candidate that `word` is probably a misspelling of: Damerau-Levenshtein distance (restricted: optimal string
/// alignment) at most max(1, length/3), and no other candidate as near. Nothing rather than a wrong guess. In bytes;
/// words over 256 bytes match nothing.
[[nodiscard]] std::optional<std::string> closest_match(std::string_view word, std::span<const std::string> candidates);

/// The pieces between the separators, empty ones included: always one more than there are separators.
[[nodiscard]] std::vector<std::string> split(std::string_view text, char separator);
/// Without the ASCII white space at both ends.
[[nodiscard]] std::string_view trim(std::string_view text) noexcept;

/// RFC 4648 section 4, with padding.
[[nodiscard]] std::string base64_encode(std::span<const std::byte> bytes);
/// Strict: nothing for anything that base64_encode would not have written.
[[nodiscard]] std::optional<std::string> base64_decode(std::string_view text);

}  // namespace mlo
