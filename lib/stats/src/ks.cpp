// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <mlo/stats/distributions.hpp>
#include <mlo/stats/errors.hpp>
#include <mlo/stats/two_sample.hpp>
#include <numeric>
#include <vector>

#include "pooled.hpp"
#include "require.hpp"

namespace mlo::stats {
namespace {

/// A path through the grid of n times m steps is outside where the distribution functions are at least h / lcm(n, m)
/// apart.
struct Grid {
    std::int64_t n;
    std::int64_t m;
    std::int64_t divisor;
    std::int64_t h;

    [[nodiscard]] std::int64_t lcm() const { return n / divisor * m; }
};

Grid grid_of(double statistic, std::uint64_t n, std::uint64_t m) {
    Grid grid{static_cast<std::int64_t>(n), static_cast<std::int64_t>(m), static_cast<std::int64_t>(std::gcd(n, m)), 0};
    grid.h = std::llround(statistic * static_cast<double>(grid.lcm()));
    return grid;
}

/// n = m: reflections (Gnedenko & Korolyuk 1951), as a product that does not cancel.
double equal_sizes_p(std::int64_t n, std::int64_t h, Alternative alternative) {
    const auto ratio = [n, h](std::int64_t k) {
        double product = 1;
        for (std::int64_t j = 0; j < h && product > 0; ++j)
            product *= static_cast<double>(n - k * h - j) / static_cast<double>(n + k * h + j + 1);
        return product;
    };
    if (alternative != Alternative::two_sided) return ratio(0);
    double p = 0;
    for (auto k = n / h; k >= 0; --k) p = ratio(k) * (1 - p);
    return 2 * p;
}

/// The probability that a path to (i, j) has been outside, column by column: it came there from (i - 1, j) with
/// probability i / (i + j). Cells that are outside have 1, so only those between the boundaries are visited.
double paths_p(Grid grid, Alternative alternative) {
    if (alternative == Alternative::less) std::swap(grid.n, grid.m);
    const auto n_step = grid.n / grid.divisor;
    const auto m_step = grid.m / grid.divisor;
    const bool two_sided = alternative == Alternative::two_sided;
    std::vector<double> column(static_cast<std::size_t>(grid.m) + 1, 1.0);
    const auto at = [&](std::int64_t j) -> double& { return column[static_cast<std::size_t>(j)]; };
    // In column i, those j are inside for which  i m_step - j n_step < h, and two-sided also > -h.
    const auto first_inside = [&](std::int64_t i) {
        const auto least = i * m_step - grid.h;  // j n_step > least
        return least < 0 ? 0 : least / n_step + 1;
    };
    const auto last_inside = [&](std::int64_t i) {
        if (!two_sided) return grid.m;
        return std::min(grid.m, (i * m_step + grid.h - 1) / n_step);
    };
    for (std::int64_t i = 0; i <= grid.n; ++i) {
        const auto first = first_inside(i);
        const auto last = last_inside(i);
        // What was inside one column before and is below the boundary now.
        for (auto j = i == 0 ? first : first_inside(i - 1); j < first; ++j) at(j) = 1;
        for (auto j = first; j <= last; ++j) {
            const double from_left = i == 0 ? 0 : static_cast<double>(i) * at(j);
            const double from_below = j == 0 ? 0 : static_cast<double>(j) * at(j - 1);
            at(j) = i + j == 0 ? 0 : (from_left + from_below) / static_cast<double>(i + j);
        }
    }
    return at(grid.m);
}

bool exact_is_possible(const Grid& grid) {
    constexpr std::int64_t largest_grid = 1'000'000'000;
    return grid.n == grid.m || (grid.n <= std::numeric_limits<std::int32_t>::max() / (grid.m / grid.divisor) &&
                                grid.n <= largest_grid / grid.m);
}

double asymptotic_p(double statistic, double n, double m, Alternative alternative) {
    const double effective = n * m / (n + m);
    if (alternative == Alternative::two_sided)
        return kolmogorov_sf(static_cast<std::uint64_t>(std::nearbyint(effective)), statistic);
    const double larger = std::max(n, m);
    const double smaller = std::min(n, m);
    const double z = std::sqrt(effective) * statistic;
    return std::exp(-2 * z * z - 2 * z * (larger + 2 * smaller) / std::sqrt(larger * smaller * (larger + smaller)) / 3);
}

PMethod choose(const Grid& grid, const KsOptions& options) {
    if (options.method == PMethod::asymptotic) return PMethod::asymptotic;
    const bool possible = exact_is_possible(grid);
    if (options.method == PMethod::exact) {
        if (!possible)
            throw Error{errors::too_large_for_exact,
                        fmt::format("'ks' has no exact p for {} and {} values", grid.n, grid.m)};
        return PMethod::exact;
    }
    const auto larger = static_cast<std::uint64_t>(std::max(grid.n, grid.m));
    return possible && larger <= options.exact_up_to ? PMethod::exact : PMethod::asymptotic;
}

}  // namespace

double ks_p(double statistic, std::uint64_t n, std::uint64_t m, const KsOptions& options) {
    require_size(n, 1, "ks");
    require_size(m, 1, "ks");
    const auto grid = grid_of(statistic, n, m);
    const auto method = choose(grid, options);
    if (grid.h <= 0) return 1;
    double p = 0;
    if (method == PMethod::asymptotic) {
        p = asymptotic_p(statistic, static_cast<double>(n), static_cast<double>(m), options.alternative);
    } else if (n == m) {
        p = equal_sizes_p(grid.n, grid.h, options.alternative);
    } else {
        p = paths_p(grid, options.alternative);
    }
    return std::clamp(p, 0.0, 1.0);
}

KsResult ks(const SortedSample& a, const SortedSample& b, const KsOptions& options) {
    require_sizes(a, b, 1, "ks");
    const auto n = static_cast<std::int64_t>(a.size());
    const auto m = static_cast<std::int64_t>(b.size());
    std::int64_t highest = std::numeric_limits<std::int64_t>::min();
    std::int64_t lowest = std::numeric_limits<std::int64_t>::max();
    double highest_at = a[0];
    double lowest_at = a[0];
    for_each_tie(a, b, [&](const Tie& tie) {
        const auto gap = (tie.before_a + tie.in_a) * m - (tie.before_b + tie.in_b) * n;
        if (gap > highest) {
            highest = gap;
            highest_at = tie.value;
        }
        if (gap < lowest) {
            lowest = gap;
            lowest_at = tie.value;
        }
    });
    const auto above = std::max<std::int64_t>(highest, 0);
    const auto below = std::max<std::int64_t>(-lowest, 0);
    const bool is_below =
        options.alternative == Alternative::less || (options.alternative == Alternative::two_sided && below > above);
    KsResult result;
    result.statistic =
        static_cast<double>(is_below ? below : above) / (static_cast<double>(n) * static_cast<double>(m));
    result.location = is_below ? lowest_at : highest_at;
    result.sign = is_below ? -1 : 1;
    result.method = choose(grid_of(result.statistic, a.size(), b.size()), options);
    result.p = ks_p(result.statistic, a.size(), b.size(), options);
    return result;
}

}  // namespace mlo::stats
