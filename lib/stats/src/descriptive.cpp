// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <limits>
#include <mlo/stats/descriptive.hpp>
#include <mlo/stats/errors.hpp>

#include "pooled.hpp"
#include "require.hpp"

namespace mlo::stats {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr int least_exponent = -1000;  // 2^1000 is a double; what is smaller yet keeps its digits without more

/// The power of two that brings `magnitude` below 1.
int exponent_of(double magnitude) noexcept {
    int exponent = least_exponent;
    if (magnitude > 0) std::frexp(magnitude, &exponent);
    return std::max(exponent, least_exponent);
}

}  // namespace

void Moments::rescale(int exponent) noexcept {
    const int shift = exponent_ - exponent;
    mean_ = std::ldexp(mean_, shift);
    mean_rest_ = std::ldexp(mean_rest_, shift);
    sum_2_ = std::ldexp(sum_2_, 2 * shift);
    sum_3_ = std::ldexp(sum_3_, 3 * shift);
    sum_4_ = std::ldexp(sum_4_, 4 * shift);
    exponent_ = exponent;
}

void Moments::add(std::span<const double> values) {
    if (values.empty()) return;
    Moments piece;
    piece.count_ = values.size();
    piece.min_ = piece.max_ = values.front();
    bool has_nan = false;
    for (const auto value : values) {
        has_nan |= std::isnan(value);
        piece.min_ = std::min(piece.min_, value);
        piece.max_ = std::max(piece.max_, value);
    }
    if (has_nan) throw Error{errors::not_a_number, "'moments' takes no NaN"};
    if (!std::isfinite(piece.min_) || !std::isfinite(piece.max_))
        throw Error{errors::not_finite, "'moments' takes no infinite values"};
    piece.exponent_ = exponent_of(std::max(std::abs(piece.min_), std::abs(piece.max_)));
    const double scale = std::ldexp(1.0, -piece.exponent_);
    const auto n = static_cast<double>(values.size());
    Sum sum;
    for (const auto value : values) sum.add(value * scale);
    piece.mean_ = std::clamp(sum.value() / n, piece.min_ * scale, piece.max_ * scale);
    Sum residue;
    Sum sums[3];
    for (const auto value : values) {
        const double difference = value * scale - piece.mean_;
        const double square = difference * difference;
        residue.add(difference);
        sums[0].add(square);
        sums[1].add(square * difference);
        sums[2].add(square * square);
    }
    // The mean is rounded; what its rounding adds to the sums is taken off again.
    const double e = residue.value() / n;
    piece.mean_rest_ = e;
    const double sum_2 = sums[0].value();
    const double sum_3 = sums[1].value();
    piece.sum_2_ = std::max(0.0, sum_2 - n * e * e);
    piece.sum_3_ = sum_3 - 3 * e * sum_2;
    piece.sum_4_ = std::max(0.0, sums[2].value() - 4 * e * sum_3);
    merge(piece);
}

void Moments::merge(const Moments& other) {
    if (other.count_ == 0) return;
    if (count_ == 0) {
        *this = other;
        return;
    }
    Moments piece = other;
    const int exponent = std::max(exponent_, piece.exponent_);
    rescale(exponent);
    piece.rescale(exponent);
    const auto na = static_cast<double>(count_);
    const auto nb = static_cast<double>(piece.count_);
    const double n = na + nb;
    const double d = (piece.mean_ - mean_) + (piece.mean_rest_ - mean_rest_);
    const double d_n = d / n;
    const double cross = d * d_n * na * nb;
    sum_4_ += piece.sum_4_ + cross * d_n * d_n * (na * na - na * nb + nb * nb) +
              6 * d_n * d_n * (na * na * piece.sum_2_ + nb * nb * sum_2_) + 4 * d_n * (na * piece.sum_3_ - nb * sum_3_);
    sum_3_ += piece.sum_3_ + cross * d_n * (na - nb) + 3 * d_n * (na * piece.sum_2_ - nb * sum_2_);
    sum_2_ += piece.sum_2_ + cross;
    const double shift = nb * d_n + mean_rest_;
    const double mean = mean_ + shift;
    const double shifted = mean - mean_;
    mean_rest_ = (mean_ - (mean - shifted)) + (shift - shifted);  // Knuth's two-sum
    mean_ = mean;
    count_ += piece.count_;
    min_ = std::min(min_, piece.min_);
    max_ = std::max(max_, piece.max_);
}

