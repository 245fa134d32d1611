// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace mlo::stats {

/// A view of numbers in ascending order, none of them NaN: the proof of both, which methods of two samples take. It
/// owns nothing; the numbers outlive it. Infinities are allowed, methods that subtract values refuse them (not_finite).
class SortedSample {
public:
    /// Sorts `values` in place; `scratch` grows to their number, and can serve many columns. O(n): by radix where there
    /// are many, so a million take about as long as reading them a dozen times. Throws not_a_number.
    [[nodiscard]] static SortedSample sort(std::span<double> values, std::vector<double>& scratch);
    /// Checks numbers that are in order already, O(n). Throws not_a_number; numbers out of order are a bug of the
    /// caller.
    [[nodiscard]] static SortedSample of_sorted(std::span<const double> values);

    [[nodiscard]] std::size_t size() const noexcept { return values_.size(); }
    [[nodiscard]] bool empty() const noexcept { return values_.empty(); }
    [[nodiscard]] double operator[](std::size_t index) const { return values_[index]; }
    [[nodiscard]] double min() const { return values_.front(); }
    [[nodiscard]] double max() const { return values_.back(); }
    [[nodiscard]] bool is_finite() const noexcept;
    [[nodiscard]] std::span<const double> values() const noexcept { return values_; }
    /// Number of different values. O(n).
    [[nodiscard]] std::size_t distinct() const noexcept;

private:
    explicit SortedSample(std::span<const double> values) noexcept : values_{values} {}
    std::span<const double> values_;
};

/// Ranks from 1 in the pooled order, ties share the mean of theirs (scipy.stats.rankdata, "average").
[[nodiscard]] std::vector<double> midranks(const SortedSample& sample);

/// The value at `rank` (from 0) of both samples pooled. O(log n).
[[nodiscard]] double pooled_order_statistic(const SortedSample& a, const SortedSample& b, std::size_t rank);

}  // namespace mlo::stats
