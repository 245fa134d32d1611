// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// What /proc says of one process.
namespace mlo {

/// What a process uses up, by number.
enum Counter : std::uint8_t { user_ns, system_ns, read_bytes, written_bytes };
using Counters = std::array<std::uint64_t, 4>;

struct ProcessStat {
    int pid = 0;
    int parent = 0;
    int group = 0;
    int session = 0;
    char state = '?';
    std::uint64_t start = 0;  ///< in ticks since the machine started: with the pid it names a process for good
    std::uint64_t user_ns = 0;
    std::uint64_t system_ns = 0;
    std::uint64_t children_user_ns = 0;  ///< of those that it waited for, with theirs
    std::uint64_t children_system_ns = 0;
    std::uint64_t memory_bytes = 0;

    [[nodiscard]] bool is_zombie() const noexcept { return state == 'Z' || state == 'X'; }
};

/// Bytes from and to storage, by a process and those that it waited for.
struct ProcessBytes {
    std::uint64_t read = 0;
    std::uint64_t written = 0;
};

/// `proc` is the open folder /proc. Nothing if the process is gone.
[[nodiscard]] std::optional<ProcessStat> read_stat(int proc, int pid);
/// Nothing if it is gone, or may not be looked at.
[[nodiscard]] std::optional<ProcessBytes> read_io(int proc, int pid);
/// The value of `key` in the environment that the process was started with, empty if it is not there. Nothing if there
/// is no environment to see: the process was started without, ended, is in the middle of an exec, or may not be looked
/// at.
[[nodiscard]] std::optional<std::string> environment_value(int proc, int pid, std::string_view key);
/// Whether the process was started with this entry (KEY=VALUE) in its environment.
[[nodiscard]] bool has_in_environment(int proc, int pid, std::string_view entry);

/// The number that a folder of /proc is named by, 0 for any other name.
[[nodiscard]] int to_pid(std::string_view name) noexcept;

}  // namespace mlo
