// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <mlo/util/fs.hpp>
#include <string>

namespace mlo::track {

/// What tells one process from any other, before and after it on any machine.
struct ProcessIdentity {
    std::int64_t pid = 0;
    std::uint64_t start_ticks = 0;  ///< since the boot, field 22 of /proc/PID/stat
    std::string boot_id;            ///< of this boot of this kernel
    std::string pid_space;          ///< the name space in which `pid` counts: containers have their own
    std::string host;               ///< for people
    friend bool operator==(const ProcessIdentity&, const ProcessIdentity&) = default;
};

/// `unknown`: it is on another machine or in another container, and only its heartbeat tells; `before_boot`: likewise,
/// but that machine has the name of this one, which has been booted since.
enum class Liveness { alive, dead, unknown, before_boot };

/// Whether the process of an open run gives signs of life by itself (RunStore::heartbeat), or leaves it to /proc.
enum class Pulse : std::uint8_t { beats, silent };

/// The identity of a process of this machine, by /proc. Throws path_not_found where there is none.
[[nodiscard]] ProcessIdentity identify_process(Fs& fs, std::int64_t pid);

/// Whether that very process still runs. A zombie does not.
[[nodiscard]] Liveness probe_process(Fs& fs, const ProcessIdentity& process);

/// probe_process, or what a test would have one believe.
using ProcessProbe = std::function<Liveness(const ProcessIdentity&)>;

}  // namespace mlo::track
