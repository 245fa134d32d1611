// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cmath>
#include <mlo/stats/distributions.hpp>
#include <mlo/stats/errors.hpp>
#include <mlo/stats/two_sample.hpp>
#include <numbers>
#include <numeric>
#include <vector>

#include "pooled.hpp"
#include "require.hpp"

namespace mlo::stats {
namespace {

/// The integral of weight(|F - G|) over the values.
template <class Weight>
double integral_of_gap(const SortedSample& a, const SortedSample& b, Weight weight) {
    const auto n = static_cast<std::int64_t>(a.size());
    const auto m = static_cast<std::int64_t>(b.size());
    const double pairs = static_cast<double>(n) * static_cast<double>(m);
    // Where the range itself is no double, halves of it are.
    const double range = std::max(a.max(), b.max()) - std::min(a.min(), b.min());
    const double scale = std::isfinite(range) ? 1 : 0.5;
    Sum sum;
    double previous = std::min(a.min(), b.min());
    std::int64_t gap = 0;
    for_each_tie(a, b, [&](const Tie& tie) {
        if (gap != 0) sum.add(weight(static_cast<double>(gap) / pairs) * (tie.value * scale - previous * scale));
        previous = tie.value;
        gap = std::abs((tie.before_a + tie.in_a) * m - (tie.before_b + tie.in_b) * n);
    });
    return sum.value() / scale;
}

constexpr std::size_t waves = 4;
using Row = std::array<double, waves>;
using Square = std::array<Row, waves>;

struct Waves {
    Row mean{};
    Square covariance{};
};

/// Means and biased covariances of cos and sin of the values times both frequencies, in two passes over small blocks
/// that are then merged: neither cancellation nor memory for all of them. The inverse of the covariances magnifies what
/// the sums lose, so they lose nothing, and equal values are one term.
class WaveSums {
public:
    WaveSums(double first, double second) : first_{first}, second_{second} { block_.reserve(block_size); }

    void add(double value, double count) {
        if (block_.size() == block_size) merge();
        block_.push_back(
            {{std::cos(first_ * value), std::cos(second_ * value), std::sin(first_ * value), std::sin(second_ * value)},
             count});
    }

    Waves finish() {
        merge();
        Waves result{mean_, {}};
        for (std::size_t w = 0; w < waves; ++w)
            for (std::size_t v = 0; v <= w; ++v)
                result.covariance[w][v] = result.covariance[v][w] = sums_[w][v].value() / count_;
        return result;
    }

private:
    static constexpr std::size_t block_size = 256;
    struct Term {
        Row at;
        double count;
    };

    void merge() {
        std::array<Sum, waves> totals;
        double size = 0;
        for (const auto& term : block_) {
            for (std::size_t w = 0; w < waves; ++w) totals[w].add(term.at[w] * term.count);
            size += term.count;
        }
        Row mean{};
        for (std::size_t w = 0; w < waves; ++w) mean[w] = totals[w].value() / size;
        const double cross = count_ * size / (count_ + size);
        for (std::size_t w = 0; w < waves; ++w)
            for (std::size_t v = 0; v <= w; ++v) {
                auto& sum = sums_[w][v];
                for (const auto& term : block_) sum.add((term.at[w] - mean[w]) * (term.at[v] - mean[v]) * term.count);
                sum.add(cross * (mean[w] - mean_[w]) * (mean[v] - mean_[v]));
            }
        for (std::size_t w = 0; w < waves; ++w) mean_[w] += (mean[w] - mean_[w]) * (size / (count_ + size));
        count_ += size;
        block_.clear();
    }

