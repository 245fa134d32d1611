// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "plot_data.hpp"
#include "plot_text.hpp"

/// What `mlo plot --json` answers.
namespace mlo::cli {

void answer_curves(Output& out, const std::vector<track::ListedRun>& runs, const std::vector<PlottedMetric>& metrics,
                   const CurveStyle& style);
void answer_columns(Output& out, const std::vector<track::ListedRun>& runs, const std::vector<RunColumn>& columns);

}  // namespace mlo::cli
