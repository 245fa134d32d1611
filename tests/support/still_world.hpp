// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mlo/util/runtime.hpp>

#include "seeded.hpp"

namespace mlo::test {

/// All that a Runtime needs, except the files: a clock that stands still, seeded bytes, silence. Must outlive the
/// Runtime.
class StillWorld {
public:
    explicit StillWorld(std::uint64_t seed) : random_{seed} {}
    [[nodiscard]] Runtime with(Fs& fs) {
        return {.fs = fs,
                .clock = clock_,
                .random = random_,
                .log = silent_log(),
                .progress = silent_progress(),
                .stop = {},
                .jobs = 1};
    }
    [[nodiscard]] Random& random() noexcept { return random_; }

private:
    StillClock clock_{Timestamp{std::chrono::nanoseconds{1'800'000'000'000'000'000}}};
    SeededRandom random_;
};

}  // namespace mlo::test
