// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

/// Tails of distributions. Every `*_sf` is P(X > x) (P(X >= x) where X is continuous), computed as such and never as 1
/// - cdf where that would cancel: small ones keep their digits down to the least double. All are thread-safe and throw
/// nothing but out_of_domain; NaN gives NaN.
namespace mlo::stats {

/// Standard normal: erfc(x / sqrt 2) / 2.
[[nodiscard]] double normal_sf(double x);
[[nodiscard]] double normal_cdf(double x);
/// The x with P(X <= x) = p, for p in (0, 1).
[[nodiscard]] double normal_quantile(double p);

/// Student's t with `degrees` > 0 degrees of freedom, a real number as Welch's test has it.
[[nodiscard]] double student_t_sf(double t, double degrees);

/// Chi-squared: the upper regularised incomplete gamma function Q(degrees / 2, x / 2).
[[nodiscard]] double chi_squared_sf(double x, double degrees);
/// The x with P(X > x) = p.
[[nodiscard]] double chi_squared_isf(double p, double degrees);
/// The noncentrality at which a chi-squared test of level `alpha` rejects with probability `power`.
[[nodiscard]] double chi_squared_noncentrality(double degrees, double alpha, double power);

/// P(X = successes) of a binomial with n trials, by Loader's saddle-point expansion ("Fast and accurate computation of
/// binomial probabilities", 2000); relative error about 1e-14 at every n. `failure_probability` is 1 - p, given apart
/// because the caller often knows it with more digits. n and successes may be real (the continuous extension).
[[nodiscard]] double binomial_pmf(double successes, double trials, double probability, double failure_probability);

/// P(X = drawn_good) when `draws` are taken without replacement from `total`, of which `good` are good.
[[nodiscard]] double hypergeometric_pmf(std::uint64_t drawn_good, std::uint64_t total, std::uint64_t good,
                                        std::uint64_t draws);

/// One-sided one-sample Kolmogorov-Smirnov: P(D+ >= d) with n observations, exactly (Smirnov 1944;
/// scipy.special.smirnov).
[[nodiscard]] double ks_one_sided_sf(std::uint64_t n, double d);
/// Two-sided one-sample Kolmogorov-Smirnov: P(D >= d) with n observations, by the methods that Simard & L'Ecuyer (2011)
/// choose for each region, as scipy.stats.kstwo.sf: exact up to n = 140, and beyond it in the upper tail; elsewhere
/// Pelz & Good's expansion, off by at most 3.1e-6 at n = 141, 6.4e-8 at 1000, and less as n^-2.
[[nodiscard]] double kolmogorov_sf(std::uint64_t n, double d);
/// The limit of P(sqrt(n) D >= x) for n to infinity (scipy.special.kolmogorov).
[[nodiscard]] double kolmogorov_limit_sf(double x);
/// The x with kolmogorov_limit_sf(x) = p, for p in (0, 1).
[[nodiscard]] double kolmogorov_limit_isf(double p);

/// The limit of the Cramer-von Mises statistic: P(W^2 >= x), by Smirnov's integral of 1937 (Durbin & Knott 1972,
/// eq. 2.10), which keeps its digits in the tail.
[[nodiscard]] double cramer_von_mises_limit_sf(double x);

/// x ln(x / mean) + mean - x, never negative, without cancellation (Loader's bd0). 0 ln 0 is 0; infinite if mean is 0
/// and x is not.
[[nodiscard]] double deviance_term(double x, double mean);

}  // namespace mlo::stats
