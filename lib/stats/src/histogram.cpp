// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <limits>
#include <mlo/stats/errors.hpp>
#include <mlo/stats/histogram.hpp>

#include "pooled.hpp"
#include "require.hpp"

namespace mlo::stats {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

/// numpy: as many bins of this width as cover the range.
Edges of_width(double min, double max, double width) {
    const double range = max - min;
    const double bins = width > 0 ? std::ceil(range / width) : 1;
    return Edges::equal(min, max, static_cast<std::size_t>(std::max(1.0, bins)));
}

}  // namespace

Edges::Edges(std::vector<double> edges) : edges_{std::move(edges)} {
    require_size(edges_.size(), 2, "bins");
    for (const auto edge : edges_) {
        if (std::isnan(edge)) throw Error{errors::not_a_number, "an edge of a bin is NaN"};
        if (std::isinf(edge)) throw Error{errors::not_finite, "an edge of a bin is infinite"};
    }
    if (std::ranges::adjacent_find(edges_, std::greater_equal{}) != edges_.end())
        throw Error{errors::counts_unequal, "edges of bins must ascend"};
}

Edges Edges::sturges(double min, double max, std::uint64_t n) {
    require_size(n, 1, "sturges");
    return of_width(min, max, (max - min) / (std::log2(static_cast<double>(n)) + 1));
}

Edges Edges::doane(const Moments& moments) {
    require_size(moments.count(), 1, "doane");
    const auto n = static_cast<double>(moments.count());
    const double spread = moments.standard_deviation();
    if (n <= 2 || !(spread > 0)) return equal(moments.min(), moments.max(), 1);
    const double error = std::sqrt(6 * (n - 2) / ((n + 1) * (n + 3)));
    const double parts = 1 + std::log2(n) + std::log2(1 + std::abs(moments.skewness()) / error);
    return of_width(moments.min(), moments.max(), (moments.max() - moments.min()) / parts);
}

Edges Edges::equal(double min, double max, std::size_t bins) {
    require_size(bins, 1, "equal bins");
    if (min == max) {
        min -= 0.5;
        max += 0.5;
    }
    const double step = (max - min) / static_cast<double>(bins);
    std::vector<double> edges(bins + 1);
    for (std::size_t i = 0; i < bins; ++i) edges[i] = static_cast<double>(i) * step + min;
    edges.back() = max;
    return Edges{std::move(edges)};
}

Edges Edges::quantiles(const SortedSample& reference, std::size_t bins) {
    require_size(reference.size(), 1, "quantile bins");
    require_size(bins, 1, "quantile bins");
    require_finite(reference, "quantile bins");
    std::vector<double> edges;
    const auto add = [&](double edge) {
        if (edges.empty() || edge > edges.back()) edges.push_back(edge);
    };
    for (std::size_t i = 0; i <= bins; ++i) {
        const double edge =
            quantile(reference, static_cast<double>(i) / static_cast<double>(bins), QuantileMethod::lower);
        // The same value at two quantiles is a heavy one: it gets a bin to itself, which ends at the next double.
        if (!edges.empty() && edge == edges.back()) {
            add(std::nextafter(edge, infinity));
        } else {
            add(edge);
        }
    }
    if (edges.size() == 1) add(std::nextafter(edges.back(), infinity));
    if (std::isinf(edges.back())) {
        edges.pop_back();
        if (edges.size() == 1) edges.insert(edges.begin(), std::nextafter(edges.front(), -infinity));
    }
    return Edges{std::move(edges)};
}

Edges Edges::distinct(const SortedSample& a, const SortedSample& b) {
    require_size(a.size() + b.size(), 1, "distinct bins");
    require_finite(a, "distinct bins");
    require_finite(b, "distinct bins");
    std::vector<double> edges;
    for_each_tie(a, b, [&](const Tie& tie) { edges.push_back(tie.value); });
    // The last bin is closed at both ends, so that it holds the greatest value alone.
    edges.push_back(std::nextafter(edges.back(), infinity));
    return Edges{std::move(edges)};
}

std::vector<std::uint64_t> Histogram::with_outside() const {
    std::vector<std::uint64_t> all;
    all.reserve(inside.size() + 2);
    all.push_back(below);
    all.insert(all.end(), inside.begin(), inside.end());
    all.push_back(above);
    return all;
}

void Histogram::merge(const Histogram& other) {
    require_same_length(inside.size(), other.inside.size());
    for (std::size_t i = 0; i < inside.size(); ++i) inside[i] += other.inside[i];
    below += other.below;
    above += other.above;
}

Histogram count(const SortedSample& sample, const Edges& edges) {
    const auto values = sample.values();
    const auto bounds = edges.values();
    Histogram histogram{std::vector<std::uint64_t>(edges.bins()), 0, 0};
    auto from = std::ranges::lower_bound(values, bounds.front());
    histogram.below = static_cast<std::uint64_t>(from - values.begin());
    for (std::size_t bin = 0; bin < edges.bins(); ++bin) {
        const auto to = bin + 1 == edges.bins() ? std::upper_bound(from, values.end(), bounds[bin + 1])
                                                : std::lower_bound(from, values.end(), bounds[bin + 1]);
        histogram.inside[bin] = static_cast<std::uint64_t>(to - from);
        from = to;
    }
    histogram.above = static_cast<std::uint64_t>(values.end() - from);
    return histogram;
}

Histogram count_unsorted(std::span<const double> values, const Edges& edges) {
    const auto bounds = edges.values();
    Histogram histogram{std::vector<std::uint64_t>(edges.bins()), 0, 0};
    for (const auto value : values) {
        if (std::isnan(value)) throw Error{errors::not_a_number, "'count' takes no NaN"};
        if (value < bounds.front()) {
            ++histogram.below;
        } else if (value >= bounds.back()) {
            ++(value == bounds.back() ? histogram.inside.back() : histogram.above);
        } else {
            const auto above = std::ranges::upper_bound(bounds, value) - bounds.begin();
            ++histogram.inside[static_cast<std::size_t>(above) - 1];
        }
    }
    return histogram;
}

}  // namespace mlo::stats
