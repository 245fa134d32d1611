// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <mlo/pipeline/stage.hpp>
#include <mlo/util/bytes.hpp>
#include <mlo/util/child.hpp>
#include <mlo/util/runtime.hpp>

namespace mlo::pipeline {

/// One execution of a stage's commands, whoever does it.
struct Job {
    std::uint64_t number = 0;           ///< chosen by the caller, never twice
    std::vector<std::string> commands;  ///< for the shell, in order; the first that fails ends it
    std::string shell;                  ///< absolute path
    std::vector<std::string> shell_options;
    std::string directory;                 ///< absolute
    std::vector<std::string> environment;  ///< whole, as KEY=VALUE
    Timeout timeout;
    std::vector<Need> needs;  ///< for executors that reserve
};

enum class JobEndKind : std::uint8_t { exited, signalled, timed_out, cancelled, not_started };
struct JobEnd {
    JobEndKind kind = JobEndKind::exited;
    std::int32_t exit_code = 0;  ///< of the command that ended it
    std::int32_t signal = 0;
    std::uint32_t command = 0;  ///< index of the last that ran
    std::string trouble;        ///< not_started: why
    std::chrono::nanoseconds duration{};
    std::chrono::microseconds user_time{};
    std::chrono::microseconds system_time{};
    std::uint64_t peak_memory_bytes = 0;
    std::vector<int> left_behind;  ///< processes of it that were still there at its end, and were ended
};

/// What poll tells.
struct JobEvent {
    enum class Kind : std::uint8_t { output, ended } kind = Kind::output;
    std::uint64_t job = 0;
    OutputStream stream = OutputStream::output;
    ByteView bytes;  ///< of output; until the next call
    JobEnd end;
};

/// Runs jobs somewhere. Used by one thread; wake may be called by any.
class Executor {
public:
    virtual ~Executor() = default;
    /// Returns once nothing runs any more that an executor of a process which was killed had started here. Before the
    /// first job. Throws interrupted.
    virtual void settle() {}
    /// Never throws for what is wrong with the job: that is an end of its own (not_started).
    virtual void start(const Job& job) = 0;
    /// Tells what happened since, waiting for something until `until` (of Clock::elapsed) at most.
    virtual void poll(std::chrono::nanoseconds until, const std::function<void(const JobEvent&)>& tell) = 0;
    /// Ends a job: TERM to all its processes, KILL after `grace`. Its end is told by poll.
    virtual void cancel(std::uint64_t job, std::chrono::nanoseconds grace) = 0;
    /// Makes a poll that waits return.
    virtual void wake() noexcept = 0;
};

/// Children of this process: each job a session and process group of its own, standard input empty, both streams pipes.
/// The process becomes a subreaper, so that what a job leaves behind is found and ended with it. If this process is
/// killed, a watchdog kills its jobs; `guard` (absolute, made if need be) is a file that it holds locked until then,
/// and that settle waits for. Empty: there is none.
[[nodiscard]] std::unique_ptr<Executor> local_executor(const Runtime& runtime, std::string guard = {});

}  // namespace mlo::pipeline
