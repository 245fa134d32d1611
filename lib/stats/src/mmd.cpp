// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <mlo/stats/errors.hpp>
#include <mlo/stats/mmd.hpp>
#include <mlo/stats/random.hpp>
#include <vector>

#include "pooled.hpp"
#include "require.hpp"

namespace mlo::stats {
namespace {

std::vector<double> drawn(std::span<const double> values, std::size_t count, std::uint64_t seed) {
    require_size(values.size(), 2, "mmd");
    for (const auto value : values) {
        if (std::isnan(value)) throw Error{errors::not_a_number, "'mmd' takes no NaN"};
        if (std::isinf(value)) throw Error{errors::not_finite, "'mmd' takes no infinite values"};
    }
    std::vector<double> chosen;
    for (const auto index : subset(values.size(), count, seed)) chosen.push_back(values[index]);
    return chosen;
}

/// numpy.median of all distances between values, those of values to themselves included.
double median_distance(const std::vector<double>& values) {
    std::vector<double> distances;
    distances.reserve(values.size() * values.size());
    for (const auto left : values)
        for (const auto right : values) distances.push_back(std::abs(left - right));
    const auto middle = distances.begin() + static_cast<std::ptrdiff_t>(distances.size() / 2);
    std::ranges::nth_element(distances, middle);
    if (distances.size() % 2 == 1) return *middle;
    // The median of the squares is the mean of two of them.
    const double below = *std::max_element(distances.begin(), middle);
    return below == *middle ? below : std::sqrt((below * below + *middle * *middle) / 2);
}

/// Kernel values of all pairs, a's first, and what estimates need of them.
class Kernel {
public:
    Kernel(const std::vector<double>& a, const std::vector<double>& b, double bandwidth)
        : n_{a.size()}, size_{a.size() + b.size()}, cells_(size_ * size_) {
        auto all = a;
        all.insert(all.end(), b.begin(), b.end());
        for (std::size_t i = 0; i < size_; ++i)
            for (std::size_t j = 0; j < i; ++j) {
                const double scaled = (all[i] - all[j]) / bandwidth;
                cells_[i * size_ + j] = cells_[j * size_ + i] = std::exp(-scaled * scaled / 2);
            }
    }

    /// The sums over pairs within a, within b and between them; the diagonal counts nothing.
    struct Sums {
        double a = 0;
        double b = 0;
        double cross = 0;
    };

    [[nodiscard]] double estimate(const Sums& sums, double n, double m) const {
        return sums.a / (n * (n - 1)) + sums.b / (m * (m - 1)) - 2 * sums.cross / (n * m);
    }

    [[nodiscard]] double estimate(std::span<const std::uint8_t> labels) const {
        Sums sums;
        for (std::size_t i = 0; i < size_; ++i) {
            const auto* const row = &cells_[i * size_];
            double same = 0;
            double all = 0;
            for (std::size_t j = 0; j < size_; ++j) {
                all += row[j];
                same += labels[j] == labels[i] ? row[j] : 0;
            }
            (labels[i] == 1 ? sums.a : sums.b) += same;
            if (labels[i] == 1) sums.cross += all - same;
        }
        return estimate(sums, static_cast<double>(n_), static_cast<double>(size_ - n_));
    }

    /// The jackknife over each sample: estimates without one value, which row sums give.
    [[nodiscard]] double standard_error() const {
        std::vector<double> to_a(size_, 0);
        std::vector<double> to_b(size_, 0);
        Sums sums;
        for (std::size_t i = 0; i < size_; ++i) {
            for (std::size_t j = 0; j < size_; ++j) (j < n_ ? to_a[i] : to_b[i]) += cells_[i * size_ + j];
            (i < n_ ? sums.a : sums.b) += i < n_ ? to_a[i] : to_b[i];
            if (i < n_) sums.cross += to_b[i];
        }
        const auto n = static_cast<double>(n_);
        const auto m = static_cast<double>(size_ - n_);
        double variance = 0;
        const auto add = [&](std::size_t from, std::size_t to, auto without) {
            const auto count = static_cast<double>(to - from);
            if (count < 3) return;
            double mean = 0;
            for (auto i = from; i < to; ++i) mean += without(i) / count;
            for (auto i = from; i < to; ++i) variance += std::pow(without(i) - mean, 2) * (count - 1) / count;
        };
        add(0, n_, [&](std::size_t i) {
            return estimate({sums.a - 2 * to_a[i], sums.b, sums.cross - to_b[i]}, n - 1, m);
        });
        add(n_, size_, [&](std::size_t i) {
            return estimate({sums.a, sums.b - 2 * to_b[i], sums.cross - to_a[i]}, n, m - 1);
        });
        return std::sqrt(variance);
    }

private:
    std::size_t n_;
    std::size_t size_;
    std::vector<double> cells_;
};

}  // namespace

MmdResult mmd(std::span<const double> a, std::span<const double> b, const MmdOptions& options) {
    require_size(options.subsample, 2, "mmd");
    const auto seed = options.permutation.seed;
    const auto left = drawn(a, options.subsample, mixed(seed + 1));
    const auto right = drawn(b, options.subsample, mixed(seed + 2));
    MmdResult result;
    result.used_a = left.size();
    result.used_b = right.size();
    result.bandwidth = median_distance(left) / std::sqrt(2.0);
    if (!(result.bandwidth > 0)) throw Error{errors::no_spread, "'mmd' needs a reference in which most values differ"};
    const Kernel kernel{left, right, result.bandwidth};
    const auto test = permutation_test(
        left.size(), right.size(), [&](std::span<const std::uint8_t> labels) { return kernel.estimate(labels); },
        options.permutation);
    result.squared = test.statistic;
    result.p = test.p;
    result.standard_error = kernel.standard_error();
    return result;
}

}  // namespace mlo::stats
