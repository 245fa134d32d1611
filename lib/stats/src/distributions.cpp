// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <mlo/stats/distributions.hpp>
#include <numbers>

#include "deviance.hpp"
#include "require.hpp"

namespace mlo::stats {
namespace {

constexpr double pi = std::numbers::pi;

/// ln x! minus Stirling's formula, for real x > 0.
double stirling_error(double x) {
    constexpr double series_from = 16;
    double correction = 0;
    for (; x < series_from; ++x) correction += (x + 0.5) * std::log1p(1 / x) - 1;
    const double r = 1 / (x * x);
    const double series =
        (1.0 / 12 - r * (1.0 / 360 - r * (1.0 / 1260 - r * (1.0 / 1680 - r * (1.0 / 1188 - r * (691.0 / 360360)))))) /
        x;
    return series + correction;
}

}  // namespace

double deviance_term(double x, double mean) { return deviance_of_gap(x, mean, x - mean); }

double deviance_of_gap(double x, double mean, double difference) {
    if (x == 0) return mean;
    if (mean == 0) return std::numeric_limits<double>::infinity();
    if (std::abs(difference) >= 0.1 * (x + mean)) return x * std::log(x / mean) - difference;
    // ln(x / mean) = 2 artanh(v) with v = difference / (x + mean): its first terms cancel against the rest.
    const double v = difference / (x + mean);
    double sum = difference * v;
    double power = 2 * x * v;
    for (int k = 3;; k += 2) {
        power *= v * v;
        const double next = sum + power / k;
        if (next == sum) return sum;
        sum = next;
    }
}

double binomial_pmf(double successes, double trials, double probability, double failure_probability) {
    const double failures = trials - successes;
    if (probability <= 0) return successes == 0 ? 1 : 0;
    if (failure_probability <= 0) return failures == 0 ? 1 : 0;
    if (successes == 0)
        return std::exp(trials * (probability < 0.5 ? std::log1p(-probability) : std::log(failure_probability)));
    if (failures == 0)
        return std::exp(trials *
                        (failure_probability < 0.5 ? std::log1p(-failure_probability) : std::log(probability)));
    const double exponent = stirling_error(trials) - stirling_error(successes) - stirling_error(failures) -
                            deviance_term(successes, trials * probability) -
                            deviance_term(failures, trials * failure_probability);
    return std::exp(exponent) * std::sqrt(trials / (2 * pi * successes * failures));
}

double hypergeometric_pmf(std::uint64_t drawn_good, std::uint64_t total, std::uint64_t good, std::uint64_t draws) {
    if (drawn_good > draws || drawn_good > good || good > total || draws > total) return 0;
    if (draws - drawn_good > total - good) return 0;
    if (draws == 0 || draws == total) return 1;
    const auto as_double = [](std::uint64_t count) { return static_cast<double>(count); };
    const double p = as_double(draws) / as_double(total);
    const double q = as_double(total - draws) / as_double(total);
    return binomial_pmf(as_double(drawn_good), as_double(good), p, q) *
           (binomial_pmf(as_double(draws - drawn_good), as_double(total - good), p, q) /
            binomial_pmf(as_double(draws), as_double(total), p, q));
}

double kolmogorov_limit_sf(double x) {
    if (std::isnan(x)) return x;
    if (x <= 0) return 1;
    double sum = 0;
    if (x < 1) {
        // The theta function's other form, of which few terms are needed where x is small.
        const double exponent = -pi * pi / (8 * x * x);
        for (int k = 9; k >= 1; k -= 2) sum += std::exp(exponent * k * k);
        return 1 - std::sqrt(2 * pi) / x * sum;
    }
    for (int k = 6; k >= 1; --k) sum += (k % 2 == 1 ? 2 : -2) * std::exp(-2.0 * k * k * x * x);
    return sum;
}

double kolmogorov_limit_isf(double p) {
    require_within(p, 0, 1, "a probability");
    double low = 0;
    double high = 30;
    for (double middle = 15; middle > low && middle < high; middle = low + (high - low) / 2)
        (kolmogorov_limit_sf(middle) > p ? low : high) = middle;
    return high;
}

double cramer_von_mises_limit_sf(double x) {
    if (std::isnan(x)) return x;
    constexpr double certain_below = 0.003;  // there the distribution function is below 1e-17
    if (x <= certain_below) return 1;
    // P = 2/pi sum_j (-1)^(j-1) int over [(2j-1) pi, 2j pi] of e^(-x u^2 / 2) / sqrt(-u sin u) du. With u at the middle
    // plus s pi / 2, the square roots at both ends become Chebyshev's weight, for which equal weights at his nodes are
    // best.
    constexpr int nodes = 96;
    static const auto table = [] {
        std::array<std::array<double, 2>, nodes> made{};
        for (std::size_t k = 0; k < nodes; ++k) {
            const double angle = pi * (static_cast<double>(k) + 0.5) / nodes;
            const double from_left = 2 * std::pow(std::sin(angle / 2), 2);  // s + 1, without cancellation
            const double from_nearest = std::min(from_left, 2 * std::pow(std::cos(angle / 2), 2));
            made[k] = {from_left, std::sin(angle) / std::sqrt(std::sin(pi / 2 * from_nearest))};
        }
        return made;
    }();
    double sum = 0;
    for (int j = 1;; ++j) {
        const double left = (2 * j - 1) * pi;
        double part = 0;
        for (const auto& [from_left, weight] : table) {
            const double u = left + pi / 2 * from_left;
            part += weight * std::exp(-x * u * u / 2) / std::sqrt(u);
        }
        sum += j % 2 == 1 ? part : -part;
        if (part <= sum * std::numeric_limits<double>::epsilon() / 4) break;
    }
    return std::min(1.0, sum * pi / nodes);
}

}  // namespace mlo::stats
