// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <algorithm>
#include <cmath>
#include <limits>
#include <mlo/stats/distributions.hpp>
#include <mlo/stats/divergences.hpp>
#include <mlo/stats/errors.hpp>
#include <numbers>

#include "pooled.hpp"
#include "require.hpp"

namespace mlo::stats {
namespace {

void require_shares(std::span<const double> p, std::span<const double> q) {
    require_same_length(p.size(), q.size());
    for (const auto list : {p, q})
        for (const auto share : list)
            if (!(share >= 0 && std::isfinite(share)))
                throw Error{errors::out_of_domain, fmt::format("{} is not a share", share)};
}

double total_of(std::span<const double> shares) {
    Sum sum;
    for (const auto share : shares) sum.add(share);
    if (sum.value() > 0) return sum.value();
    throw Error{errors::sample_too_small, "shares need a sum above zero"};
}

/// Adds up term(p, q) over lists that each sum to one.
template <class Term>
double sum_of(std::span<const double> p, std::span<const double> q, Term term) {
    require_shares(p, q);
    const double total_p = total_of(p);
    const double total_q = total_of(q);
    Sum sum;
    for (std::size_t i = 0; i < p.size(); ++i) sum.add(term(p[i] / total_p, q[i] / total_q));
    return sum.value();
}

double unit_of(LogBase base) { return base == LogBase::two ? std::numbers::ln2 : 1; }

}  // namespace

std::vector<double> shares(std::span<const std::uint64_t> counts, ZeroFill fill) {
    const auto total = static_cast<double>(require_total(counts, "shares"));
    const double added = fill == ZeroFill::half_count ? 0.5 : 0;
    const double whole = total + added * static_cast<double>(counts.size());
    std::vector<double> result;
    result.reserve(counts.size());
    double least = std::numeric_limits<double>::infinity();
    for (const auto count : counts) {
        result.push_back((static_cast<double>(count) + added) / whole);
        if (count > 0) least = std::min(least, result.back());
    }
    if (fill == ZeroFill::evidently) {
        constexpr double usual = 1e-4;
        const double filled = least <= usual ? least / 1e6 : usual;
        for (auto& share : result)
            if (share == 0) share = filled;
    }
    return result;
}

double kullback_leibler(std::span<const double> p, std::span<const double> q, LogBase base) {
    // Both sum to one, so that p - q adds nothing in all, and with it each term is positive.
    return sum_of(p, q, deviance_term) / unit_of(base);
}

double psi(std::span<const double> p, std::span<const double> q) {
    require_shares(p, q);
    Sum sum;
    for (std::size_t i = 0; i < p.size(); ++i) sum.add(deviance_term(p[i], q[i]) + deviance_term(q[i], p[i]));
    return sum.value();
}

double jensen_shannon_distance(std::span<const double> p, std::span<const double> q, LogBase base) {
    const double divergence = sum_of(p, q, [](double left, double right) {
        const double middle = left + (right - left) / 2;
        return (deviance_term(left, middle) + deviance_term(right, middle)) / 2;
    });
    return std::sqrt(divergence / unit_of(base));
}

double hellinger(std::span<const double> p, std::span<const double> q) {
    return std::sqrt(sum_of(p, q, [](double left, double right) {
        if (left == right) return 0.0;
        const double gap = (left - right) / (std::sqrt(left) + std::sqrt(right));
        return gap * gap / 2;
    }));
}

double total_variation(std::span<const double> p, std::span<const double> q) {
    return sum_of(p, q, [](double left, double right) { return std::abs(left - right); }) / 2;
}

double l_infinity(std::span<const double> p, std::span<const double> q) {
    double greatest = 0;
    (void)sum_of(p, q, [&](double left, double right) {
        greatest = std::max(greatest, std::abs(left - right));
        return 0.0;
    });
    return greatest;
}

}  // namespace mlo::stats
