// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <mlo/stats/permutation.hpp>
#include <span>

namespace mlo::stats {

struct MmdOptions {
    /// Of each sample at most this many values are compared, drawn with the seed: the cost is quadratic in them, in
    /// time and memory (32 MB at 1000).
    std::size_t subsample = 500;
    PermutationOptions permutation = {.seed = 0, .rounds = 199};
};

struct MmdResult {
    double squared = 0;         ///< the unbiased estimate of MMD^2, which may be negative
    double standard_error = 0;  ///< of that, by the jackknife over both subsamples
    double p = 1;
    double bandwidth = 0;      ///< the kernel's sigma
    std::uint64_t used_a = 0;  ///< how many values were compared
    std::uint64_t used_b = 0;
};

/// The maximum mean discrepancy (Gretton et al. 2012, eq. 3) with the kernel exp(-(x - y)^2 / (2 sigma^2)), where
/// sigma^2 is half the median squared distance within a, zeros of the diagonal included, as Evidently has it. Numbers
/// may come in any order. Throws sample_too_small (2 values each), not_a_number, not_finite, no_spread if the median
/// distance is zero.
[[nodiscard]] MmdResult mmd(std::span<const double> a, std::span<const double> b, const MmdOptions& options = {});

}  // namespace mlo::stats
