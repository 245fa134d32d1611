// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace mlo::stats {

enum class Correction : std::uint8_t {
    none,
    bonferroni,
    holm,               ///< holds the chance of any false alarm, and is never less powerful than bonferroni (Holm 1979)
    benjamini_hochberg  ///< holds the expected share of false ones among the alarms (1995);
                        ///< scipy.stats.false_discovery_control
};

/// p-values adjusted for there being several, in the order given: each may be compared with alpha. O(n log n).
/// Throws out_of_domain for what is no probability.
[[nodiscard]] std::vector<double> adjusted(std::span<const double> p, Correction correction);

}  // namespace mlo::stats
