// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <mlo/util/bytes.hpp>
#include <span>
#include <string_view>
#include <vector>

namespace mlo::stats {

/// Quantiles of numbers that come in any order and in pieces, in memory that grows with the logarithm of their count:
/// KLL (Karnin, Lang & Liberty 2016) with k = 1024 by default, about 33 KB.
///
/// The share of numbers below any value is off by at most rank_error() with 99 % of seeds, whatever the numbers are,
/// and sketches of pieces merge within the same bound. (A t-digest has no such bound, and depends on the order of
/// merging more.) The coin is a hash of the seed and of how often it was thrown: the same numbers in the same order,
/// and merged in the same order, give the same bytes on every machine.
class QuantileSketch {
public:
    static constexpr std::uint16_t default_k = 1024;
    static constexpr std::uint16_t least_k = 8;

    /// Throws out_of_domain for a k below least_k.
    explicit QuantileSketch(std::uint16_t k = default_k, std::uint64_t seed = 0);

    /// Throws not_a_number; then nothing has changed. Infinities are numbers here.
    void add(double value);
    void add(std::span<const double> values);
    /// Throws sketches_differ unless k is the same. `other` may have any seed.
    void merge(const QuantileSketch& other);

    [[nodiscard]] std::uint64_t count() const noexcept { return count_; }
    [[nodiscard]] std::uint16_t k() const noexcept { return k_; }
    /// Exact. NaN of nothing.
    [[nodiscard]] double min() const noexcept;
    [[nodiscard]] double max() const noexcept;
    /// 2.3 / k^0.9: the bound of the error of rank(), 0 while every number is kept.
    [[nodiscard]] double rank_error() const noexcept;

    /// The share of numbers at most `value`. Throws sample_too_small of nothing.
    [[nodiscard]] double rank(double value) const;
    /// A number that was added, of which about the share `q` lies at or below. Throws sample_too_small, out_of_domain.
    [[nodiscard]] double quantile(double q) const;
    [[nodiscard]] std::vector<double> quantiles(std::span<const double> shares) const;

    /// What is kept, ascending, each value standing for `weight` numbers: an approximate sample, to be used in its
    /// stead.
    struct Item {
        double value;
        std::uint64_t weight;
    };
    [[nodiscard]] std::vector<Item> items() const;

    /// The format is in the README. The same sketch has the same bytes.
    [[nodiscard]] Bytes encode() const;
    /// Throws sketch_corrupt, naming `file`.
    [[nodiscard]] static QuantileSketch decode(ByteView bytes, std::string_view file);

private:
    [[nodiscard]] std::size_t capacity(std::size_t level) const noexcept;
    void compress();
    void halve(std::size_t level);

    std::uint16_t k_;
    std::uint64_t seed_;
    std::uint64_t count_ = 0;
    std::uint64_t throws_ = 0;
    double min_ = 0;
    double max_ = 0;
    std::size_t kept_ = 0;
    std::size_t room_ = 0;
    std::vector<std::vector<double>> levels_;  ///< an item of level i stands for 2^i numbers
};

}  // namespace mlo::stats
