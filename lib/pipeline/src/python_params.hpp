// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include <mlo/pipeline/datum.hpp>
#include <mlo/util/document.hpp>

namespace mlo::pipeline {

/// The literals that a Python module assigns, as DVC finds them: `name = literal` and `name: type = literal` at the
/// top, in classes (a mapping each), and `self.name = literal` in `__init__`. All else is passed over, unread. Throws
/// params_not_python where texts, brackets or indents make it impossible to tell what belongs together.
[[nodiscard]] Datum python_params(std::string_view content, std::string_view file, const DocumentLimits& limits);

}  // namespace mlo::pipeline
