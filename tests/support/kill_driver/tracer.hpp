// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "calls.hpp"

namespace mlo::test {

/// What to do to the thread that is about to make a call.
struct Verdict {
    enum class Action { proceed, kill_all, fail, shorten, hold };
    Action action = Action::proceed;
    int error_number = 0;  ///< of fail: what the call answers instead of being made
    std::string until;     ///< of hold: the file whose coming lets the call be made
};

/// Runs `command` with all its threads and children and asks `judge` before each call of `rows`, one call at a time
/// over all threads. Returns the command's exit code, 128 + n if signal n ended it; throws std::runtime_error if it
/// cannot be run.
[[nodiscard]] int run_traced(const std::vector<std::string>& command, const std::vector<CallRow>& rows,
                             const std::function<Verdict(const PendingCall&)>& judge);

}  // namespace mlo::test
