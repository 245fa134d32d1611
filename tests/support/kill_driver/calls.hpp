// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <linux/filter.h>
#include <sys/types.h>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mlo::test {

/// Where a call's arguments say what it works on. Numbers are positions of arguments; `none` where there is no such
/// argument.
struct CallRow {
    static constexpr int none = -1;
    enum class Traced { always, if_it_creates, if_it_clones };

    long number;
    const char* name;
    int folder;        ///< descriptor of the folder that the path is relative to; none: the current folder
    int path;          ///< none: the call works on descriptor `folder`
    int other_folder;  ///< of a second path, as renameat has
    int other_path;
    int size;  ///< of the bytes to write; none: no write
    Traced traced = Traced::always;
};

/// The system calls that change what a file system holds or make it durable.
[[nodiscard]] const std::vector<CallRow>& state_changing_calls();

/// A seccomp program that stops at the calls of `rows` for a tracer and lets all others pass at full speed.
[[nodiscard]] std::vector<sock_filter> stop_filter(const std::vector<CallRow>& rows);

/// A call that a thread is about to make.
struct PendingCall {
    const CallRow* row = nullptr;
    pid_t thread = 0;
    std::array<std::uint64_t, 6> arguments{};
};

/// True unless an openat2 only opens (its flags lie in memory, where the filter cannot look).
[[nodiscard]] bool changes_state(const PendingCall& call);
/// The absolute paths that the call works on, symbolic links not resolved: one or two, or none for sync(2). What is no
/// file (a pipe, a socket) does not begin with '/'.
[[nodiscard]] std::vector<std::string> paths_of(const PendingCall& call);

}  // namespace mlo::test
