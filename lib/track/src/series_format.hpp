// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <mlo/track/run.hpp>
#include <mlo/track/series.hpp>
#include <mlo/util/bytes.hpp>
#include <span>
#include <string_view>

namespace mlo::track::format {

using namespace std::string_view_literals;

inline constexpr auto header = "mlo series 1\n\0\0\0"sv;
inline constexpr auto tail = "MLOserie"sv;
inline constexpr std::size_t trailer_size = 24;
inline constexpr std::size_t entry_size = 106;
inline constexpr std::uint64_t nan_bits = 0x7ff8'0000'0000'0000;
inline constexpr std::size_t max_varint = 10;

inline std::uint64_t bits_of(double value) noexcept {
    if (std::isnan(value)) return nan_bits;
    return value == 0 ? 0 : std::bit_cast<std::uint64_t>(value);
}

/// Whether a writer can have written these bits.
inline bool is_canonical(std::uint64_t bits) noexcept { return bits_of(std::bit_cast<double>(bits)) == bits; }

inline std::uint64_t zigzag(std::uint64_t difference) noexcept {
    return (difference << 1U) ^ (std::uint64_t{0} - (difference >> 63U));
}
inline std::uint64_t from_zigzag(std::uint64_t code) noexcept {
    return (code >> 1U) ^ (std::uint64_t{0} - (code & 1U));
}

inline std::uint64_t difference(std::int64_t to, std::int64_t from) noexcept {
    return static_cast<std::uint64_t>(to) - static_cast<std::uint64_t>(from);
}

/// What one block's entry says, but for its size. `points` are 1 to 1,024.
BlockEntry describe(std::span<const Point> points) noexcept;

}  // namespace mlo::track::format
