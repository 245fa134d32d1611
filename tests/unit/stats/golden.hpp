// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <mlo/util/document.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace mlo::test {

/// The cases of tests/data/stats/golden.json and counts.json with this method: `check` is called with each. Fails if
/// there is none.
void for_each_golden(std::string_view method, const std::function<void(const Value&)>& check);

/// Whether a statistic is within 1e-12 of the reference (relative), or within `absolute` of it.
[[nodiscard]] bool statistic_agrees(double ours, double reference, double absolute = 0);
/// Whether a p-value is: within 1e-9 relative down to 1e-300, where doubles run out of digits.
[[nodiscard]] bool p_agrees(double ours, double reference, double relative = 1e-9);

}  // namespace mlo::test
