// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include <mlo/pipeline/stage.hpp>

namespace mlo::pipeline {

/// Whether a value is what a condition wants. `actual`: null if nothing is there under its key.
[[nodiscard]] bool holds(const Condition& condition, const Datum* actual);
/// The same for the branch that is checked out; "": none is.
[[nodiscard]] bool holds(const Condition& condition, const std::string& branch);
/// "params.yaml:train.enabled is false, not true".
[[nodiscard]] std::string describe_failure(const Condition& condition, const Datum* actual);
[[nodiscard]] std::string describe_failure(const Condition& condition, const std::string& branch);

}  // namespace mlo::pipeline
