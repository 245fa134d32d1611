// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <limits>
#include <mlo/drift/method.hpp>
#include <mlo/stats/counts.hpp>
#include <mlo/stats/distributions.hpp>
#include <mlo/stats/divergences.hpp>
#include <mlo/stats/effects.hpp>
#include <mlo/stats/errors.hpp>
#include <mlo/stats/mmd.hpp>
#include <mlo/stats/permutation.hpp>
#include <mlo/stats/two_sample.hpp>
#include <mlo/util/error.hpp>
#include <numeric>

namespace mlo::drift {
namespace {

using Input = const MethodInput&;
using AtThreshold = MethodRow::AtThreshold;

/// Up to here p of Kolmogorov-Smirnov is found by counting paths.
constexpr std::uint64_t exact_up_to = 1000;
/// Evidently's least spread, in the unit of the values.
constexpr double least_deviation = 0.001;
constexpr std::uint32_t evidently_rounds = 1000;

std::uint64_t total(std::span<const std::uint64_t> counts) noexcept {
    return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
}
std::uint64_t n_of(Input in) noexcept { return total(in.reference_counts); }
std::uint64_t m_of(Input in) noexcept { return total(in.current_counts); }

/// Bins or categories that either side uses.
std::size_t used(Input in) noexcept {
    std::size_t bins = 0;
    for (std::size_t i = 0; i < in.reference_counts.size(); ++i)
        bins += in.reference_counts[i] + in.current_counts[i] > 0 ? 1u : 0u;
    return bins;
}

/// Counts of both without what neither has: to fill such bins would change the others' shares.
struct UsedCounts {
    explicit UsedCounts(Input in) {
        for (std::size_t i = 0; i < in.reference_counts.size(); ++i) {
            if (in.reference_counts[i] + in.current_counts[i] == 0) continue;
            reference.push_back(in.reference_counts[i]);
            current.push_back(in.current_counts[i]);
        }
    }
    std::vector<std::uint64_t> reference;
    std::vector<std::uint64_t> current;
};

template <class Distance>
double of_shares(Input in, stats::ZeroFill fill, const Distance& distance) {
    const UsedCounts counts{in};
    return distance(stats::shares(counts.reference, fill), stats::shares(counts.current, fill));
}

// Of numbers.

double ks(Input in) { return stats::ks(*in.reference, *in.current, {.exact_up_to = exact_up_to}).p; }
double ks_as_scipy(Input in) { return stats::ks(*in.reference, *in.current).p; }
double cramer_von_mises_as_scipy(Input in) { return stats::cramer_von_mises(*in.reference, *in.current).p; }
/// SciPy's statistic takes the distance of ranks within a tie for one of the samples: with many ties p is far too
/// small. So where there are any, sum (F - G)^2 over the pooled values, which is the same without them (Anderson 1962,
/// eq. 1), with the limit of its distribution, whose p is too large then.
double cramer_von_mises(Input in) {
    const auto a = in.reference->values();
    const auto b = in.current->values();
    const auto n = static_cast<double>(a.size());
    const auto m = static_cast<double>(b.size());
    bool has_ties = false;
    double sum = 0;
    for (std::size_t i = 0, j = 0; i < a.size() || j < b.size();) {
        const double value = j == b.size() || (i < a.size() && a[i] < b[j]) ? a[i] : b[j];
        const auto from = i + j;
        while (i < a.size() && a[i] == value) ++i;
        while (j < b.size() && b[j] == value) ++j;
        const auto times = static_cast<double>(i + j - from);
        has_ties = has_ties || i + j - from > 1;
        const double gap = static_cast<double>(i) / n - static_cast<double>(j) / m;
        sum += times * gap * gap;
    }
    if (!has_ties || a.empty() || b.empty()) return cramer_von_mises_as_scipy(in);
    const double all = n + m;
    const double statistic = n * m / (all * all) * sum;
    const double mean = (1 + 1 / all) / 6;
    const double variance =
        (all + 1) * (4 * n * m * all - 3 * (n * n + m * m) - 2 * n * m) / (45 * all * all * 4 * n * m);
    const double scaled = 1.0 / 6 + (statistic - mean) / std::sqrt(45 * variance);
    return scaled > 0 ? std::min(1.0, stats::cramer_von_mises_limit_sf(scaled)) : 1.0;
}
double anderson(Input in) { return stats::anderson_darling(*in.reference, *in.current).p; }
double mann_whitney(Input in) { return stats::mann_whitney(*in.reference, *in.current).p; }
double mann_whitney_less(Input in) {
    return stats::mann_whitney(*in.reference, *in.current, {.alternative = stats::Alternative::less}).p;
}
double t_test(Input in) { return stats::t_test(*in.reference_moments, *in.current_moments, stats::Variances::equal).p; }
double epps_singleton(Input in) { return stats::epps_singleton(*in.reference, *in.current).p; }
double mmd(Input in) {
    stats::MmdOptions options;
    options.permutation.seed = in.seed;
    return stats::mmd(in.reference->values(), in.current->values(), options).p;
}
double wasserstein(Input in) {
    const double distance = stats::wasserstein(*in.reference, *in.current);
    if (!(in.reference_moments->standard_deviation() > 0))
        throw Error{stats::errors::no_spread, "'wasserstein' is measured in standard deviations of the reference"};
    return stats::normed_wasserstein(distance, *in.reference_moments, std::numeric_limits<double>::min());
}
double wasserstein_noise(Input in) {
    const double noise = stats::noise_floor::wasserstein(*in.reference, in.reference->size(), in.current->size());
    return stats::normed_wasserstein(noise, *in.reference_moments, std::numeric_limits<double>::min());
}
double wasserstein_as_evidently(Input in) {
    return stats::normed_wasserstein(stats::wasserstein(*in.reference, *in.current), *in.reference_moments,
                                     least_deviation);
}
double energy(Input in) { return stats::energy_distance(*in.reference, *in.current); }

// Of counts.

double chi_squared(Input in) { return stats::homogeneity(in.reference_counts, in.current_counts).p; }
double chi_squared_as_evidently(Input in) {
    // One category leaves no degree of freedom, of which SciPy says NaN.
    if (used(in) < 2) return std::numeric_limits<double>::quiet_NaN();
    return stats::goodness_of_fit(in.current_counts, in.reference_counts).p;
}
double g_test(Input in) {
    return stats::homogeneity(in.reference_counts, in.current_counts, {.divergence = stats::Divergence::log_likelihood})
        .p;
}
double g_test_as_evidently(Input in) {
    return stats::goodness_of_fit(in.current_counts, in.reference_counts,
                                  {.divergence = stats::Divergence::log_likelihood, .rescale = stats::Rescale::no})
        .p;
}
/// Counts of both in two categories: the first that is used, and the rest.
stats::TwoByTwo two_by_two(Input in) {
    const UsedCounts counts{in};
    if (counts.reference.size() > 2)
        throw Error{stats::errors::out_of_domain, "the method takes columns of two values"};
    stats::TwoByTwo table;
    table.a_no = counts.reference.front();
    table.a_yes = n_of(in) - table.a_no;
    table.b_no = counts.current.front();
    table.b_yes = m_of(in) - table.b_no;
    return table;
}
double z_test(Input in) {
    const auto table = two_by_two(in);
    return stats::z_test(table.a_yes, n_of(in), table.b_yes, m_of(in)).p;
}
/// What comes first in the order of keys, and the rest, however many there are.
double z_test_as_evidently(Input in) {
    const UsedCounts counts{in};
    return stats::z_test(n_of(in) - counts.reference.front(), n_of(in), m_of(in) - counts.current.front(), m_of(in)).p;
}
double fisher(Input in) { return stats::fisher_exact(two_by_two(in)).p; }
double total_variation_p(Input in) {
    return stats::total_variation_permutation(in.reference_counts, in.current_counts, {.seed = in.seed}).p;
}
double total_variation_p_as_evidently(Input in) {
    return stats::total_variation_permutation(
               in.reference_counts, in.current_counts,
               {.seed = in.seed, .rounds = evidently_rounds, .p = stats::PermutationP::share})
        .p;
}

double jensen_shannon(Input in) {
    return of_shares(in, stats::ZeroFill::none,
                     [](const auto& p, const auto& q) { return stats::jensen_shannon_distance(p, q); });
}
double jensen_shannon_noise(Input in) {
    return stats::noise_floor::jensen_shannon_distance(used(in), n_of(in), m_of(in));
}
double kl(Input in) {
    return of_shares(in, stats::ZeroFill::half_count,
                     [](const auto& p, const auto& q) { return stats::kullback_leibler(p, q); });
}
/// Evidently fills bins that neither side uses, too.
template <class Distance>
double of_filled(Input in, const Distance& distance) {
    return distance(stats::shares(in.reference_counts, stats::ZeroFill::evidently),
                    stats::shares(in.current_counts, stats::ZeroFill::evidently));
}
double kl_as_evidently(Input in) {
    return of_filled(in, [](const auto& p, const auto& q) { return stats::kullback_leibler(p, q); });
}
double kl_noise(Input in) { return stats::noise_floor::kullback_leibler(used(in), n_of(in), m_of(in)); }
double psi(Input in) {
    return of_shares(in, stats::ZeroFill::half_count, [](const auto& p, const auto& q) { return stats::psi(p, q); });
}
double psi_as_evidently(Input in) {
    return of_filled(in, [](const auto& p, const auto& q) { return stats::psi(p, q); });
}
double psi_noise(Input in) { return stats::noise_floor::psi(used(in), n_of(in), m_of(in)); }
double hellinger(Input in) {
    return of_shares(in, stats::ZeroFill::none, [](const auto& p, const auto& q) { return stats::hellinger(p, q); });
}
double hellinger_noise(Input in) { return stats::noise_floor::hellinger(used(in), n_of(in), m_of(in)); }
double l_infinity(Input in) {
    return of_shares(in, stats::ZeroFill::none, [](const auto& p, const auto& q) { return stats::l_infinity(p, q); });
}

constexpr auto numbers = Takes::numbers;
constexpr auto categories = Takes::categories;
constexpr auto both = Takes::both;
constexpr auto p = ScoreKind::p;
constexpr auto distance = ScoreKind::distance;
constexpr auto drifts = AtThreshold::drift;
constexpr auto none = AtThreshold::none;

// clang-format off
constexpr MethodRow rows[] = {
    {Method::ks, "ks", "", numbers, Needs::values, p, 0.05, ks, nullptr, "K-S p_value", ks_as_scipy, drifts},
    {Method::cramer_von_mises, "cramer_von_mises", "cvm", numbers, Needs::values, p, 0.1, cramer_von_mises, nullptr, "Cramer-von Mises", cramer_von_mises_as_scipy, drifts},
    {Method::anderson, "anderson", "", numbers, Needs::values, p, 0.1, anderson, nullptr, "Anderson-Darling", nullptr, none},
    {Method::mannw, "mannw", "mannwhitneyu", numbers, Needs::values, p, 0.05, mann_whitney, nullptr, "Mann-Whitney U-rank test", mann_whitney_less, none},
    {Method::t_test, "t_test", "ttest_ind", numbers, Needs::moments, p, 0.05, t_test, nullptr, "t_test", nullptr, none},
    {Method::es, "es", "epps_singleton", numbers, Needs::values, p, 0.05, epps_singleton, nullptr, "Epps-Singleton", nullptr, none},
    {Method::empirical_mmd, "empirical_mmd", "mmd", numbers, Needs::values, p, 0.1, mmd, nullptr, "empirical_mmd", nullptr, none},
    {Method::chisquare, "chisquare", "chi2", categories, Needs::counts, p, 0.05, chi_squared, nullptr, "chi-square p_value", chi_squared_as_evidently, none},
    {Method::z, "z", "", categories, Needs::counts, p, 0.05, z_test, nullptr, "Z-test p_value", z_test_as_evidently, none},
    {Method::fisher_exact, "fisher_exact", "", categories, Needs::counts, p, 0.1, fisher, nullptr, "Fisher's Exact test", nullptr, none},
    {Method::g_test, "g_test", "", categories, Needs::counts, p, 0.1, g_test, nullptr, "g_test", g_test_as_evidently, none},
    {Method::total_variation, "TVD", "tvd", categories, Needs::counts, p, 0.1, total_variation_p, nullptr, "Total-Variation-Distance", total_variation_p_as_evidently, none},
    {Method::wasserstein, "wasserstein", "", numbers, Needs::values, distance, 0.1, wasserstein, wasserstein_noise, "Wasserstein distance (normed)", wasserstein_as_evidently, drifts},
    {Method::energy, "ed", "energy", numbers, Needs::values, distance, 0.1, energy, nullptr, "Energy-distance", nullptr, none},
    {Method::jensenshannon, "jensenshannon", "js", both, Needs::counts, distance, 0.1, jensen_shannon, jensen_shannon_noise, "Jensen-Shannon distance", nullptr, drifts},
    {Method::kl_div, "kl_div", "kl", both, Needs::counts, distance, 0.1, kl, kl_noise, "Kullback-Leibler divergence", kl_as_evidently, drifts},
    {Method::psi, "psi", "", both, Needs::counts, distance, 0.1, psi, psi_noise, "PSI", psi_as_evidently, drifts},
    {Method::hellinger, "hellinger", "", both, Needs::counts, distance, 0.1, hellinger, hellinger_noise, "Hellinger distance", nullptr, drifts},
    {Method::l_infinity, "l_infinity", "", both, Needs::counts, distance, 0.1, l_infinity, nullptr, "", nullptr, drifts}};
// clang-format on

constexpr bool is_in_order() {
    for (std::size_t i = 0; i < std::size(rows); ++i)
        if (static_cast<std::size_t>(rows[i].method) != i) return false;
    return true;
}
static_assert(is_in_order());

}  // namespace

std::span<const MethodRow> methods() noexcept { return rows; }

const MethodRow& row_of(Method method) noexcept { return rows[static_cast<std::size_t>(method)]; }

std::optional<Method> method_named(std::string_view name) noexcept {
    for (const auto& row : rows)
        if (name == row.name || (!name.empty() && name == row.alias)) return row.method;
    return std::nullopt;
}

bool is_beyond(const MethodRow& row, double score, double threshold) noexcept {
    if (score == threshold) return row.at_threshold == AtThreshold::drift;
    return row.kind == ScoreKind::p ? score < threshold : score > threshold;
}

std::string_view to_string(ScoreKind kind) noexcept { return kind == ScoreKind::p ? "p" : "distance"; }

}  // namespace mlo::drift
