// SPDX-License-Identifier: Apache-2.0
#include "tests.hpp"

#include <algorithm>
#include <cmath>
#include <mlo/stats/counts.hpp>
#include <mlo/stats/divergences.hpp>
#include <mlo/stats/effects.hpp>
#include <mlo/stats/permutation.hpp>
#include <mlo/stats/two_sample.hpp>
#include <numbers>
#include <numeric>

namespace mlo::drift {
namespace {

/// A distance in nats as one in base 2.
const double in_base_2 = 1 / std::sqrt(std::numbers::ln2);
/// Below it chi-squared is no chi-squared (Cochran 1954).
constexpr double least_expected = 5;
constexpr std::uint32_t few_rounds = 999;
constexpr std::uint32_t many_rounds = 19'999;
constexpr double worth_many_rounds = 0.02;
/// Up to here p of Kolmogorov-Smirnov is found by counting paths.
constexpr std::uint64_t exact_up_to = 1000;

std::uint64_t sum(std::span<const std::uint64_t> counts) noexcept {
    return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
}

/// The least count that is expected in any cell that either side uses.
double least_expectation(const Counts& counts) {
    const auto n = static_cast<double>(counts.reference_total());
    const auto m = static_cast<double>(counts.current_total());
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < counts.reference.size(); ++i) {
        const auto both = static_cast<double>(counts.reference[i] + counts.current[i]);
        if (both > 0) least = std::min(least, both * std::min(n, m) / (n + m));
    }
    return least;
}

double chi_squared(std::span<const std::uint64_t> a, std::span<const std::uint64_t> b) {
    return stats::homogeneity(a, b).statistic;
}

}  // namespace

std::uint64_t Counts::reference_total() const noexcept { return sum(reference); }
std::uint64_t Counts::current_total() const noexcept { return sum(current); }

void measure(Finding& finding, const Counts& counts, const Rules& rules) {
    const auto n = finding.reference_values = counts.reference_total();
    const auto m = finding.current_values = counts.current_total();
    finding.effect = stats::jensen_shannon_distance(stats::shares(counts.reference), stats::shares(counts.current),
                                                    stats::LogBase::two);
    std::size_t used = 0;
    for (std::size_t i = 0; i < counts.reference.size(); ++i)
        used += counts.reference[i] + counts.current[i] > 0 ? 1u : 0u;
    if (used < 2) return;
    const double noise = stats::noise_floor::jensen_shannon_distance(used, n, m) * in_base_2;
    const double effect = stats::detectable::jensen_shannon_distance(used, n, m, rules.alpha, rules.power) * in_base_2;
    finding.noise_floor = std::min(1.0, noise);
    // Chance adds to what there is.
    finding.detectable = std::min(1.0, std::hypot(noise, effect));
}

void test_categories(Finding& finding, const Counts& counts, const Rules& rules) {
    finding.test = Test::chi_squared;
    finding.p = stats::homogeneity(counts.reference, counts.current).p;
    if (least_expectation(counts) >= least_expected) return;
    finding.test = Test::permutation;
    const auto p_of = [&](std::uint32_t rounds) {
        return stats::permutation_test_of_counts(counts.reference, counts.current, chi_squared,
                                                 {.seed = rules.seed, .rounds = rounds})
            .p;
    };
    finding.p = p_of(few_rounds);
    if (finding.p < worth_many_rounds) finding.p = p_of(many_rounds);
}

void test_proportions(Finding& finding, const Counts& counts) {
    constexpr double least_for_chi_squared = 20;
    if (least_expectation(counts) >= least_for_chi_squared) {
        finding.test = Test::chi_squared;
        finding.p = stats::homogeneity(counts.reference, counts.current).p;
        return;
    }
    finding.test = Test::fisher;
    finding.p = stats::fisher_exact({.a_yes = counts.reference[0],
                                     .a_no = counts.reference[1],
                                     .b_yes = counts.current[0],
                                     .b_no = counts.current[1]})
                    .p;
}

void test_order(Finding& finding, const Counts& counts) {
    const auto n = counts.reference_total();
    const auto m = counts.current_total();
    std::uint64_t below_n = 0;
    std::uint64_t below_m = 0;
    double farthest = 0;
    for (std::size_t i = 0; i < counts.reference.size(); ++i) {
        below_n += counts.reference[i];
        below_m += counts.current[i];
        farthest = std::max(farthest, std::abs(static_cast<double>(below_n) / static_cast<double>(n) -
                                               static_cast<double>(below_m) / static_cast<double>(m)));
    }
    finding.test = Test::ks;
    finding.p = stats::ks_p(std::max(0.0, farthest - counts.uncertainty), n, m, {.exact_up_to = exact_up_to});
}

void test_samples(Finding& finding, const stats::SortedSample& reference, const stats::SortedSample& current) {
    finding.test = Test::ks;
    finding.p = stats::ks(reference, current, {.exact_up_to = exact_up_to}).p;
}

double all_of_extremes(std::uint64_t k, std::uint64_t n, std::uint64_t m) noexcept {
    const auto all = static_cast<double>(n + m);
    const auto part = static_cast<double>(m);
    double log_p = 0;
    // What is below the least double needs no more factors.
    for (std::uint64_t i = 0; i < k && log_p > -800; ++i) {
        const auto gone = static_cast<double>(i);
        if (gone >= part) return 0;
        log_p += std::log((part - gone) / (all - gone));
    }
    return std::exp(log_p);
}

}  // namespace mlo::drift
