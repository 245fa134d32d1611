// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <mlo/util/runtime.hpp>

namespace mlo::cli {

class Console;

/// How one activity stands.
struct ProgressState {
    std::string label;
    ProgressUnit unit = ProgressUnit::bytes;
    std::uint64_t done = 0;
    std::uint64_t total = 0;  ///< 0 = unknown
    std::chrono::nanoseconds elapsed{};
};

/// "hashing: 40 %, 1.2 GiB of 3 GiB, 310 MiB/s, 6 s left".
[[nodiscard]] std::string describe(const ProgressState& state);

/// Shows activities on `console`: one that has a live line gets it repainted every 100 ms, and it vanishes at the end;
/// any other gets a plain line per 10 % or 30 s, and none for work that takes less than a second. Both must outlive
/// the result.
[[nodiscard]] std::unique_ptr<ProgressSink> make_progress(Console& console, Clock& clock);

}  // namespace mlo::cli
