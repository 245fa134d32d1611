// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mlo/track/run.hpp>
#include <mlo/util/fs.hpp>
#include <string>

namespace mlo::track {

/// What is known of the machine.
struct MachineFacts {
    Facts host;      ///< "name", "kernel", "architecture", "system", "container"
    Facts hardware;  ///< "cpu.model", "cpu.count", "cpu.usable", "memory_bytes", "cgroup.cpu_limit",
                     ///< "cgroup.memory_limit_bytes"
};

/// By uname(2), and the files of /proc, /sys and /etc below `root` ("/"). What cannot be read is not there.
[[nodiscard]] MachineFacts read_machine(Fs& fs, const std::string& root);

}  // namespace mlo::track
