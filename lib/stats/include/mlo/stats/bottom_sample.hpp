// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <mlo/util/bytes.hpp>
#include <span>
#include <string_view>
#include <vector>

namespace mlo::stats {

/// A uniform sample without replacement of numbers that come in pieces: those with the least hashes of seed, place and
/// value (bottom-k; Cohen & Kaplan 2007). It depends on neither the order of additions nor the way of merging: a sample
/// of the whole has the same bytes as the merged samples of its parts.
class BottomSample {
public:
    static constexpr std::uint32_t default_capacity = 512;

    /// Throws out_of_domain for a capacity of 0.
    explicit BottomSample(std::uint32_t capacity = default_capacity, std::uint64_t seed = 0);

    /// The numbers at places `first`, `first` + 1, ... of the whole. Throws not_a_number; then nothing has changed.
    void add(std::span<const double> values, std::uint64_t first);
    /// Throws sketches_differ unless capacity and seed are the same.
    void merge(const BottomSample& other);

    [[nodiscard]] std::uint32_t capacity() const noexcept { return capacity_; }
    [[nodiscard]] std::uint64_t seed() const noexcept { return seed_; }
    [[nodiscard]] std::size_t size() const noexcept { return kept_.size(); }
    /// Ascending.
    [[nodiscard]] std::vector<double> values() const;

    /// The format is in the README.
    [[nodiscard]] Bytes encode() const;
    /// Throws sketch_corrupt, naming `file`.
    [[nodiscard]] static BottomSample decode(ByteView bytes, std::string_view file);

private:
    struct Kept {
        std::uint64_t hash;
        double value;
        friend bool operator<(const Kept& left, const Kept& right) noexcept {
            return left.hash != right.hash ? left.hash < right.hash : left.value < right.value;
        }
    };
    void offer(const Kept& kept);

    std::uint32_t capacity_;
    std::uint64_t seed_;
    std::vector<Kept> kept_;  ///< a heap, the greatest hash on top
};

}  // namespace mlo::stats
