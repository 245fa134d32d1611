// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace mlo {

/// 1,000 days: the longest duration that a text may name.
constexpr double longest_duration_s = 1000.0 * 86400;
/// Rounded to the nanosecond; at most longest_duration_s.
[[nodiscard]] std::chrono::nanoseconds duration_of(double seconds) noexcept;

/// "90s", "250ms", "1.5h", "1d"; nothing if it is none, or too long.
[[nodiscard]] std::optional<std::chrono::nanoseconds> parse_duration(std::string_view text);

}  // namespace mlo
