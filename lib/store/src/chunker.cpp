// SPDX-License-Identifier: Apache-2.0
#include "chunker.hpp"

#include <algorithm>
#include <array>

namespace mlo::store {
namespace {

constexpr std::uint64_t gear_seed = 0x6d6c6f2067656172;  // "mlo gear"
constexpr unsigned normalisation = 2;  // bits by which a cut is made rarer before, likelier after the mean size

constexpr std::array<std::uint64_t, 256> make_gear() noexcept {
    std::array<std::uint64_t, 256> gear{};
    std::uint64_t state = gear_seed;
    for (auto& value : gear) {  // SplitMix64: Steele, Lea, Flood, OOPSLA 2014
        state += 0x9e3779b97f4a7c15;
        std::uint64_t z = state;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        value = z ^ (z >> 31);
    }
    return gear;
}

constexpr auto gear = make_gear();

constexpr std::uint64_t high_bits(unsigned count) noexcept { return ~std::uint64_t{0} << (64 - count); }

/// The position after the first byte in [from, to) at which the masked hash is zero; `to` if there is none.
std::size_t find_cut(const std::byte* data, std::size_t from, std::size_t to, std::uint64_t mask,
                     std::uint64_t& hash) noexcept {
    auto h = hash;
    for (std::size_t i = from; i < to; ++i) {
        h = (h << 1) + gear[std::to_integer<std::size_t>(data[i])];
        if ((h & mask) == 0) {
            hash = h;
            return i + 1;
        }
    }
    hash = h;
    return to;
}

}  // namespace

std::size_t next_chunk(ByteView data, const ChunkerParameters& parameters) noexcept {
    const auto min = parameters.min_bytes();
    if (data.size() <= min) return data.size();
    const auto end = std::min(data.size(), parameters.max_bytes());
    const auto middle = std::min(end, parameters.mean_bytes());

    std::uint64_t hash = 0;
    const auto mask_rare = high_bits(parameters.mean_log2 + normalisation);
    const auto cut = find_cut(data.data(), min, middle, mask_rare, hash);
    if (cut < middle || (hash & mask_rare) == 0) return cut;
    return find_cut(data.data(), middle, end, high_bits(parameters.mean_log2 - normalisation), hash);
}

}  // namespace mlo::store
