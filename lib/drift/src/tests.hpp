// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mlo/drift/compare.hpp>
#include <mlo/stats/histogram.hpp>
#include <mlo/stats/sample.hpp>
#include <span>

namespace mlo::drift {

/// Counts of both tables over the same bins or categories.
struct Counts {
    std::vector<std::uint64_t> reference;
    std::vector<std::uint64_t> current;
    /// By how much the share of values below any bin may be off, of both together.
    double uncertainty = 0;

    [[nodiscard]] std::uint64_t reference_total() const noexcept;
    [[nodiscard]] std::uint64_t current_total() const noexcept;
};

/// Fills in effect, noise floor, detectable effect and the numbers of values. Both totals are positive.
void measure(Finding& finding, const Counts& counts, const Rules& rules);

/// Whether the shares are equal: chi-squared, or by relabelling where counts are too small for it.
void test_categories(Finding& finding, const Counts& counts, const Rules& rules);
/// Of two categories.
void test_proportions(Finding& finding, const Counts& counts);
/// Whether distribution functions are equal at the bins' edges; bins in ascending order. Never more certain than with
/// all values at hand.
void test_order(Finding& finding, const Counts& counts);
/// The same of all values.
void test_samples(Finding& finding, const stats::SortedSample& reference, const stats::SortedSample& current);

/// How likely it is that of n + m values that are alike the `k` greatest are all among the m: what is beyond a range
/// that was seen.
[[nodiscard]] double all_of_extremes(std::uint64_t k, std::uint64_t n, std::uint64_t m) noexcept;

}  // namespace mlo::drift
