// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mlo/util/runtime.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace mlo::track {

/// Makes a virtual environment of Python in the folder `at` (absolute, absent) with exactly the packages of `list`
/// ("name==version" lines, as read_packages makes them), by the modules venv and pip of the `python3` that
/// `environment` (KEY=VALUE, whole) finds; pip goes where its settings say. Returns `environment` with PATH and
/// VIRTUAL_ENV leading there. Throws environment_not_made.
[[nodiscard]] std::vector<std::string> make_python_environment(std::string_view list, const std::string& at,
                                                               const std::vector<std::string>& environment,
                                                               const Runtime& runtime);

}  // namespace mlo::track
