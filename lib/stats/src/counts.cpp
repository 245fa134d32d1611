// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <limits>
#include <mlo/stats/counts.hpp>
#include <mlo/stats/distributions.hpp>
#include <mlo/stats/errors.hpp>

#include "deviance.hpp"
#include "pooled.hpp"
#include "require.hpp"

namespace mlo::stats {
namespace {

double as_double(std::uint64_t count) { return static_cast<double>(count); }

CountsResult finish(double statistic, std::size_t categories) {
    CountsResult result;
    if (categories < 2) return result;
    result.degrees = static_cast<double>(categories - 1);
    result.statistic = statistic;
    result.p = chi_squared_sf(statistic, result.degrees);
    return result;
}

/// Sums of probabilities of one hypergeometric distribution, each term from its neighbour by a ratio of integers.
class Hypergeometric {
public:
    Hypergeometric(std::uint64_t total, std::uint64_t good, std::uint64_t draws)
        : total_{total}, good_{good}, draws_{draws} {}

    [[nodiscard]] std::uint64_t least() const { return draws_ + good_ > total_ ? draws_ + good_ - total_ : 0; }
    [[nodiscard]] std::uint64_t most() const { return std::min(good_, draws_); }
    [[nodiscard]] double pmf(std::uint64_t x) const { return hypergeometric_pmf(x, total_, good_, draws_); }
    /// The most probable value, between the tails.
    [[nodiscard]] std::uint64_t mode() const {
        const auto product = static_cast<Wide>(draws_ + 1) * (good_ + 1);
        return std::clamp(static_cast<std::uint64_t>(product / (total_ + 2)), least(), most());
    }

    /// P(X >= x), for x above the mode: terms fall.
    [[nodiscard]] double upper(std::uint64_t x) const {
        double sum = 0;
        double term = pmf(x);
        for (auto k = x; term > sum * 1e-18; ++k) {
            sum += term;
            if (k == most()) break;
            term *= as_double(good_ - k) / as_double(k + 1) *
                    (as_double(draws_ - k) / as_double(total_ + k + 1 - good_ - draws_));
        }
        return sum;
    }
    /// P(X <= x), for x below the mode.
    [[nodiscard]] double lower(std::uint64_t x) const {
        double sum = 0;
        double term = pmf(x);
        for (auto k = x; term > sum * 1e-18; --k) {
            sum += term;
            if (k == least()) break;
            term *= as_double(k) / as_double(good_ - k + 1) *
                    (as_double(total_ + k - good_ - draws_) / as_double(draws_ - k + 1));
        }
        return sum;
    }
    /// P(X >= x) for any x of the range; the sum is that of the falling side.
    [[nodiscard]] double at_least(std::uint64_t x) const {
        if (x <= least()) return 1;
        return x > mode() ? upper(x) : 1 - lower(x - 1);
    }
    [[nodiscard]] double at_most(std::uint64_t x) const {
        if (x >= most()) return 1;
        return x < mode() ? lower(x) : 1 - upper(x + 1);
    }

private:
    std::uint64_t total_;
    std::uint64_t good_;
    std::uint64_t draws_;
};

/// All tables at most as probable as x. Equal ones are equal up to rounding, and none come nearer without being equal.
double two_sided(const Hypergeometric& table, std::uint64_t x) {
    const double limit = table.pmf(x) * (1 + 1e-11);
    const auto mode = table.mode();
    if (table.pmf(mode) <= limit) return 1;
    // The first value beyond the mode, seen from x, that is at most as probable: bisection, as probabilities fall
    // there.
    const bool is_low = x < mode;
    auto near = mode;
    auto far = is_low ? table.most() : table.least();
    if (table.pmf(far) > limit) return is_low ? table.lower(x) : table.upper(x);
    while (std::max(near, far) - std::min(near, far) > 1) {
        const auto middle = std::min(near, far) + (std::max(near, far) - std::min(near, far)) / 2;
        (table.pmf(middle) > limit ? near : far) = middle;
    }
    return is_low ? table.lower(x) + table.upper(far) : table.upper(x) + table.lower(far);
}

}  // namespace

CountsResult homogeneity(std::span<const std::uint64_t> a, std::span<const std::uint64_t> b,
                         const HomogeneityOptions& options) {
    require_same_length(a.size(), b.size());
    const auto total_a = require_total(a, "homogeneity");
    const auto total_b = require_total(b, "homogeneity");
    const double total = as_double(total_a) + as_double(total_b);
    std::size_t categories = 0;
    for (std::size_t i = 0; i < a.size(); ++i) categories += a[i] + b[i] > 0 ? 1u : 0u;
    const bool corrected = options.yates == Continuity::corrected && categories == 2;
    Sum sum;
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (a[i] + b[i] == 0) continue;
        const double both = as_double(a[i] + b[i]);
        const double expected_a = both * (as_double(total_a) / total);
        const double expected_b = both * (as_double(total_b) / total);
        // With e = row * column / total, the gap o - e is this ratio, whose numerator is a difference of integers.
        const auto cross = static_cast<SignedWide>(a[i]) * static_cast<SignedWide>(total_b) -
                           static_cast<SignedWide>(b[i]) * static_cast<SignedWide>(total_a);
        const double gap = static_cast<double>(cross) / total;
        // Yates: each count moves by up to a half towards the expected one.
        const double kept = corrected ? std::copysign(std::max(0.0, std::abs(gap) - 0.5), gap) : gap;
        if (options.divergence == Divergence::pearson) {
            sum.add(kept * kept / expected_a + kept * kept / expected_b);
        } else {
            const double moved_a = corrected ? expected_a + kept : as_double(a[i]);
            const double moved_b = corrected ? expected_b - kept : as_double(b[i]);
            sum.add(2 * deviance_of_gap(moved_a, expected_a, kept) + 2 * deviance_of_gap(moved_b, expected_b, -kept));
        }
    }
    return finish(sum.value(), categories);
}

