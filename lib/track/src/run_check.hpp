// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mlo/track/run.hpp>

namespace mlo::track {

/// Throws run_invalid, naming the run and what is wrong, for a document that breaks the rules of lib/track/README.md.
void check_run(const RunDocument& run);
void check_amendment(const Amendment& amendment, std::string_view name);
void check_experiment(const ExperimentName& experiment, std::string_view name);

}  // namespace mlo::track