    double first_;
    double second_;
    std::vector<Term> block_;
    Row mean_{};
    std::array<std::array<Sum, waves>, waves> sums_;
    double count_ = 0;
};

Waves waves_of(const SortedSample& sample, double first, double second) {
    WaveSums sums{first, second};
    const auto values = sample.values();
    for (std::size_t i = 0; i < values.size();) {
        auto end = i + 1;
        while (end < values.size() && values[end] == values[i]) ++end;
        sums.add(values[i], static_cast<double>(end - i));
        i = end;
    }
    return sums.finish();
}

/// Turns a symmetric matrix into its eigenvalues (on the diagonal) and eigenvectors (columns) by Jacobi's rotations.
Square diagonalise(Square& matrix) {
    Square vectors{};
    for (std::size_t i = 0; i < waves; ++i) vectors[i][i] = 1;
    constexpr int sweeps = 30;
    for (int sweep = 0; sweep < sweeps; ++sweep) {
        double off = 0;
        for (std::size_t p = 0; p < waves; ++p)
            for (std::size_t q = p + 1; q < waves; ++q) {
                off += std::abs(matrix[p][q]);
                if (matrix[p][q] == 0) continue;
                const double theta = (matrix[q][q] - matrix[p][p]) / (2 * matrix[p][q]);
                const double t = std::copysign(1 / (std::abs(theta) + std::hypot(theta, 1)), theta);
                const double c = 1 / std::hypot(t, 1);
                const double s = t * c;
                for (std::size_t k = 0; k < waves; ++k) {
                    const double left = matrix[k][p];
                    matrix[k][p] = c * left - s * matrix[k][q];
                    matrix[k][q] = s * left + c * matrix[k][q];
                }
                for (std::size_t k = 0; k < waves; ++k) {
                    const double left = matrix[p][k];
                    matrix[p][k] = c * left - s * matrix[q][k];
                    matrix[q][k] = s * left + c * matrix[q][k];
                }
                for (std::size_t k = 0; k < waves; ++k) {
                    const double left = vectors[k][p];
                    vectors[k][p] = c * left - s * vectors[k][q];
                    vectors[k][q] = s * left + c * vectors[k][q];
                }
            }
        if (off == 0) break;
    }
    return vectors;
}

}  // namespace

double wasserstein(const SortedSample& a, const SortedSample& b) {
    require_sizes(a, b, 1, "wasserstein");
    require_finite(a, "wasserstein");
    require_finite(b, "wasserstein");
    return integral_of_gap(a, b, [](double gap) { return gap; });
}

double energy_distance(const SortedSample& a, const SortedSample& b) {
    require_sizes(a, b, 1, "energy_distance");
    require_finite(a, "energy_distance");
    require_finite(b, "energy_distance");
    return std::numbers::sqrt2 * std::sqrt(integral_of_gap(a, b, [](double gap) { return gap * gap; }));
}

TestResult epps_singleton(const SortedSample& a, const SortedSample& b) {
    require_sizes(a, b, 5, "epps_singleton");
    require_finite(a, "epps_singleton");
    require_finite(b, "epps_singleton");
    const double sigma = (pooled_quantile(a, b, 0.75) - pooled_quantile(a, b, 0.25)) / 2;
    if (!(sigma > 0)) throw Error{errors::no_spread, "'epps_singleton' needs quartiles that differ"};
    if (!std::isfinite(sigma))
        throw Error{errors::not_finite, "'epps_singleton' takes no values whose range overflows"};
    const auto waves_a = waves_of(a, 0.4 / sigma, 0.8 / sigma);
    const auto waves_b = waves_of(b, 0.4 / sigma, 0.8 / sigma);
    const auto n = static_cast<double>(a.size());
    const auto m = static_cast<double>(b.size());
    const double total = n + m;
    Square matrix{};
    for (std::size_t w = 0; w < waves; ++w)
        for (std::size_t v = 0; v < waves; ++v)
            matrix[w][v] = total / n * waves_a.covariance[w][v] + total / m * waves_b.covariance[w][v];
    const auto vectors = diagonalise(matrix);
    // The pseudo-inverse and its rank as numpy has them: values below 1e-15 of the largest count as none.
    double largest = 0;
    for (std::size_t w = 0; w < waves; ++w) largest = std::max(largest, matrix[w][w]);
    TestResult result;
    int rank = 0;
    for (std::size_t w = 0; w < waves; ++w) {
        if (!(matrix[w][w] > 1e-15 * largest)) continue;
        ++rank;
        double along = 0;
        for (std::size_t k = 0; k < waves; ++k) along += vectors[k][w] * (waves_a.mean[k] - waves_b.mean[k]);
        result.statistic += total * along * along / matrix[w][w];
    }
    constexpr double small = 25;
    if (std::max(n, m) < small)
        result.statistic /= 1 + std::pow(total, -0.45) + 10.1 * (std::pow(n, -1.7) + std::pow(m, -1.7));
    if (rank > 0) result.p = chi_squared_sf(result.statistic, rank);
    return result;
}

}  // namespace mlo::stats
