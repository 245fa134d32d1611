// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

/// Distances of two lists of shares over the same categories or bins. None subtracts nearly equal numbers: what is
/// small keeps its digits. All but `psi` divide both lists by their sums first. All throw counts_unequal (lengths),
/// sample_too_small (a sum of zero), out_of_domain (a share that is negative or not finite).
namespace mlo::stats {

/// What becomes of categories with a count of zero, which make KL and PSI infinite.
enum class ZeroFill : std::uint8_t {
    none,
    /// Evidently 0.7: with the least share m that is not zero, m / 10^6 if m <= 10^-4, else 10^-4. Shares then sum to
    /// more than 1.
    evidently,
    /// Half a count is added to every category (Krichevsky & Trofimov 1981), so that the fill falls as the sample
    /// grows.
    half_count
};

/// Counts as shares of their total, up to 2^53. Throws sample_too_small, sample_too_large.
[[nodiscard]] std::vector<double> shares(std::span<const std::uint64_t> counts, ZeroFill fill = ZeroFill::none);

enum class LogBase : std::uint8_t { e, two };

/// sum p ln(p / q) (scipy.stats.entropy(p, q)); infinite if p has what q has not.
[[nodiscard]] double kullback_leibler(std::span<const double> p, std::span<const double> q, LogBase base = LogBase::e);
/// The population stability index, sum (p - q) ln(p / q), of the shares as they are; infinite where one is zero.
[[nodiscard]] double psi(std::span<const double> p, std::span<const double> q);
/// The square root of the mean divergence from the mid-point (scipy.spatial.distance.jensenshannon): at most sqrt(ln 2)
/// in base e (Evidently), 1 in base two (NannyML).
[[nodiscard]] double jensen_shannon_distance(std::span<const double> p, std::span<const double> q,
                                             LogBase base = LogBase::e);
/// sqrt(1 - sum sqrt(p q)) = sqrt(sum (sqrt p - sqrt q)^2 / 2), in [0, 1].
[[nodiscard]] double hellinger(std::span<const double> p, std::span<const double> q);
/// sum |p - q| / 2, in [0, 1].
[[nodiscard]] double total_variation(std::span<const double> p, std::span<const double> q);
/// The greatest |p - q|, in [0, 1].
[[nodiscard]] double l_infinity(std::span<const double> p, std::span<const double> q);

}  // namespace mlo::stats
