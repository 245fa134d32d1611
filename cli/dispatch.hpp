// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "environment.hpp"

namespace mlo::cli {

/// Runs the command line `words` (without argv[0]) and returns the exit code. Reports every error itself.
[[nodiscard]] int run_command_line(const Environment& environment, const std::vector<std::string>& words);

}  // namespace mlo::cli
