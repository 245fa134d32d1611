// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <spawn.h>
#include <sys/types.h>

#include <array>
#include <csignal>
#include <mlo/util/process.hpp>
#include <optional>

#include "descriptor.hpp"

/// What all have in common that start a program.
namespace mlo {

[[noreturn]] void throw_child_error(const ProcessRequest& request, int error_number);

/// The system would cut an argument at a NUL byte and run something else than was asked for. Throws child_failed.
void check_no_nul(const ProcessRequest& request);

struct Pipe {
    Descriptor read_end;
    Descriptor write_end;
};

/// Closed in every program that is started. Throws child_failed.
[[nodiscard]] Pipe make_pipe(const ProcessRequest& request);

enum class Session : std::uint8_t {
    callers,
    own  ///< no signal of the terminal reaches it, and it has no terminal to ask at
};

/// What posix_spawn is to do in the child before it becomes the program.
class SpawnPlan {
public:
    explicit SpawnPlan(Session session);
    ~SpawnPlan();
    SpawnPlan(const SpawnPlan&) = delete;
    SpawnPlan& operator=(const SpawnPlan&) = delete;

    /// Starts the program with the given standard streams. Throws child_failed.
    pid_t spawn(const ProcessRequest& request, const std::array<int, 3>& streams);

private:
    posix_spawn_file_actions_t actions_{};
    posix_spawnattr_t attributes_{};
};

/// A started process; killed and reaped unless somebody waited for it.
class Child {
public:
    Child(pid_t pid, Session session) noexcept : pid_{pid}, session_{session} {}
    ~Child();
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;

    /// A descriptor that polls readable once the process has ended; none where the kernel does not let us.
    [[nodiscard]] Descriptor end_signal() const;
    /// Signals it, and all of its session if that is its own; nothing once it was waited for.
    void signal(int number) const noexcept;
    /// The exit code in the shell's way.
    [[nodiscard]] int wait() noexcept;
    /// The same if it has ended.
    [[nodiscard]] std::optional<int> try_wait() noexcept;

private:
    pid_t pid_;
    Session session_;
};

}  // namespace mlo
