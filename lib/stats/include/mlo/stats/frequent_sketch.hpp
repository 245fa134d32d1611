// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace mlo::stats {

/// The things that occur most often among many, in bounded memory: Misra & Gries (1982), pruned in batches (Anderson et
/// al. 2017) and mergeable (Agarwal et al. 2012). Up to `capacity` different things every count is exact; beyond, a
/// count is too low by at most error(), which is at most count() / (capacity + 1) for each merging and pruning
/// together. What is kept depends on the things and their order alone.
class FrequentSketch {
public:
    static constexpr std::uint32_t default_capacity = 256;

    /// Throws out_of_domain for a capacity of 0.
    explicit FrequentSketch(std::uint32_t capacity = default_capacity);

    struct Item {
        std::string name;
        std::uint64_t count = 0;
        friend bool operator==(const Item&, const Item&) = default;
    };

    void add(std::string_view name, std::uint64_t times = 1);
    /// Throws sketches_differ unless the capacity is the same.
    void merge(const FrequentSketch& other);

    [[nodiscard]] std::uint32_t capacity() const noexcept { return capacity_; }
    /// How often add() was called, repetitions included.
    [[nodiscard]] std::uint64_t count() const noexcept { return count_; }
    /// The most by which a count of items() is too low; 0: all things are there, with their counts.
    [[nodiscard]] std::uint64_t error() const;
    /// At most `capacity`, the most frequent first, equal ones by their bytes.
    [[nodiscard]] std::vector<Item> items() const;

    /// What items(), error() and count() said, as a sketch again. Throws sketch_corrupt for what none says.
    [[nodiscard]] static FrequentSketch from_items(std::uint32_t capacity, std::uint64_t count, std::uint64_t error,
                                                   std::span<const Item> items);

private:
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const noexcept { return std::hash<std::string_view>{}(text); }
    };
    using Counts = std::unordered_map<std::string, std::uint64_t, Hash, std::equal_to<>>;
    /// What has to be taken from each count so that at most `capacity` are left.
    [[nodiscard]] std::uint64_t excess() const;
    void prune();

    std::uint32_t capacity_;
    std::uint64_t count_ = 0;
    std::uint64_t error_ = 0;
    Counts counts_;
};

}  // namespace mlo::stats
