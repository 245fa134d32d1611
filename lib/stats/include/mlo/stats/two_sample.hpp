// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <mlo/stats/descriptive.hpp>
#include <mlo/stats/sample.hpp>

/// Tests and distances of two samples of numbers. Each is one merge of the two sorted samples, O(n + m) time and no
/// memory unless it says otherwise. Everything is thread-safe. All throw sample_too_small and sample_too_large (over
/// 2^28 values).
namespace mlo::stats {

/// What is held against the hypothesis that both are alike; `less` and `greater` mean what SciPy's function of that
/// test means by them.
enum class Alternative : std::uint8_t { two_sided, less, greater };
/// How p is found. `automatic` is what SciPy's "auto" chooses.
enum class PMethod : std::uint8_t { automatic, exact, asymptotic };

struct TestResult {
    double statistic = 0;
    double p = 1;
};

struct KsOptions {
    Alternative alternative = Alternative::two_sided;
    PMethod method = PMethod::automatic;
    /// `automatic` is exact while neither sample has more values; O(n m D) for samples of different sizes.
    std::uint64_t exact_up_to = 10'000;
};

struct KsResult {
    double statistic = 0;
    double p = 1;
    double location = 0;  ///< the value at which the distribution functions are farthest apart
    int sign = 1;         ///< 1 if a's is the higher one there, -1 if b's is
    PMethod method = PMethod::exact;
};

/// Kolmogorov-Smirnov (scipy.stats.ks_2samp). D is a ratio of integers, rounded once. Exact: by counting lattice paths
/// (Hodges 1957), with only positive terms, so that p keeps its digits down to the least double; ties make it
/// conservative. Asymptotic: kolmogorov_sf at round(nm / (n + m)), one-sided Hodges' formula 5.3. `exact` throws
/// too_large_for_exact if lcm(n, m) does not fit 31 bits or the grid has over 10^9 points.
[[nodiscard]] KsResult ks(const SortedSample& a, const SortedSample& b, const KsOptions& options = {});
/// P(D >= statistic) of samples of n and m values, without the samples.
[[nodiscard]] double ks_p(double statistic, std::uint64_t n, std::uint64_t m, const KsOptions& options = {});

/// Cramer-von Mises with midranks (scipy.stats.cramervonmises_2samp). T is a ratio of 128-bit integers, rounded once.
/// Exact (automatic: up to 20 values each; at most 20): Xiao, Gordon & Yakovlev 2006.
[[nodiscard]] TestResult cramer_von_mises(const SortedSample& a, const SortedSample& b,
                                          PMethod method = PMethod::automatic);

enum class Continuity : std::uint8_t { none, corrected };

struct MannWhitneyOptions {
    Alternative alternative = Alternative::two_sided;
    PMethod method = PMethod::automatic;
    Continuity continuity = Continuity::corrected;
};

/// Mann-Whitney U of a (scipy.stats.mannwhitneyu): pairs in which a's value is the greater one, ties counting a half.
/// Asymptotic: with the correction for ties; where all values are equal, p is 1. Exact knows nothing of ties; automatic
/// takes it if there are none and one sample has at most 8 values. too_large_for_exact: over 2^127 arrangements, or
/// over 10^9 steps.
[[nodiscard]] TestResult mann_whitney(const SortedSample& a, const SortedSample& b,
                                      const MannWhitneyOptions& options = {});

/// The k-sample Anderson-Darling test of two samples with midranks (Scholz & Stephens 1987, eq. 7;
/// scipy.stats.anderson_ksamp), normalised. p is their interpolation and so clipped to [0.001, 0.25]; permutation.hpp
/// has one that is not. Throws no_spread if all values are equal.
[[nodiscard]] TestResult anderson_darling(const SortedSample& a, const SortedSample& b);

/// Epps & Singleton (1986) with t = 0.4 and 0.8 over half the pooled interquartile range
/// (scipy.stats.epps_singleton_2samp). Needs 5 values each; throws no_spread if the quartiles coincide, not_finite.
[[nodiscard]] TestResult epps_singleton(const SortedSample& a, const SortedSample& b);

/// The area between the distribution functions (scipy.stats.wasserstein_distance). Throws not_finite.
[[nodiscard]] double wasserstein(const SortedSample& a, const SortedSample& b);
/// sqrt(2 integral (F - G)^2) (scipy.stats.energy_distance), in the square root of the values' unit. Throws not_finite.
[[nodiscard]] double energy_distance(const SortedSample& a, const SortedSample& b);

enum class Variances : std::uint8_t { equal, unequal };

struct TTestResult {
    double statistic = 0;
    double p = 1;
    double degrees = 0;
};

/// Student's t (equal variances) or Welch's (scipy.stats.ttest_ind), from moments alone. Throws no_spread if neither
/// sample has any.
[[nodiscard]] TTestResult t_test(const Moments& a, const Moments& b, Variances variances,
                                 Alternative alternative = Alternative::two_sided);

/// z of two proportions with the pooled variance. Where both are 0 or both 1 there is no difference: z is 0 and p is 1.
/// Throws sample_too_small, out_of_domain (more successes than trials).
[[nodiscard]] TestResult z_test(std::uint64_t successes_a, std::uint64_t trials_a, std::uint64_t successes_b,
                                std::uint64_t trials_b, Alternative alternative = Alternative::two_sided);

}  // namespace mlo::stats
