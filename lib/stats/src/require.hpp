// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

/// What methods demand of what they are given.
namespace mlo::stats {

class SortedSample;

/// Counts of pairs, doubled, stay below 2^62, and sums of squared rank differences below 2^126, up to here.
inline constexpr std::size_t largest_sample = std::size_t{1} << 28;

/// Throws out_of_domain unless low < value < high.
void require_within(double value, double low, double high, std::string_view what);
/// Throws out_of_domain unless value is positive and finite.
void require_positive(double value, std::string_view what);
/// Throws sample_too_small, sample_too_large.
void require_size(std::size_t size, std::size_t least, std::string_view method);
void require_sizes(const SortedSample& a, const SortedSample& b, std::size_t least, std::string_view method);
/// Throws not_finite.
void require_finite(const SortedSample& sample, std::string_view method);
/// Throws counts_unequal if the lengths differ or are zero.
void require_same_length(std::size_t a, std::size_t b);
/// The sum, which is not zero. Throws sample_too_small, sample_too_large.
[[nodiscard]] std::uint64_t require_total(std::span<const std::uint64_t> counts, std::string_view method);

}  // namespace mlo::stats