CountsResult goodness_of_fit(std::span<const std::uint64_t> observed, std::span<const std::uint64_t> expected,
                             const GoodnessOptions& options) {
    require_same_length(observed.size(), expected.size());
    const auto total = require_total(observed, "goodness_of_fit");
    const auto expected_total = require_total(expected, "goodness_of_fit");
    if (options.rescale == Rescale::no && total != expected_total)
        throw Error{errors::counts_unequal, "'goodness_of_fit' without rescaling needs equal totals"};
    std::size_t categories = 0;
    Sum sum;
    for (std::size_t i = 0; i < observed.size(); ++i) {
        if (observed[i] + expected[i] == 0) continue;
        ++categories;
        const double e = as_double(expected[i]) * (as_double(total) / as_double(expected_total));
        if (expected[i] == 0) {
            sum.add(std::numeric_limits<double>::infinity());
            continue;
        }
        const auto cross = static_cast<SignedWide>(observed[i]) * static_cast<SignedWide>(expected_total) -
                           static_cast<SignedWide>(expected[i]) * static_cast<SignedWide>(total);
        const double gap = static_cast<double>(cross) / as_double(expected_total);
        if (options.divergence == Divergence::pearson) {
            sum.add(gap * gap / e);
        } else {
            sum.add(2 * deviance_of_gap(as_double(observed[i]), e, gap));
        }
    }
    return finish(sum.value(), categories);
}

TestResult fisher_exact(const TwoByTwo& table, Alternative alternative) {
    const std::uint64_t cells[] = {table.a_yes, table.a_no, table.b_yes, table.b_no};
    const auto total = require_total(cells, "fisher_exact");
    const auto row = table.a_yes + table.a_no;
    const auto column = table.a_yes + table.b_yes;
    TestResult result;
    if (row == 0 || row == total || column == 0 || column == total) {
        result.statistic = std::numeric_limits<double>::quiet_NaN();
        return result;
    }
    const bool has_ratio = table.a_no > 0 && table.b_yes > 0;
    result.statistic =
        has_ratio ? as_double(table.a_yes) / as_double(table.a_no) * (as_double(table.b_no) / as_double(table.b_yes))
                  : std::numeric_limits<double>::infinity();
    const Hypergeometric distribution{total, row, column};
    switch (alternative) {
        case Alternative::less:
            result.p = distribution.at_most(table.a_yes);
            break;
        case Alternative::greater:
            result.p = distribution.at_least(table.a_yes);
            break;
        case Alternative::two_sided:
            result.p = std::min(1.0, two_sided(distribution, table.a_yes));
            break;
    }
    return result;
}

}  // namespace mlo::stats
