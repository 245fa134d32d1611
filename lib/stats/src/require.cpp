// SPDX-License-Identifier: Apache-2.0
#include "require.hpp"

#include <fmt/format.h>

#include <cmath>
#include <mlo/stats/errors.hpp>
#include <mlo/stats/sample.hpp>

namespace mlo::stats {

void require_within(double value, double low, double high, std::string_view what) {
    if (value > low && value < high) return;
    throw Error{errors::out_of_domain, fmt::format("{} must be between {} and {}, not {}", what, low, high, value)};
}

void require_positive(double value, std::string_view what) {
    if (value > 0 && std::isfinite(value)) return;
    throw Error{errors::out_of_domain, fmt::format("{} must be a positive number, not {}", what, value)};
}

void require_size(std::size_t size, std::size_t least, std::string_view method) {
    if (size < least)
        throw Error{errors::sample_too_small,
                    fmt::format("'{}' needs at least {} values, not {}", method, least, size)};
    if (size > largest_sample)
        throw Error{errors::sample_too_large,
                    fmt::format("'{}' takes at most {} values, not {}", method, largest_sample, size)};
}

void require_sizes(const SortedSample& a, const SortedSample& b, std::size_t least, std::string_view method) {
    require_size(a.size(), least, method);
    require_size(b.size(), least, method);
}

void require_finite(const SortedSample& sample, std::string_view method) {
    if (!sample.is_finite()) throw Error{errors::not_finite, fmt::format("'{}' takes no infinite values", method)};
}

void require_same_length(std::size_t a, std::size_t b) {
    if (a != b || a == 0)
        throw Error{errors::counts_unequal, fmt::format("{} counts cannot be compared with {}", a, b)};
}

std::uint64_t require_total(std::span<const std::uint64_t> counts, std::string_view method) {
    // Sums of squares and products of two totals are taken as doubles of whole numbers, which are exact up to 2^53.
    constexpr std::uint64_t largest_total = std::uint64_t{1} << 53u;
    std::uint64_t total = 0;
    for (const auto count : counts) {
        if (count > largest_total - total)
            throw Error{errors::sample_too_large,
                        fmt::format("'{}' takes counts up to {} in all", method, largest_total)};
        total += count;
    }
    if (total == 0) throw Error{errors::sample_too_small, fmt::format("'{}' needs a count above zero", method)};
    return total;
}

}  // namespace mlo::stats
