// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <mlo/stats/distributions.hpp>
#include <mlo/stats/effects.hpp>
#include <mlo/stats/errors.hpp>
#include <numbers>

#include "pooled.hpp"
#include "require.hpp"

namespace mlo::stats {
namespace {

constexpr double pi = std::numbers::pi;

/// 1/n + 1/m: the variance of a difference of means in units of that of one value.
double both_parts(std::uint64_t n, std::uint64_t m) {
    require_size(n, 1, "a noise floor");
    require_size(m, 1, "a noise floor");
    return 1 / static_cast<double>(n) + 1 / static_cast<double>(m);
}

void require_levels(double alpha, double power) {
    require_within(alpha, 0, 1, "alpha");
    require_within(power, alpha, 1, "the power");
}

double degrees_of(std::size_t bins) {
    require_size(bins, 1, "bins");
    return static_cast<double>(bins - 1);
}

}  // namespace

namespace noise_floor {

double psi(std::size_t bins, std::uint64_t n, std::uint64_t m) { return degrees_of(bins) * both_parts(n, m); }

double kullback_leibler(std::size_t bins, std::uint64_t n, std::uint64_t m) { return psi(bins, n, m) / 2; }

double jensen_shannon_distance(std::size_t bins, std::uint64_t n, std::uint64_t m) {
    return std::sqrt(psi(bins, n, m) / 8);
}

double hellinger(std::size_t bins, std::uint64_t n, std::uint64_t m) { return std::sqrt(psi(bins, n, m) / 8); }

double total_variation(std::span<const double> shares, std::uint64_t n, std::uint64_t m) {
    Sum sum;
    for (const auto share : shares) {
        if (!(share >= 0 && share <= 1)) require_within(share, 0, 1, "a share");
        sum.add(std::sqrt(share * (1 - share)));
    }
    return sum.value() * std::sqrt(both_parts(n, m) / (2 * pi));
}

double ks(std::uint64_t n, std::uint64_t m) {
    return std::sqrt(pi / 2) * std::numbers::ln2 * std::sqrt(both_parts(n, m));
}

double wasserstein(const SortedSample& reference, std::uint64_t n, std::uint64_t m) {
    require_size(reference.size(), 1, "a noise floor");
    require_finite(reference, "a noise floor");
    const auto size = static_cast<double>(reference.size());
    Sum sum;
    for (std::size_t i = 1; i < reference.size(); ++i) {
        const double below = static_cast<double>(i) / size;
        sum.add(std::sqrt(below * (1 - below)) * (reference[i] - reference[i - 1]));
    }
    return std::sqrt(2 / pi) * std::sqrt(both_parts(n, m)) * sum.value();
}

}  // namespace noise_floor

namespace detectable {

double mean_shift(std::uint64_t n, std::uint64_t m, double alpha, double power) {
    require_levels(alpha, power);
    return (normal_quantile(1 - alpha / 2) + normal_quantile(power)) * std::sqrt(both_parts(n, m));
}

double ks(std::uint64_t n, std::uint64_t m, double alpha, double power) {
    require_levels(alpha, power);
    // At the gap's place the difference of the two shares has a standard deviation of at most sqrt(1/n + 1/m) / 2.
    const double certain = kolmogorov_limit_isf(alpha) + std::max(0.0, normal_quantile(power)) / 2;
    return std::min(1.0, certain * std::sqrt(both_parts(n, m)));
}

double psi(std::size_t bins, std::uint64_t n, std::uint64_t m, double alpha, double power) {
    require_levels(alpha, power);
    const double degrees = degrees_of(bins);
    return degrees == 0 ? 0 : chi_squared_noncentrality(degrees, alpha, power) * both_parts(n, m);
}

double jensen_shannon_distance(std::size_t bins, std::uint64_t n, std::uint64_t m, double alpha, double power) {
    return std::sqrt(psi(bins, n, m, alpha, power) / 8);
}

double proportion_difference(double share, std::uint64_t n, std::uint64_t m, double alpha, double power) {
    if (!(share >= 0 && share <= 1)) require_within(share, 0, 1, "a share");
    return std::min(1.0, mean_shift(n, m, alpha, power) * std::sqrt(share * (1 - share)));
}

}  // namespace detectable

Interval wilson(std::uint64_t successes, std::uint64_t trials, double confidence) {
    require_size(trials, 1, "wilson");
    require_within(confidence, 0, 1, "the confidence");
    if (successes > trials) throw Error{errors::out_of_domain, "'wilson' was given more successes than trials"};
    const auto n = static_cast<double>(trials);
    const double share = static_cast<double>(successes) / n;
    const double z = normal_quantile(0.5 + confidence / 2);
    const double z2 = z * z;
    const double centre = (share + z2 / (2 * n)) / (1 + z2 / n);
    const double half = z / (1 + z2 / n) * std::sqrt(share * (1 - share) / n + z2 / (4 * n * n));
    // At the ends the bounds are 0 and 1 exactly, which rounding would miss.
    return {successes == 0 ? 0 : centre - half, successes == trials ? 1 : centre + half};
}

double normed_wasserstein(double distance, const Moments& reference, double least_deviation) {
    require_size(reference.count(), 1, "normed_wasserstein");
    require_positive(least_deviation, "the least standard deviation");
    return distance / std::max(reference.standard_deviation(), least_deviation);
}

double standardised_mean_difference(const Moments& a, const Moments& b) {
    require_size(a.count(), 1, "standardised_mean_difference");
    require_size(b.count(), 1, "standardised_mean_difference");
    require_size(a.count() + b.count(), 3, "standardised_mean_difference");
    const auto n = static_cast<double>(a.count());
    const auto m = static_cast<double>(b.count());
    const double deviation = std::hypot(a.standard_deviation() * std::sqrt(n / (n + m - 2)),
                                        b.standard_deviation() * std::sqrt(m / (n + m - 2)));
    if (!(deviation > 0))
        throw Error{errors::no_spread, "'standardised_mean_difference' needs a sample that is not constant"};
    return a.mean_minus(b) / deviation;
}

double cliffs_delta(double u, std::uint64_t n, std::uint64_t m) {
    (void)both_parts(n, m);
    return 2 * u / (static_cast<double>(n) * static_cast<double>(m)) - 1;
}

double cramers_v(double chi_squared, std::uint64_t total) {
    require_size(total, 1, "cramers_v");
    return std::sqrt(chi_squared / static_cast<double>(total));
}

double cramers_v_corrected(double chi_squared, std::uint64_t total, std::size_t categories) {
    require_size(total, 2, "cramers_v");
    const double degrees = degrees_of(categories);
    const double rest = static_cast<double>(total) - 1;
    const double phi = std::max(0.0, chi_squared / static_cast<double>(total) - degrees / rest);
    const double rows = 2 - 1 / rest;
    const double columns = static_cast<double>(categories) - degrees * degrees / rest;
    const double shorter = std::min(rows, columns) - 1;
    return shorter > 0 ? std::sqrt(phi / shorter) : 0;
}

}  // namespace mlo::stats
