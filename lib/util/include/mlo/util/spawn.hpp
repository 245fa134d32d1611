// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <spawn.h>
#include <sys/types.h>

#include <array>
#include <csignal>
#include <initializer_list>
#include <mlo/util/process.hpp>
#include <optional>

#include <mlo/util/descriptor.hpp>

/// What all have in common that start a program: for what is neither run_process, a Coprocess nor a ForegroundChild.
/// The system makes no copy of our memory for it (as vfork does), so that a large process starts programs as fast as a
/// small one.
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
    callers_in_own_group,  ///< a process group of its own: one signal reaches it and all that it starts
    own                    ///< no signal of the terminal reaches it, and it has no terminal to ask at
};

/// What posix_spawn is to do in the child before it becomes the program.
class SpawnPlan {
public:
    explicit SpawnPlan(Session session);
    ~SpawnPlan();
    SpawnPlan(const SpawnPlan&) = delete;
    SpawnPlan& operator=(const SpawnPlan&) = delete;

    /// Makes the program's process group the one in the foreground of `terminal`.
    void give_terminal(int terminal);
    /// Leaves ignored what this process ignores of `signals`; the program gets all others with their defaults.
    void keep_ignored(std::initializer_list<int> signals);
    /// Starts the program with the given standard streams. Throws child_failed.
    pid_t spawn(const ProcessRequest& request, const std::array<int, 3>& streams);
    /// The same, but for what the system says: 0 or its error number.
    [[nodiscard]] int try_spawn(const ProcessRequest& request, const std::array<int, 3>& streams, pid_t& pid);

private:
    int add_closes(const std::vector<int>& kept);

    std::optional<int> terminal_;
    posix_spawn_file_actions_t actions_{};
    posix_spawnattr_t attributes_{};
};

/// Keeps SIGPIPE away from this thread while it writes to something that may not want to read.
class SigpipeGuard {
public:
    SigpipeGuard() noexcept;
    ~SigpipeGuard();
    SigpipeGuard(const SigpipeGuard&) = delete;
    SigpipeGuard& operator=(const SigpipeGuard&) = delete;

private:
    bool was_pending_ = false;
    sigset_t only_sigpipe_{};
    sigset_t old_mask_{};
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
