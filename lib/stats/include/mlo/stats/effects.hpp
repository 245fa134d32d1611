// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <mlo/stats/descriptive.hpp>
#include <mlo/stats/sample.hpp>
#include <span>

/// How large an effect is, how large it is by chance alone, and which one would have been found.
namespace mlo::stats {

/// What a distance of two samples of n and m values from one distribution is on average: scores near it mean nothing.
/// First-order; for `bins` categories that are all met often.
namespace noise_floor {

[[nodiscard]] double psi(std::size_t bins, std::uint64_t n, std::uint64_t m);               ///< (k - 1)(1/n + 1/m)
[[nodiscard]] double kullback_leibler(std::size_t bins, std::uint64_t n, std::uint64_t m);  ///< half of psi's
/// sqrt((k - 1)(1/n + 1/m) / 8), in nats; of Hellinger's distance as well.
[[nodiscard]] double jensen_shannon_distance(std::size_t bins, std::uint64_t n, std::uint64_t m);
[[nodiscard]] double hellinger(std::size_t bins, std::uint64_t n, std::uint64_t m);
/// sum sqrt(p (1 - p)) sqrt((1/n + 1/m) / (2 pi)).
[[nodiscard]] double total_variation(std::span<const double> shares, std::uint64_t n, std::uint64_t m);
/// sqrt(pi / 2) ln 2 sqrt(1/n + 1/m).
[[nodiscard]] double ks(std::uint64_t n, std::uint64_t m);
/// sqrt(2 / pi) integral of sqrt(F (1 - F)) times sqrt(1/n + 1/m), with F of the reference; in its unit. O(size).
[[nodiscard]] double wasserstein(const SortedSample& reference, std::uint64_t n, std::uint64_t m);

}  // namespace noise_floor

/// The least effect that a test of level `alpha` finds with probability `power`, n against m values. All throw
/// out_of_domain unless 0 < alpha < power < 1, and sample_too_small.
namespace detectable {

/// In standard deviations, by a two-sided test of means (normal approximation).
[[nodiscard]] double mean_shift(std::uint64_t n, std::uint64_t m, double alpha, double power);
/// Of the distribution functions' greatest gap: at this one, Kolmogorov-Smirnov has at least the power (a bound, from
/// the place of the gap alone).
[[nodiscard]] double ks(std::uint64_t n, std::uint64_t m, double alpha, double power);
/// Of PSI, by the chi-squared test of homogeneity over `bins` categories: its noncentrality times (1/n + 1/m), to which
/// PSI is equal at first order.
[[nodiscard]] double psi(std::size_t bins, std::uint64_t n, std::uint64_t m, double alpha, double power);
/// The same as a Jensen-Shannon distance in nats, sqrt(PSI / 8).
[[nodiscard]] double jensen_shannon_distance(std::size_t bins, std::uint64_t n, std::uint64_t m, double alpha,
                                             double power);
/// Of two proportions around `share`, two-sided.
[[nodiscard]] double proportion_difference(double share, std::uint64_t n, std::uint64_t m, double alpha, double power);

}  // namespace detectable

struct Interval {
    double low = 0;
    double high = 0;
};

/// Wilson's interval of a proportion (1927), without continuity correction (scipy.stats.binomtest's "wilson").
[[nodiscard]] Interval wilson(std::uint64_t successes, std::uint64_t trials, double confidence);

/// Wasserstein's distance in the reference's standard deviations, at least `least_deviation` (Evidently takes 0.001).
[[nodiscard]] double normed_wasserstein(double distance, const Moments& reference, double least_deviation);
/// (mean a - mean b) over the pooled standard deviation (Cohen's d). Throws no_spread, sample_too_small.
[[nodiscard]] double standardised_mean_difference(const Moments& a, const Moments& b);
/// P(a > b) - P(a < b) from Mann-Whitney's U: Cliff's delta, in [-1, 1].
[[nodiscard]] double cliffs_delta(double u, std::uint64_t n, std::uint64_t m);
/// Of a 2 x k table, from its chi-squared: sqrt(chi2 / N), as the shorter side is 2. Bias-corrected (Bergsma 2013) in
/// the second form.
[[nodiscard]] double cramers_v(double chi_squared, std::uint64_t total);
[[nodiscard]] double cramers_v_corrected(double chi_squared, std::uint64_t total, std::size_t categories);

}  // namespace mlo::stats
