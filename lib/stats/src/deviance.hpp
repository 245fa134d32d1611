// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace mlo::stats {

/// deviance_term(x, mean) where x - mean is known with more digits than those two have.
[[nodiscard]] double deviance_of_gap(double x, double mean, double difference);

}  // namespace mlo::stats
