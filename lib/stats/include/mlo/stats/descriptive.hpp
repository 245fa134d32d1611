// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <mlo/stats/sample.hpp>
#include <span>
#include <vector>

namespace mlo::stats {

/// Count, extremes and central moments up to the fourth, of numbers that may come in pieces: merged moments are those
/// of the whole up to rounding (Pebay 2008). Sums are kept over numbers scaled by a power of two, so that neither 1e308
/// nor 1e-308 overflows or vanishes on the way. All numbers must be finite.
class Moments {
public:
    /// Two passes over the numbers. Throws not_a_number, not_finite; then nothing has changed.
    void add(std::span<const double> values);
    void merge(const Moments& other);

    [[nodiscard]] std::uint64_t count() const noexcept { return count_; }
    /// All of the following are NaN where they are not defined: of no values, of too few, or of no spread.
    [[nodiscard]] double min() const noexcept;
    [[nodiscard]] double max() const noexcept;
    [[nodiscard]] double sum() const noexcept;
    [[nodiscard]] double mean() const noexcept;
    /// mean() - other.mean(), with digits that the means themselves have no room for.
    [[nodiscard]] double mean_minus(const Moments& other) const noexcept;
    /// Sum of squared differences from the mean over count - `ddof` (numpy.var).
    [[nodiscard]] double variance(std::uint64_t ddof = 0) const noexcept;
    [[nodiscard]] double standard_deviation(std::uint64_t ddof = 0) const noexcept;
    /// m3 / m2^1.5 (scipy.stats.skew).
    [[nodiscard]] double skewness() const noexcept;
    /// m4 / m2^2 - 3 (scipy.stats.kurtosis).
    [[nodiscard]] double excess_kurtosis() const noexcept;

    /// What a Moments is made of, to store it: from_parts(parts()) is the same. `mean` and the sums belong to numbers
    /// times 2^-exponent.
    struct Parts {
        std::uint64_t count = 0;
        int exponent = 0;
        double min = 0;
        double max = 0;
        double mean = 0;
        double mean_rest = 0;  ///< what rounding took from `mean`
        double sum_2 = 0;
        double sum_3 = 0;
        double sum_4 = 0;
        friend bool operator==(const Parts&, const Parts&) = default;
    };
    [[nodiscard]] Parts parts() const noexcept;
    /// Throws sketch_corrupt for parts that no numbers have.
    [[nodiscard]] static Moments from_parts(const Parts& parts);

private:
    void rescale(int exponent) noexcept;

    std::uint64_t count_ = 0;
    int exponent_ = 0;
    double min_ = 0;
    double max_ = 0;
    double mean_ = 0;
    double mean_rest_ = 0;
    double sum_2_ = 0;
    double sum_3_ = 0;
    double sum_4_ = 0;
};

/// The methods of numpy.quantile, by its names (Hyndman & Fan 1996, and four more).
enum class QuantileMethod : std::uint8_t {
    linear,
    lower,
    higher,
    nearest,
    midpoint,
    inverted_cdf,
    averaged_inverted_cdf,
    closest_observation,
    interpolated_inverted_cdf,
    hazen,
    weibull,
    median_unbiased,
    normal_unbiased
};

/// The value below which the share `q` of the sample lies. Throws sample_too_small, out_of_domain unless 0 <= q <= 1.
[[nodiscard]] double quantile(const SortedSample& sample, double q, QuantileMethod method = QuantileMethod::linear);
/// The same of both samples pooled, without pooling them; linear.
[[nodiscard]] double pooled_quantile(const SortedSample& a, const SortedSample& b, double q);

/// The mean of the values without the share `cut` at each end (scipy.stats.trim_mean). 0 <= cut < 0.5.
[[nodiscard]] double trimmed_mean(const SortedSample& sample, double cut);
/// The median distance from the median (scipy.stats.median_abs_deviation). O(n log n), a copy of the sample.
[[nodiscard]] double median_absolute_deviation(const SortedSample& sample);
/// -sum p ln p of the counts' shares, in nats (scipy.stats.entropy). Throws sample_too_small.
[[nodiscard]] double entropy(std::span<const std::uint64_t> counts);

}  // namespace mlo::stats
