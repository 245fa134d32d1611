// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <mlo/stats/descriptive.hpp>
#include <mlo/stats/sample.hpp>
#include <span>
#include <vector>

namespace mlo::stats {

/// Edges of bins, ascending, at least two: bin i holds edge i <= x < edge i + 1, the last one its upper edge as well
/// (numpy.histogram).
class Edges {
public:
    /// Throws counts_unequal unless the edges ascend, and not_a_number, not_finite, sample_too_small (fewer than two).
    explicit Edges(std::vector<double> edges);

    /// As many equal bins as numpy's "sturges" makes of `n` values in this range: width (max - min) / (log2 n + 1).
    [[nodiscard]] static Edges sturges(double min, double max, std::uint64_t n);
    /// numpy's "doane", which allows for skewness.
    [[nodiscard]] static Edges doane(const Moments& moments);
    /// numpy.linspace(min, max, bins + 1); a range of one value becomes half a unit to both sides, as in numpy.
    [[nodiscard]] static Edges equal(double min, double max, std::size_t bins);
    /// Edges at the sample's quantiles i / bins, without repetitions: about as many values in each bin. A heavy value
    /// has a bin of its own, from it to the next double. Throws not_finite, sample_too_small.
    [[nodiscard]] static Edges quantiles(const SortedSample& reference, std::size_t bins);
    /// A bin for each different value of both: edges at the values, and the next double after the last.
    [[nodiscard]] static Edges distinct(const SortedSample& a, const SortedSample& b);

    [[nodiscard]] std::size_t bins() const noexcept { return edges_.size() - 1; }
    [[nodiscard]] std::span<const double> values() const noexcept { return edges_; }
    friend bool operator==(const Edges&, const Edges&) = default;

private:
    std::vector<double> edges_;
};

/// Counts by bin, and what lies outside of all. Those over the same edges add up to that of the whole.
struct Histogram {
    std::vector<std::uint64_t> inside;
    std::uint64_t below = 0;
    std::uint64_t above = 0;

    /// `below`, the bins, `above` in one list: what distances between samples of different range need.
    [[nodiscard]] std::vector<std::uint64_t> with_outside() const;
    /// Throws counts_unequal.
    void merge(const Histogram& other);
    friend bool operator==(const Histogram&, const Histogram&) = default;
};

/// O(bins log n).
[[nodiscard]] Histogram count(const SortedSample& sample, const Edges& edges);
/// Of numbers in any order, none NaN; O(n log bins). Throws not_a_number.
[[nodiscard]] Histogram count_unsorted(std::span<const double> values, const Edges& edges);

}  // namespace mlo::stats
