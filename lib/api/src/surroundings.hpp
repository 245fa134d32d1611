// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mlo::api {

/// What a program on the command line is told by its caller, and a library has to look for by itself. This is the one
/// place in the library that does.
struct Surroundings {
    std::vector<std::string> variables;  ///< the environment as KEY=VALUE; of equal names the last
    std::vector<std::string> command;    ///< argv of this process
    std::string directory;               ///< the current one, absolute

    /// The value, if the variable is there; else "".
    [[nodiscard]] std::string get(std::string_view name) const;
};

/// Throws path_not_found if the current folder was deleted.
[[nodiscard]] Surroundings look_around();

/// "mlo: TEXT" on standard error, in one write.
void print_warning(std::string_view text) noexcept;

}  // namespace mlo::api
