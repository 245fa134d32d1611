// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace mlo::stats {

/// Numbers that a seed decides, the same with every compiler and library: SplitMix64 (Steele, Lea & Flood 2014). Its
/// stream is a hash of a counter, so that it can be entered anywhere. Not for secrets.
class Generator {
public:
    explicit Generator(std::uint64_t seed) noexcept : state_{seed} {}
    [[nodiscard]] std::uint64_t bits() noexcept;
    /// In (0, 1), with 53 bits.
    [[nodiscard]] double uniform() noexcept;
    /// Each of 0 ... `bound` - 1 alike (Lemire 2019); bound > 0.
    [[nodiscard]] std::uint64_t below(std::uint64_t bound) noexcept;
    /// How many good ones are among `draws` taken without replacement from `total` that hold `good`. O(standard
    /// deviation).
    [[nodiscard]] std::uint64_t hypergeometric(std::uint64_t total, std::uint64_t good, std::uint64_t draws);

private:
    std::uint64_t state_;
};

/// SplitMix64's finaliser: a one-to-one hash of 64 bits.
[[nodiscard]] constexpr std::uint64_t mixed(std::uint64_t z) noexcept {
    z = (z ^ (z >> 30u)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27u)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31u);
}

/// `count` different numbers below `population`, ascending (Floyd 1987). All of them if there are no more.
[[nodiscard]] std::vector<std::size_t> subset(std::size_t population, std::size_t count, std::uint64_t seed);

}  // namespace mlo::stats
