// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdlib>
#include <string_view>

namespace mlo::test {

/// True in `tests/run --full`: the long form of a test is wanted.
[[nodiscard]] inline bool full_run() {
    const char* const full = std::getenv("MLO_FULL");
    return full != nullptr && std::string_view{full} == "1";
}

}  // namespace mlo::test
