// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <mlo/stats/two_sample.hpp>
#include <span>

/// Tests of counts by category. Both spans count the same categories in the same order; a category that neither has is
/// passed over. Totals up to 2^53. All throw counts_unequal (lengths), sample_too_small (a total of zero),
/// sample_too_large.
namespace mlo::stats {

struct CountsResult {
    double statistic = 0;
    double p = 1;
    double degrees = 0;  ///< 0 with one category: then there is nothing to compare, the statistic is 0 and p is 1
};

enum class Divergence : std::uint8_t {
    pearson,        ///< sum (o - e)^2 / e: the chi-squared test
    log_likelihood  ///< 2 sum o ln(o / e): the G test
};

struct HomogeneityOptions {
    Divergence divergence = Divergence::pearson;
    /// Yates' correction, which SciPy's default applies to 2 x 2 tables and to no other.
    Continuity yates = Continuity::none;
};

/// Whether both come from one distribution (scipy.stats.chi2_contingency of the 2 x k table).
[[nodiscard]] CountsResult homogeneity(std::span<const std::uint64_t> a, std::span<const std::uint64_t> b,
                                       const HomogeneityOptions& options = {});

enum class Rescale : std::uint8_t { yes, no };

struct GoodnessOptions {
    Divergence divergence = Divergence::pearson;
    /// `no` takes the expected counts as they are, and throws counts_unequal if the totals differ
    /// (scipy.stats.power_divergence).
    Rescale rescale = Rescale::yes;
};

/// Whether `observed` follows the shares of `expected` as if those were known exactly (scipy.stats.power_divergence;
/// Evidently's chisquare, and its g_test with Rescale::no). Too sure of itself where `expected` is a sample too:
/// homogeneity() is not. A category that is observed and not expected makes the statistic infinite and p zero.
[[nodiscard]] CountsResult goodness_of_fit(std::span<const std::uint64_t> observed,
                                           std::span<const std::uint64_t> expected,
                                           const GoodnessOptions& options = {});

struct TwoByTwo {
    std::uint64_t a_yes = 0;
    std::uint64_t a_no = 0;
    std::uint64_t b_yes = 0;
    std::uint64_t b_no = 0;
};

/// Fisher's exact test (scipy.stats.fisher_exact): the statistic is the odds ratio, infinite if a diagonal is empty and
/// NaN if a row or a column is. Two-sided: all tables at most as probable as this one.
[[nodiscard]] TestResult fisher_exact(const TwoByTwo& table, Alternative alternative = Alternative::two_sided);

}  // namespace mlo::stats
