// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <mlo/stats/distinct_sketch.hpp>
#include <mlo/stats/errors.hpp>
#include <numbers>

namespace mlo::stats {
namespace {

constexpr std::uint32_t magic = 0x314C4C48;  // "HLL1"

/// Ertl, "New cardinality estimation algorithms for HyperLogLog sketches", arXiv:1702.01284, algorithm 6.
double sigma(double x) {
    if (x == 1) return std::numeric_limits<double>::infinity();
    double sum = x;
    for (double y = 1;; y += y) {
        x *= x;
        const double next = sum + x * y;
        if (next == sum) return sum;
        sum = next;
    }
}

double tau(double x) {
    if (x == 0 || x == 1) return 0;
    double sum = 1 - x;
    for (double y = 0.5;; y /= 2) {
        x = std::sqrt(x);
        const double next = sum - (1 - x) * (1 - x) * y;
        if (next == sum) return sum / 3;
        sum = next;
    }
}

}  // namespace

DistinctSketch::DistinctSketch(unsigned precision) : precision_{precision} {
    if (precision < least_precision || precision > most_precision)
        throw Error{errors::out_of_domain, fmt::format("the precision of a distinct sketch must be {} to {}, not {}",
                                                       least_precision, most_precision, precision)};
    registers_.resize(std::size_t{1} << precision);
}

void DistinctSketch::add(std::uint64_t hash) noexcept {
    const auto index = static_cast<std::size_t>(hash >> (64 - precision_));
    // The bit behind the last stops the count where all others are zero.
    const auto rest = (hash << precision_) | (std::uint64_t{1} << (precision_ - 1));
    const auto rank = static_cast<std::uint8_t>(std::countl_zero(rest) + 1);
    registers_[index] = std::max(registers_[index], rank);
}

void DistinctSketch::merge(const DistinctSketch& other) {
    if (other.precision_ != precision_)
        throw Error{errors::sketches_differ,
                    fmt::format("distinct sketches have the precisions {} and {}", precision_, other.precision_)};
    for (std::size_t i = 0; i < registers_.size(); ++i) registers_[i] = std::max(registers_[i], other.registers_[i]);
}

double DistinctSketch::estimate() const {
    const auto last = 64 - precision_;
    std::vector<double> counts(last + 2);
    for (const auto value : registers_) ++counts[value];
    const auto m = static_cast<double>(registers_.size());
    double z = m * tau(1 - counts[last + 1] / m);
    for (auto k = last; k >= 1; --k) z = 0.5 * (z + counts[k]);
    z += m * sigma(counts[0] / m);
    return m / (2 * std::numbers::ln2) * (m / z);
}

double DistinctSketch::relative_error() const noexcept {
    return 1.04 / std::sqrt(static_cast<double>(registers_.size()));
}

Bytes DistinctSketch::encode() const {
    Bytes bytes;
    append_le(bytes, magic);
    append_le(bytes, static_cast<std::uint8_t>(precision_));
    append(bytes, std::as_bytes(std::span{registers_}));
    return bytes;
}

DistinctSketch DistinctSketch::decode(ByteView bytes, std::string_view file) {
    const auto refuse = [&](std::string_view what) {
        return Error{errors::sketch_corrupt, fmt::format("not a distinct sketch: {}", what)}.at(std::string{file});
    };
    ByteReader reader{bytes};
    if (reader.integer<std::uint32_t>() != magic) throw refuse("it does not start as one");
    const unsigned precision = reader.integer<std::uint8_t>();
    if (precision < least_precision || precision > most_precision) throw refuse("its precision is impossible");
    DistinctSketch sketch{precision};
    if (reader.remaining() != sketch.registers_.size()) throw refuse("its length is not what it says");
    for (auto& value : sketch.registers_) {
        value = reader.integer<std::uint8_t>();
        if (value > 64 - precision + 1) throw refuse("a register is too large");
    }
    return sketch;
}

}  // namespace mlo::stats
