// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mlo/drift/compare.hpp>

namespace mlo::drift {

/// Whether the rules ask for the column.
[[nodiscard]] bool is_wanted(const std::string& name, const Rules& rules);
/// Throws column_unknown for a column that the rules name and neither table has.
void require_known(const profile::Profile& reference, const profile::Profile& current, const Rules& rules);

}  // namespace mlo::drift
