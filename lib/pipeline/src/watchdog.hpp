// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <mlo/util/descriptor.hpp>
#include <optional>
#include <string>

namespace mlo::pipeline {

/// A process that outlives us if we are killed, to kill what our jobs consist of: their results will be nobody's, and
/// the next `mlo run` may start the same commands in the same folders.
class Watchdog {
public:
    /// `id` is part of the MLO_JOB of all that it is about; it keeps the descriptor `guard` open until it ends (-1:
    /// none). Where it cannot be started, there is none.
    Watchdog(const std::string& id, int guard);
    /// All jobs have ended.
    ~Watchdog();
    Watchdog(const Watchdog&) = delete;
    Watchdog& operator=(const Watchdog&) = delete;

    [[nodiscard]] int pid() const noexcept { return pid_; }

private:
    pid_t pid_ = -1;
    std::optional<Descriptor> life_line_;
};

}  // namespace mlo::pipeline
