// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mlo/util/bytes.hpp>
#include <mlo/util/error.hpp>
#include <mlo/util/process.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace mlo {

/// Where a program's bytes came out. With a terminal for both they come out of one, as `output`.
enum class OutputStream : std::uint8_t { output, error_output };

/// How a program ended.
struct ChildEnd {
    int exit_code = 0;                        ///< 0 if a signal ended it
    int signal = 0;                           ///< that ended it; 0: it ended by itself
    std::chrono::microseconds user_time{};    ///< with those of its own programs that it waited for
    std::chrono::microseconds system_time{};  ///< likewise
    std::uint64_t peak_memory_bytes = 0;      ///< of the largest of them
    std::uint64_t read_bytes = 0;             ///< from storage, by all of them
    std::uint64_t written_bytes = 0;          ///< to storage, likewise
    /// Something that it left running holds its output, and what that says from now on goes nowhere.
    bool left_output_open = false;
    /// What the caller's own streams did not take: a full disk, a terminal that is gone.
    std::uint64_t undelivered_bytes = 0;
    bool observer_failed = false;  ///< it threw, and was told nothing from then on

    /// In the shell's way: 128 + n for signal n.
    [[nodiscard]] int shell_code() const noexcept;
};

/// Where a program's output goes: each stream to ours, or, where standard output is for an answer of our own, both to
/// our standard error.
enum class PassOn : std::uint8_t { as_it_comes, to_error_output };

/// A program in the foreground of its caller, as a shell starts one, with the caller watching what it says.
///
/// It has a process group of its own, the caller's standard input, default signal dispositions (but SIGHUP, SIGINT,
/// SIGQUIT and SIGTERM stay ignored where the caller ignores them, as nohup wants it), no descriptors but those asked
/// for. Of its output streams, each that is a terminal here is one there (a pty of the same size and settings), any
/// other is a pipe. Where standard input is our terminal, its process group gets that, so that keys (^C, ^Z, ^\) reach
/// it as they would without us; if it stops, so does our process, and with `fg` both go on. INT, TERM, HUP, QUIT, USR1,
/// USR2 and TSTP that reach our process are passed to its process group.
///
/// From the constructor on these signals are blocked in the calling thread, to which the object belongs; threads begun
/// later inherit that, earlier ones must have blocked them. The process becomes a subreaper: what the program leaves
/// behind becomes our child (process_tree.hpp collects such). One at a time per process.
class ForegroundChild {
public:
    using Observer = std::function<void(OutputStream, ByteView)>;

    /// Starts it. The request's `program` may be a bare name, looked up in the PATH of its environment, or any path;
    /// `input` and `output_limit_bytes` mean nothing. Throws command_not_found, command_not_executable, child_failed.
    explicit ForegroundChild(const ProcessRequest& request, PassOn pass_on = PassOn::as_it_comes);
    /// A program that was not waited for goes on without us. The terminal is ours again, with its settings.
    ~ForegroundChild();
    ForegroundChild(const ForegroundChild&) = delete;
    ForegroundChild& operator=(const ForegroundChild&) = delete;

    [[nodiscard]] int pid() const noexcept;
    /// Passes its output to our own streams, unchanged and in order, and to `observer`, until it ends and all that it
    /// wrote is there. What it leaves running and still writing is listened to for a quarter of a second more. A reader
    /// of ours that goes away is gone for it too (SIGPIPE); if ours only fails, it goes on. Once.
    [[nodiscard]] ChildEnd run(const Observer& observer);

private:
    class Parts;
    std::unique_ptr<Parts> parts_;
};

/// The exit code for a program that could not be started, as of timeout(1): 127 not found, 126 not executable, 125 for
/// everything else.
[[nodiscard]] int start_failure_code(const Error& error) noexcept;

/// The descriptors above 2 that are open in this process, rising. Asked before anything else is opened, it names those
/// that a program we run may expect to inherit (ProcessRequest::kept_descriptors).
[[nodiscard]] std::vector<int> open_descriptors();

}  // namespace mlo
