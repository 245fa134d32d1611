// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <mlo/stats/distributions.hpp>
#include <mlo/stats/errors.hpp>
#include <mlo/stats/two_sample.hpp>
#include <numeric>
#include <vector>

#include "pooled.hpp"
#include "require.hpp"

namespace mlo::stats {
namespace {

double tail_p(double z, Alternative alternative) {
    switch (alternative) {
        case Alternative::less:
            return normal_cdf(z);
        case Alternative::greater:
            return normal_sf(z);
        case Alternative::two_sided:
            break;
    }
    return std::min(1.0, 2 * normal_sf(std::abs(z)));
}

Wide product(std::int64_t a, std::int64_t b) { return static_cast<Wide>(a) * static_cast<Wide>(b); }

[[noreturn]] void refuse_exact(std::string_view method, std::size_t n, std::size_t m) {
    throw Error{errors::too_large_for_exact, fmt::format("'{}' has no exact p for {} and {} values", method, n, m)};
}

// ---- Cramer-von Mises

/// Sum over the `count` equal values of one sample, of which `before` are smaller, of (2 (midrank - index))^2.
Wide doubled_squares(std::int64_t doubled_rank, std::int64_t before, std::int64_t count) {
    // With d = 2 rank - 2 before: sum over t = 1 .. c of (d - 2 t)^2.
    const auto d = static_cast<SignedWide>(doubled_rank - 2 * before);
    const auto c = static_cast<SignedWide>(count);
    return static_cast<Wide>(c * d * d - 2 * d * c * (c + 1) + 2 * c * (c + 1) * (2 * c + 1) / 3);
}

/// n sum (r_i - i)^2 + m sum (s_j - j)^2, times 4.
Wide fourfold_u(const SortedSample& a, const SortedSample& b) {
    Wide squares_a = 0;
    Wide squares_b = 0;
    for_each_tie(a, b, [&](const Tie& tie) {
        const auto doubled_rank = 2 * (tie.before_a + tie.before_b) + tie.in_a + tie.in_b + 1;
        if (tie.in_a > 0) squares_a += doubled_squares(doubled_rank, tie.before_a, tie.in_a);
        if (tie.in_b > 0) squares_b += doubled_squares(doubled_rank, tie.before_b, tie.in_b);
    });
    return squares_a * a.size() + squares_b * b.size();
}

using Frequencies = std::map<std::int64_t, double>;

/// The share of arrangements whose statistic is at least `zeta` (Xiao, Gordon & Yakovlev 2006, section 2): the
/// statistic is a sum over the points of a lattice path, so its frequencies go from point to point.
double cvm_exact_p(std::int64_t zeta, std::int64_t n, std::int64_t m) {
    MLO_ASSERT(n > 0 && m > 0);
    const auto lcm = std::lcm(n, m);
    std::vector<Frequencies> row(static_cast<std::size_t>(n) + 1);
    row[0][0] = 1;
    for (std::int64_t u = 0; u <= m; ++u)
        for (std::int64_t v = 0; v <= n; ++v) {
            const auto here = static_cast<std::size_t>(v);
            const auto step = lcm / n * v - lcm / m * u;
            Frequencies next;
            for (const auto& [value, count] : row[here]) next[value + step * step] += count;
            if (v > 0)
                for (const auto& [value, count] : row[here - 1]) next[value + step * step] += count;
            row[here] = std::move(next);
        }
    double all = 0;
    double extreme = 0;
    for (const auto& [value, count] : row.back()) {
        all += count;
        if (value >= zeta) extreme += count;
    }
    return extreme / all;
}

// ---- Mann-Whitney

/// P(U >= u) without ties: the coefficients of the Gaussian binomial, modulo 2^128, which none of them reaches.
double mann_whitney_exact_sf(std::uint64_t u, std::uint64_t n, std::uint64_t m) {
    if (u == 0) return 1;
    const auto smaller = std::min(n, m);
    const auto larger = std::max(n, m);
    // By symmetry P(U >= u) = P(U <= n m - u); the shorter of the two sums is made.
    const bool lower = u > n * m - u || u == n * m - u;
    const auto last = lower ? n * m - u : u - 1;
    std::vector<Wide> ways(last + 1, 0);
    ways[0] = 1;
    for (std::uint64_t i = 1; i <= smaller; ++i) {
        for (auto k = last; k + 1 > larger + i; --k) ways[k] -= ways[k - larger - i];
        for (auto k = i; k <= last; ++k) ways[k] += ways[k - i];
    }
    Wide arrangements = 1;
    for (std::uint64_t i = 1; i <= smaller; ++i) arrangements = arrangements * (larger + i) / i;
    Wide sum = 0;
    for (const auto count : ways) sum += count;
    if (!lower) sum = arrangements - sum;
    return static_cast<double>(sum) / static_cast<double>(arrangements);
}

bool mann_whitney_exact_is_possible(std::uint64_t n, std::uint64_t m) {
    constexpr double most_arrangements = 0x1p120;  // an intermediate product is larger by at most one factor
    constexpr double most_steps = 1e9;
    double arrangements = 1;
    const auto smaller = std::min(n, m);
    for (std::uint64_t i = 1; i <= smaller && arrangements < most_arrangements; ++i)
        arrangements *= static_cast<double>(std::max(n, m) + i) / static_cast<double>(i);
    const double steps = static_cast<double>(smaller) * static_cast<double>(n) * static_cast<double>(m);
    return arrangements * static_cast<double>(n + m) < 0x1p127 && steps < most_steps;
}

struct RankSum {
    std::int64_t doubled_u = 0;  ///< twice the pairs in which a's value is greater, ties counting a half
    Wide ties = 0;               ///< sum of t^3 - t
};

RankSum rank_sum(const SortedSample& a, const SortedSample& b) {
    RankSum sum;
    for_each_tie(a, b, [&](const Tie& tie) {
        sum.doubled_u += tie.in_a * (2 * tie.before_b + tie.in_b);
        const auto t = tie.in_a + tie.in_b;
        if (t > 1) sum.ties += product(t, t) * static_cast<Wide>(t) - static_cast<Wide>(t);
    });
    return sum;
}

}  // namespace

TestResult cramer_von_mises(const SortedSample& a, const SortedSample& b, PMethod method) {
    require_sizes(a, b, 2, "cramer_von_mises");
    constexpr std::size_t exact_up_to = 20;
    const bool small = std::max(a.size(), b.size()) <= exact_up_to;
    if (method == PMethod::exact && !small) refuse_exact("cramer_von_mises", a.size(), b.size());
    const auto n = static_cast<std::int64_t>(a.size());
    const auto m = static_cast<std::int64_t>(b.size());
    const auto k = product(n, m);
    // T = U / (k N) - (4 k - 1) / (6 N): a small difference of large numbers, so it is taken between integers.
    const auto excess = static_cast<SignedWide>(6 * fourfold_u(a, b)) - static_cast<SignedWide>(4 * k * (4 * k - 1));
    const auto total = static_cast<double>(n + m);
    const auto pairs = static_cast<double>(k);
    TestResult result;
    result.statistic = static_cast<double>(excess) / (24 * pairs * total);
    if (method != PMethod::asymptotic && small) {
        const auto lcm = static_cast<SignedWide>(std::lcm(n, m));
        const auto zeta = lcm * lcm * (n + m) * excess / static_cast<SignedWide>(24 * k * k);
        result.p = cvm_exact_p(static_cast<std::int64_t>(zeta), n, m);
        return result;
    }
    const auto sizes =
        static_cast<double>(n) * static_cast<double>(n) + static_cast<double>(m) * static_cast<double>(m);
    const double expected = (1 + 1 / total) / 6;
    const double variance =
        (total + 1) * (4 * pairs * total - 3 * sizes - 2 * pairs) / (45 * total * total * 4 * pairs);
    result.p = cramer_von_mises_limit_sf(1.0 / 6 + (result.statistic - expected) / std::sqrt(45 * variance));
    return result;
}

TestResult mann_whitney(const SortedSample& a, const SortedSample& b, const MannWhitneyOptions& options) {
    require_sizes(a, b, 1, "mann_whitney");
    const auto sum = rank_sum(a, b);
    const auto n = static_cast<std::int64_t>(a.size());
    const auto m = static_cast<std::int64_t>(b.size());
    TestResult result;
    result.statistic = 0.5 * static_cast<double>(sum.doubled_u);
    // Of the two tails the one that is asked for, as that of a large U: "less" means that a is the smaller.
    const auto other = 2 * n * m - sum.doubled_u;
    const bool two_sided = options.alternative == Alternative::two_sided;
    const auto doubled_u = two_sided                                  ? std::max(sum.doubled_u, other)
                           : options.alternative == Alternative::less ? other
                                                                      : sum.doubled_u;
    const bool possible = mann_whitney_exact_is_possible(a.size(), b.size());
    constexpr std::int64_t exact_up_to = 8;
    if (options.method == PMethod::exact && !possible) refuse_exact("mann_whitney", a.size(), b.size());
    double tail = 0;
    if (options.method == PMethod::exact ||
        (options.method == PMethod::automatic && possible && sum.ties == 0 && std::min(n, m) <= exact_up_to)) {
        tail = mann_whitney_exact_sf(static_cast<std::uint64_t>(doubled_u / 2), a.size(), b.size());
    } else {
        const auto total = n + m;
        const auto spread = product(total, total) * static_cast<Wide>(total) - static_cast<Wide>(total) - sum.ties;
        if (spread == 0) return result;
        const double variance =
            static_cast<double>(n) * static_cast<double>(m) / 12 *
            (static_cast<double>(spread) / (static_cast<double>(total) * static_cast<double>(total - 1)));
        const double correction = options.continuity == Continuity::corrected ? 0.5 : 0;
        tail = normal_sf((0.5 * static_cast<double>(doubled_u - n * m) - correction) / std::sqrt(variance));
    }
    result.p = std::min(1.0, two_sided ? 2 * tail : tail);
    return result;
}

TestResult anderson_darling(const SortedSample& a, const SortedSample& b) {
    require_sizes(a, b, 1, "anderson_darling");
    require_size(a.size() + b.size(), 4, "anderson_darling");
    if (a.min() == b.max() && b.min() == a.max())
        throw Error{errors::no_spread, "'anderson_darling' needs two different values"};
    const auto n = static_cast<double>(a.size());
    const auto m = static_cast<double>(b.size());
    const double total = n + m;
    const auto whole_n = static_cast<std::int64_t>(a.size());
    const auto whole_total = whole_n + static_cast<std::int64_t>(b.size());
    Sum sum;
    for_each_tie(a, b, [&](const Tie& tie) {
        const auto ties = tie.in_a + tie.in_b;
        const auto doubled_rank = 2 * (tie.before_a + tie.before_b) + ties;
        const auto gap = static_cast<double>(whole_total * (2 * tie.before_a + tie.in_a) - doubled_rank * whole_n);
        const auto l = static_cast<double>(ties);
        const double place = static_cast<double>(doubled_rank);
        // Everything doubled: 4 B (N - B) - N l.
        sum.add(l * gap * (gap / (place * (2 * total - place) - total * l)));
    });
    const double raw = sum.value() / total * (1 / n + 1 / m) * ((total - 1) / total);

    // The variance under the hypothesis: Scholz & Stephens' equation 4 with k = 2.
    double harmonic = 0;
    double g = 0;
    for (std::int64_t i = 1; i <= whole_total - 2; ++i) {
        harmonic += 1 / static_cast<double>(whole_total - i);
        g += harmonic / static_cast<double>(i + 1);
    }
    const double h = harmonic + 1;
    const double big_h = 1 / n + 1 / m;
    const double qa = (4 * g - 6) + (10 - 6 * g) * big_h;
    const double qb = (2 * g - 4) * 4 + 16 * h + (2 * g - 14 * h - 4) * big_h - 8 * h + 4 * g - 6;
    const double qc = (6 * h + 2 * g - 2) * 4 + (4 * h - 4 * g + 6) * 2 + (2 * h - 6) * big_h + 4 * h;
    const double qd = (2 * h + 6) * 4 - 8 * h;
    const double variance = (((qa * total + qb) * total + qc) * total + qd) / ((total - 1) * (total - 2) * (total - 3));

    TestResult result;
    result.statistic = (raw - 1) / std::sqrt(variance);
    // ln p as a parabola through the critical values of Scholz & Stephens' table 1 at m = 1, fitted by least squares
    // (numpy.polyfit); beyond the table p is its end.
    constexpr double first_critical = 0.325;
    constexpr double last_critical = 6.546;
    constexpr double fit[] = {0.01819809457411147, -1.0082265644652515, -1.077770279820484};
    if (result.statistic < first_critical) {
        result.p = 0.25;
    } else if (result.statistic > last_critical) {
        result.p = 0.001;
    } else {
        result.p = std::exp((fit[0] * result.statistic + fit[1]) * result.statistic + fit[2]);
    }
    return result;
}

TTestResult t_test(const Moments& a, const Moments& b, Variances variances, Alternative alternative) {
    const bool pooled = variances == Variances::equal;
    require_size(a.count(), pooled ? 1 : 2, "t_test");
    require_size(b.count(), pooled ? 1 : 2, "t_test");
    require_size(a.count() + b.count(), 3, "t_test");
    const auto n = static_cast<double>(a.count());
    const auto m = static_cast<double>(b.count());
    const double squares_a = a.variance() * n;
    const double squares_b = b.variance() * m;
    TTestResult result;
    double error_squared = 0;
    if (pooled) {
        result.degrees = n + m - 2;
        error_squared = (squares_a + squares_b) / result.degrees * (1 / n + 1 / m);
    } else {
        const double part_a = squares_a / (n - 1) / n;
        const double part_b = squares_b / (m - 1) / m;
        error_squared = part_a + part_b;
        const double share_a = part_a / error_squared;
        const double share_b = part_b / error_squared;
        result.degrees = 1 / (share_a * share_a / (n - 1) + share_b * share_b / (m - 1));
    }
    if (!(error_squared > 0)) throw Error{errors::no_spread, "'t_test' needs a sample that is not constant"};
    result.statistic = a.mean_minus(b) / std::sqrt(error_squared);
    switch (alternative) {
        case Alternative::less:
            result.p = student_t_sf(-result.statistic, result.degrees);
            break;
        case Alternative::greater:
            result.p = student_t_sf(result.statistic, result.degrees);
            break;
        case Alternative::two_sided:
            result.p = std::min(1.0, 2 * student_t_sf(std::abs(result.statistic), result.degrees));
            break;
    }
    return result;
}

TestResult z_test(std::uint64_t successes_a, std::uint64_t trials_a, std::uint64_t successes_b, std::uint64_t trials_b,
                  Alternative alternative) {
    require_size(trials_a, 1, "z_test");
    require_size(trials_b, 1, "z_test");
    if (successes_a > trials_a || successes_b > trials_b)
        throw Error{errors::out_of_domain, "'z_test' was given more successes than trials"};
    const auto successes = successes_a + successes_b;
    const auto trials = trials_a + trials_b;
    TestResult result;
    if (successes == 0 || successes == trials) return result;
    const auto n = static_cast<double>(trials_a);
    const auto m = static_cast<double>(trials_b);
    const double share = static_cast<double>(successes) / (n + m);
    const double rest = static_cast<double>(trials - successes) / (n + m);
    // The difference of the shares over one denominator, so that it does not cancel.
    const auto difference = static_cast<double>(static_cast<std::int64_t>(successes_a * trials_b) -
                                                static_cast<std::int64_t>(successes_b * trials_a)) /
                            (n * m);
    result.statistic = difference / std::sqrt(share * rest * (1 / n + 1 / m));
    result.p = tail_p(result.statistic, alternative);
    return result;
}

}  // namespace mlo::stats