double Moments::min() const noexcept { return count_ == 0 ? nan : min_; }
double Moments::max() const noexcept { return count_ == 0 ? nan : max_; }
double Moments::mean() const noexcept { return count_ == 0 ? nan : std::ldexp(mean_ + mean_rest_, exponent_); }
double Moments::sum() const noexcept {
    const auto n = static_cast<double>(count_);
    return std::ldexp(mean_ * n + mean_rest_ * n, exponent_);
}

double Moments::mean_minus(const Moments& other) const noexcept {
    if (count_ == 0 || other.count_ == 0) return nan;
    Moments left = *this;
    Moments right = other;
    const int exponent = std::max(exponent_, other.exponent_);
    left.rescale(exponent);
    right.rescale(exponent);
    return std::ldexp((left.mean_ - right.mean_) + (left.mean_rest_ - right.mean_rest_), exponent);
}

double Moments::variance(std::uint64_t ddof) const noexcept {
    if (count_ <= ddof) return nan;
    return std::ldexp(sum_2_ / static_cast<double>(count_ - ddof), 2 * exponent_);
}

double Moments::standard_deviation(std::uint64_t ddof) const noexcept {
    if (count_ <= ddof) return nan;
    return std::ldexp(std::sqrt(sum_2_ / static_cast<double>(count_ - ddof)), exponent_);
}

double Moments::skewness() const noexcept {
    if (count_ == 0 || min_ == max_) return nan;
    const auto n = static_cast<double>(count_);
    return std::sqrt(n) * (sum_3_ / sum_2_) / std::sqrt(sum_2_);
}

double Moments::excess_kurtosis() const noexcept {
    if (count_ == 0 || min_ == max_) return nan;
    return static_cast<double>(count_) * (sum_4_ / sum_2_) / sum_2_ - 3;
}

Moments::Parts Moments::parts() const noexcept {
    return {count_, exponent_, min_, max_, mean_, mean_rest_, sum_2_, sum_3_, sum_4_};
}

Moments Moments::from_parts(const Parts& parts) {
    const bool finite = std::isfinite(parts.min) && std::isfinite(parts.max) && std::isfinite(parts.mean) &&
                        std::isfinite(parts.mean_rest) && std::isfinite(parts.sum_2) && std::isfinite(parts.sum_3) &&
                        std::isfinite(parts.sum_4);
    const bool empty = parts == Parts{};
    const int top = exponent_of(std::max(std::abs(parts.min), std::abs(parts.max)));
    if (!empty && (!finite || parts.count == 0 || parts.min > parts.max || parts.sum_2 < 0 || parts.sum_4 < 0 ||
                   parts.exponent != top || std::abs(parts.mean) > 1 || std::abs(parts.mean_rest) > 1e-6))
        throw Error{errors::sketch_corrupt, "stored moments are those of no numbers"};
    Moments moments;
    moments.count_ = parts.count;
    moments.exponent_ = parts.exponent;
    moments.min_ = parts.min;
    moments.max_ = parts.max;
    moments.mean_ = parts.mean;
    moments.mean_rest_ = parts.mean_rest;
    moments.sum_2_ = parts.sum_2;
    moments.sum_3_ = parts.sum_3;
    moments.sum_4_ = parts.sum_4;
    return moments;
}

double trimmed_mean(const SortedSample& sample, double cut) {
    require_size(sample.size(), 1, "trimmed_mean");
    require_finite(sample, "trimmed_mean");
    require_within(cut, -std::numeric_limits<double>::denorm_min(), 0.5, "the share to cut");
    const auto off = static_cast<std::size_t>(cut * static_cast<double>(sample.size()));
    Moments moments;
    moments.add(sample.values().subspan(off, sample.size() - 2 * off));
    return moments.mean();
}

double median_absolute_deviation(const SortedSample& sample) {
    require_finite(sample, "median_absolute_deviation");
    const double median = quantile(sample, 0.5);
    std::vector<double> distances(sample.values().begin(), sample.values().end());
    for (auto& value : distances) value = std::abs(value - median);
    std::vector<double> scratch;
    return quantile(SortedSample::sort(distances, scratch), 0.5);
}

double entropy(std::span<const std::uint64_t> counts) {
    const auto total = static_cast<double>(require_total(counts, "entropy"));
    Sum sum;
    for (const auto count : counts) {
        const double share = static_cast<double>(count) / total;
        if (count > 0) sum.add(-share * std::log(share));
    }
    return sum.value();
}

}  // namespace mlo::stats
