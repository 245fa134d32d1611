// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <mlo/stats/sample.hpp>
#include <span>

/// p-values by relabelling: how often a random division of the pooled sample gives a statistic at least as large. Exact
/// at every n whatever the statistic, and the same for the same seed on every machine.
namespace mlo::stats {

enum class PermutationP : std::uint8_t {
    plus_one,  ///< (1 + hits) / (1 + rounds): never zero, and never too small (Phipson & Smyth 2010)
    share      ///< hits / rounds, as Evidently has it
};

struct PermutationOptions {
    std::uint64_t seed = 0;
    std::uint32_t rounds = 999;
    PermutationP p = PermutationP::plus_one;
};

struct PermutationResult {
    double statistic = 0;
    double p = 1;
    std::uint32_t hits = 0;
};

/// Of a statistic over labels: `statistic` is given, for each of the pooled values, 1 if it is a's and 0 if it is b's;
/// first as they are (a's first), then shuffled. O(rounds (n + m)). Ties within a relative 1e-12 are hits. Throws
/// sample_too_small.
[[nodiscard]] PermutationResult permutation_test(std::uint64_t n, std::uint64_t m,
                                                 const std::function<double(std::span<const std::uint8_t>)>& statistic,
                                                 const PermutationOptions& options = {});

/// The same over counts by category, for statistics that need no more: new counts of a are drawn category by category,
/// so that a round costs the categories and their standard deviations, not the rows.
[[nodiscard]] PermutationResult permutation_test_of_counts(
    std::span<const std::uint64_t> a, std::span<const std::uint64_t> b,
    const std::function<double(std::span<const std::uint64_t>, std::span<const std::uint64_t>)>& statistic,
    const PermutationOptions& options = {});

/// anderson_darling() with a p that is not clipped. O(rounds (n + m)).
[[nodiscard]] PermutationResult anderson_darling_permutation(const SortedSample& a, const SortedSample& b,
                                                             const PermutationOptions& options = {});

/// Total variation of counts with its p (Evidently's TVD).
[[nodiscard]] PermutationResult total_variation_permutation(std::span<const std::uint64_t> a,
                                                            std::span<const std::uint64_t> b,
                                                            const PermutationOptions& options = {});

}  // namespace mlo::stats
