// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <poll.h>
#include <sys/resource.h>
#include <sys/types.h>

#include <array>
#include <chrono>
#include <functional>
#include <mlo/pipeline/executor.hpp>
#include <mlo/util/descriptor.hpp>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "job_processes.hpp"

namespace mlo::pipeline {

/// How the end of a process is noticed: the kernel tells (pidfd), or it is looked for again and again.
enum class EndSignals : std::uint8_t { descriptors, looks };

/// What the jobs of an executor share.
struct LocalWorld {
    Clock& clock;
    JobProcesses processes;
    Descriptor nothing;  ///< /dev/null, for reading
    EndSignals end_signals = EndSignals::descriptors;
    std::set<int> leaders;  ///< of all jobs, with those that have ended and were not waited for; and the watchdog
    std::vector<std::byte> buffer;

    [[nodiscard]] std::vector<int> leader_list() const { return {leaders.begin(), leaders.end()}; }
};

/// A job as processes of this machine.
///
/// Once its last command has ended, what it left running may end by itself for a moment (`tee` behind a command takes
/// what is still in its pipe). Then it gets TERM, and KILL after that. A leader is waited for last: as long as it is a
/// zombie, its number names this job's session and no other.
class LocalJob {
public:
    using Tell = std::function<void(OutputStream, ByteView)>;
    enum class Begin : std::uint8_t {
        begun,   ///< or ended at once
        no_room  ///< for more processes or descriptors; nothing happened
    };

    LocalJob(Job job, std::string mark, LocalWorld& world);
    ~LocalJob();
    LocalJob(const LocalJob&) = delete;
    LocalJob& operator=(const LocalJob&) = delete;

    [[nodiscard]] Begin begin();
    /// It is not to start any more, because of this.
    void give_up(JobEndKind kind, std::string trouble);
    void cancel(std::chrono::nanoseconds grace);
    /// Looks at what has ended, and at the time.
    void advance();
    /// Takes what there is of a stream, up to one buffer. What its end left in the pipes comes with Extent::rest.
    void receive(std::size_t stream, const Tell& tell);
    void receive_rest(const Tell& tell);

    [[nodiscard]] std::uint64_t number() const noexcept { return job_.number; }
    [[nodiscard]] bool is_over() const noexcept { return phase_ == Phase::over; }
    /// When it wants to advance, whatever happens.
    [[nodiscard]] std::chrono::nanoseconds wakes_at() const;
    /// What tells of something: the end of its leader, and its streams.
    [[nodiscard]] std::array<pollfd, 3> waits() const;
    [[nodiscard]] const JobEnd& end() const noexcept { return end_; }

private:
    /// `settling`: what the commands left may end by itself. `ending`: it was asked to. `killed`: it was made to.
    enum class Phase : std::uint8_t { waiting, running, settling, ending, killed, over };

    [[nodiscard]] int spawn(std::uint32_t command);
    [[nodiscard]] bool has_leader_ended();
    void take_leader_end();
    void reap(int leader);
    void count(const rusage& use);
    void note_left_behind(const std::vector<ProcessName>& processes);
    void signal(const std::vector<ProcessName>& processes, int number);
    void ask_to_end(std::chrono::nanoseconds grace);
    void kill_all();
    void look_at_rest();
    void finish();
    [[nodiscard]] std::string not_started(int error_number) const;

    Job job_;
    JobMark mark_;
    LocalWorld& world_;
    Phase phase_ = Phase::waiting;
    JobEnd end_;
    bool has_kind_ = false;  ///< its end is decided, whatever its leader says
    std::chrono::nanoseconds started_{};
    std::chrono::nanoseconds deadline_{};  ///< of this phase
    std::chrono::nanoseconds next_look_{};
    std::chrono::nanoseconds look_interval_{};
    std::array<std::optional<Descriptor>, 2> streams_;     ///< our ends
    std::array<std::optional<Descriptor>, 2> their_ends_;  ///< until the last command has them
    pid_t leader_ = -1;                                    ///< -1: none that runs
    std::optional<Descriptor> end_signal_;
};

}  // namespace mlo::pipeline
