// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mlo/drift/evidently.hpp>

#include "output.hpp"

/// How the answer of `mlo drift --compat evidently` is shown.
namespace mlo::cli {

void show_evidently(Output& out, const drift::EvidentlyReport& report, const drift::Rules& rules);
/// mlo/drift-evidently-v1: what Evidently's snapshot.json() says, with its ids.
void write_evidently(Output& out, const drift::EvidentlyReport& report, const drift::Rules& rules);

}  // namespace mlo::cli
