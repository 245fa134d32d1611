// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mlo/track/filter.hpp>
#include <mlo/track/run_list.hpp>

namespace mlo::track::filter {

/// A filter as the condition that ListRequest takes.
[[nodiscard]] SqlCondition to_sql(const Expression& filter);

}  // namespace mlo::track::filter
