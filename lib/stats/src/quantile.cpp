// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cmath>
#include <mlo/stats/descriptive.hpp>

#include "require.hpp"

namespace mlo::stats {
namespace {

/// a + (b - a) t as numpy has it: exact at both ends, never outside of them.
double between(double a, double b, double t) {
    if (a == b) return a;
    if (!std::isfinite(b - a) && std::isfinite(a) && std::isfinite(b)) return a * (1 - t) + b * t;
    return t >= 0.5 ? b - (b - a) * (1 - t) : a + (b - a) * t;
}

struct Place {
    std::size_t below;
    std::size_t above;
    double share;
};

Place at(double index, double last) {
    const double clamped = std::clamp(index, 0.0, last);
    const double below = std::floor(clamped);
    return {static_cast<std::size_t>(below), static_cast<std::size_t>(std::min(below + 1, last)), clamped - below};
}

Place whole(double index, double last) {
    const auto place = static_cast<std::size_t>(std::clamp(index, 0.0, last));
    return {place, place, 0};
}

/// Hyndman & Fan's continuous methods: index n q + a + q (1 - a - b), from 1.
Place continuous(double n, double q, double a, double b) { return at(n * q + (a + q * (1 - a - b)) - 1, n - 1); }

Place place_of(double n, double q, QuantileMethod method) {
    const double last = n - 1;
    const double nq = n * q;
    switch (method) {
        case QuantileMethod::lower:
            return whole(std::floor(last * q), last);
        case QuantileMethod::higher:
            return whole(std::ceil(last * q), last);
        case QuantileMethod::nearest: {
            const double below = std::floor(last * q);
            const double rest = last * q - below;
            const bool up = rest > 0.5 || (rest == 0.5 && std::fmod(below, 2) == 1);
            return whole(up ? below + 1 : below, last);
        }
        case QuantileMethod::midpoint: {
            const double index = last * q;
            const auto place = at(index, last);
            return {place.below, place.above, place.share > 0 ? 0.5 : 0};
        }
        case QuantileMethod::inverted_cdf:
            return whole(std::ceil(nq) - 1, last);
        case QuantileMethod::averaged_inverted_cdf: {
            const auto place = at(nq - 1, last);
            if (nq < 1) return {0, 0, 0};
            return {place.below, place.above, place.share > 0 ? 1 : 0.5};
        }
        case QuantileMethod::closest_observation: {
            const double index = nq - 1 - 0.5;
            const double below = std::floor(index);
            return whole(index == below && std::fmod(std::abs(below), 2) == 1 ? below : below + 1, last);
        }
        case QuantileMethod::interpolated_inverted_cdf:
            return continuous(n, q, 0, 1);
        case QuantileMethod::hazen:
            return continuous(n, q, 0.5, 0.5);
        case QuantileMethod::weibull:
            return continuous(n, q, 0, 0);
        case QuantileMethod::median_unbiased:
            return continuous(n, q, 1.0 / 3, 1.0 / 3);
        case QuantileMethod::normal_unbiased:
            return continuous(n, q, 3.0 / 8, 3.0 / 8);
        case QuantileMethod::linear:
            break;
    }
    return at(last * q, last);
}

void require_share(double q) {
    if (!(q >= 0 && q <= 1)) require_within(q, 0, 1, "a quantile");
}

}  // namespace

double quantile(const SortedSample& sample, double q, QuantileMethod method) {
    require_size(sample.size(), 1, "quantile");
    require_share(q);
    const auto place = place_of(static_cast<double>(sample.size()), q, method);
    return place.share == 0 ? sample[place.below] : between(sample[place.below], sample[place.above], place.share);
}

double pooled_quantile(const SortedSample& a, const SortedSample& b, double q) {
    require_size(a.size() + b.size(), 1, "quantile");
    require_share(q);
    const auto place = place_of(static_cast<double>(a.size() + b.size()), q, QuantileMethod::linear);
    const double below = pooled_order_statistic(a, b, place.below);
    return place.share == 0 ? below : between(below, pooled_order_statistic(a, b, place.above), place.share);
}

}  // namespace mlo::stats
