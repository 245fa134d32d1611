// SPDX-License-Identifier: Apache-2.0
#include "local_job.hpp"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <limits>
#include <mlo/util/error.hpp>
#include <mlo/util/spawn.hpp>
#include <mlo/util/text.hpp>
#include <system_error>
#include <utility>

namespace mlo::pipeline {
namespace {

using std::chrono::nanoseconds;
using namespace std::chrono_literals;

/// How long what a job leaves running may end by itself: as long as what `mlo track` runs.
constexpr nanoseconds settling_time = 250ms;
/// Between TERM and KILL of what is left, whatever the job's own grace.
constexpr nanoseconds longest_grace_of_rest = 1s;
/// A process that does not even end by KILL hangs in the kernel, on a dead network drive for instance.
constexpr nanoseconds given_up_after = 5s;
constexpr nanoseconds first_look = 1ms;
constexpr nanoseconds longest_look = 50ms;
/// Where no descriptor tells of ends.
constexpr nanoseconds look_for_ends = 5ms;
constexpr nanoseconds never = nanoseconds::max();

constexpr std::array<OutputStream, 2> stream_names{OutputStream::output, OutputStream::error_output};

nanoseconds later(nanoseconds now, nanoseconds duration) { return duration > never - now ? never : now + duration; }

std::chrono::microseconds duration(const timeval& time) {
    return std::chrono::seconds{time.tv_sec} + std::chrono::microseconds{time.tv_usec};
}

bool is_lack_of_room(int error_number) {
    return error_number == EAGAIN || error_number == ENOMEM || error_number == EMFILE || error_number == ENFILE;
}

/// The environment with the mark of the job behind the marks of those that it runs within.
std::vector<std::string> with_mark(std::vector<std::string> environment, const std::string& id) {
    const auto start = std::string{JobProcesses::variable} + '=';
    for (auto& entry : environment) {
        if (!entry.starts_with(start)) continue;
        entry += ':' + id;
        return environment;
    }
    environment.push_back(start + id);
    return environment;
}

}  // namespace

LocalJob::LocalJob(Job job, std::string mark, LocalWorld& world)
    : job_{std::move(job)}, mark_{std::move(mark), {}}, world_{world} {
    job_.environment = with_mark(std::move(job_.environment), mark_.id);
}

LocalJob::~LocalJob() {
    for (const int leader : mark_.sessions) world_.leaders.erase(leader);
}

LocalJob::Begin LocalJob::begin() {
    started_ = world_.clock.elapsed();
    if (job_.commands.empty()) {
        phase_ = Phase::over;
        return Begin::begun;
    }
    try {
        for (std::size_t stream = 0; stream < streams_.size(); ++stream) {
            std::array<int, 2> ends{};
            if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
                const int error = errno;
                for (auto* const each : {&streams_, &their_ends_})
                    for (auto& end : *each) end.reset();
                if (is_lack_of_room(error)) return Begin::no_room;
                give_up(JobEndKind::not_started, not_started(error));
                return Begin::begun;
            }
            streams_[stream].emplace(ends[0]);
            their_ends_[stream].emplace(ends[1]);
            static_cast<void>(::fcntl(ends[0], F_SETFL, O_NONBLOCK));
        }
        const int error = spawn(0);
        if (is_lack_of_room(error)) {
            for (auto* const each : {&streams_, &their_ends_})
                for (auto& end : *each) end.reset();
            return Begin::no_room;
        }
        if (error != 0) give_up(JobEndKind::not_started, not_started(error));
    } catch (const Error& error) {
        give_up(JobEndKind::not_started, error.message());
    }
    return Begin::begun;
}

void LocalJob::give_up(JobEndKind kind, std::string trouble) {
    end_.kind = kind;
    end_.trouble = std::move(trouble);
    phase_ = Phase::over;
}

/// 0, or the error number. Throws child_failed for a NUL byte.
int LocalJob::spawn(std::uint32_t command) {
    ProcessRequest request{.program = job_.shell,
                           .arguments = job_.shell_options,
                           .directory = job_.directory,
                           .environment = std::move(job_.environment)};
    request.arguments.insert(request.arguments.end(), {"-c", job_.commands[command]});
    check_no_nul(request);
    pid_t pid = -1;
    const int error = SpawnPlan{Session::own}.try_spawn(
        request, {world_.nothing.get(), their_ends_[0]->get(), their_ends_[1]->get()}, pid);
    job_.environment = std::move(request.environment);
    if (error != 0) return error;
    leader_ = pid;
    mark_.sessions.push_back(pid);
    world_.leaders.insert(pid);
    end_.command = command;
    phase_ = Phase::running;
    if (command + 1 == job_.commands.size())
        for (auto& end : their_ends_) end.reset();
    end_signal_.reset();
    if (world_.end_signals == EndSignals::descriptors)
        end_signal_.emplace(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
    return 0;
}

std::string LocalJob::not_started(int error_number) const {
    struct stat status {};
    auto subject = quoted(job_.shell);
    if (!job_.directory.empty() && ::stat(job_.directory.c_str(), &status) != 0) {
        error_number = errno;
        subject += " in " + quoted(job_.directory);
    }
    return "cannot run " + subject + ": " + std::generic_category().message(error_number);
}

bool LocalJob::has_leader_ended() {
    siginfo_t info{};
    const int status = ::waitid(P_PID, static_cast<id_t>(leader_), &info, WEXITED | WNOHANG | WNOWAIT);
    if (status == 0 && info.si_pid == 0) return false;
    if (!has_kind_) end_.kind = JobEndKind::exited;
    if (status != 0) {
        // Somebody else has waited for it; what it said is lost, and so no success.
        end_.exit_code = 255;
        end_.trouble = "its end was not told";
    } else if (info.si_code == CLD_EXITED) {
        end_.exit_code = info.si_status;
    } else {
        end_.exit_code = 0;
        end_.signal = info.si_status;
        if (!has_kind_) end_.kind = JobEndKind::signalled;
    }
    return true;
}

void LocalJob::take_leader_end() {
    end_signal_.reset();
    const int leader = std::exchange(leader_, -1);
    if (phase_ != Phase::running) return;
    const bool goes_on = end_.kind == JobEndKind::exited && end_.exit_code == 0 && end_.trouble.empty() &&
                         end_.command + 1 < job_.commands.size();
    if (goes_on) {
        const auto count_use = [this](int, const rusage& use) { count(use); };
        // What it left may be for the next command. Only if there is nothing may its number be given to others.
        if (world_.processes.orphans(mark_, world_.leader_list(), count_use).empty()) reap(leader);
        try {
            const int error = spawn(end_.command + 1);
            if (error == 0) return;
            end_.trouble = not_started(error);
        } catch (const Error& error) {
            end_.trouble = error.message();
        }
        end_.kind = JobEndKind::not_started;
        has_kind_ = true;
    }
    for (auto& end : their_ends_) end.reset();
    phase_ = Phase::settling;
    deadline_ = later(world_.clock.elapsed(), settling_time);
    look_interval_ = first_look;
}

void LocalJob::count(const rusage& use) {
    end_.user_time += duration(use.ru_utime);
    end_.system_time += duration(use.ru_stime);
    end_.peak_memory_bytes = std::max(end_.peak_memory_bytes, static_cast<std::uint64_t>(use.ru_maxrss) * 1024);
}

void LocalJob::reap(int leader) {
    rusage use{};
    if (::wait4(leader, nullptr, WNOHANG, &use) == leader)
        count(use);
    else
        world_.processes.adopt(leader, mark_.id);
    std::erase(mark_.sessions, leader);
    world_.leaders.erase(leader);
}

void LocalJob::advance() {
    if (phase_ == Phase::waiting || phase_ == Phase::over) return;
    if (leader_ > 0 && has_leader_ended()) take_leader_end();
    const auto now = world_.clock.elapsed();
    if (phase_ == Phase::running) {
        if (job_.timeout.after > 0ns && now >= later(started_, job_.timeout.after)) {
            end_.kind = JobEndKind::timed_out;
            has_kind_ = true;
            ask_to_end(job_.timeout.grace);
        }
        return;
    }
    if (leader_ < 0) return look_at_rest();
    if (now < deadline_) return;
    if (phase_ == Phase::ending) return kill_all();
    finish();
}

void LocalJob::cancel(nanoseconds grace) {
    if (phase_ == Phase::over) return;
    if (phase_ == Phase::waiting) return give_up(JobEndKind::cancelled, {});
    if (phase_ == Phase::running) {
        end_.kind = JobEndKind::cancelled;
        has_kind_ = true;
        ask_to_end(grace);
    } else if (grace <= 0ns) {
        kill_all();
    } else if (phase_ != Phase::killed) {
        deadline_ = std::min(deadline_, later(world_.clock.elapsed(), grace));
        next_look_ = {};
        advance();
    }
}

void LocalJob::signal(const std::vector<ProcessName>& processes, int number) {
    for (const auto& each : processes) JobProcesses::signal(world_.processes.proc(), each, number);
    if (number == SIGKILL) return;
    // Of a process that is stopped, a signal would wait for ever.
    for (const auto& each : processes) JobProcesses::signal(world_.processes.proc(), each, SIGCONT);
}

void LocalJob::note_left_behind(const std::vector<ProcessName>& processes) {
    for (const auto& each : processes) {
        auto& noted = end_.left_behind;
        const auto place = std::lower_bound(noted.begin(), noted.end(), each.pid);
        const bool is_leader =
            std::find(mark_.sessions.begin(), mark_.sessions.end(), each.pid) != mark_.sessions.end();
        if (!is_leader && (place == noted.end() || *place != each.pid)) noted.insert(place, each.pid);
    }
}

void LocalJob::ask_to_end(nanoseconds grace) {
    const auto now = world_.clock.elapsed();
    phase_ = Phase::ending;
    deadline_ = later(now, grace);
    look_interval_ = first_look;
    next_look_ = {};
    if (grace <= 0ns) return kill_all();
    signal(world_.processes.members(mark_), SIGTERM);
}

void LocalJob::kill_all() {
    const auto members = world_.processes.members(mark_);
    note_left_behind(members);
    signal(members, SIGKILL);
    if (phase_ == Phase::killed) return;
    phase_ = Phase::killed;
    deadline_ = later(world_.clock.elapsed(), given_up_after);
    look_interval_ = first_look;
    next_look_ = {};
}

/// All commands have ended: what is still there?
void LocalJob::look_at_rest() {
    const auto now = world_.clock.elapsed();
    if (now < next_look_ && now < deadline_) return;
    const auto count_use = [this](int, const rusage& use) { count(use); };
    if (world_.processes.orphans(mark_, world_.leader_list(), count_use).empty()) return finish();
    if (phase_ == Phase::settling && now >= deadline_) {
        note_left_behind(world_.processes.members(mark_));
        ask_to_end(std::min(job_.timeout.grace, longest_grace_of_rest));
    } else if (phase_ == Phase::killed && now >= deadline_) {
        return finish();
    } else if (phase_ == Phase::killed || (phase_ == Phase::ending && now >= deadline_)) {
        kill_all();
    }
    next_look_ = now + look_interval_;
    look_interval_ = std::min(look_interval_ * 2, longest_look);
}

void LocalJob::finish() {
    const auto leaders = mark_.sessions;
    for (const int leader : leaders) reap(leader);
    world_.processes.forget(mark_.id);
    leader_ = -1;
    end_signal_.reset();
    end_.duration = world_.clock.elapsed() - started_;
    phase_ = Phase::over;
}

nanoseconds LocalJob::wakes_at() const {
    if (phase_ == Phase::waiting) return never;
    if (phase_ == Phase::over) return {};
    auto at = phase_ == Phase::running ? never : deadline_;
    if (phase_ == Phase::running && job_.timeout.after > 0ns) at = later(started_, job_.timeout.after);
    if (leader_ < 0) return std::min(at, next_look_);
    const bool is_told = end_signal_ && end_signal_->get() >= 0;
    return is_told ? at : std::min(at, world_.clock.elapsed() + look_for_ends);
}

std::array<pollfd, 3> LocalJob::waits() const {
    const auto number = [](const std::optional<Descriptor>& end) { return end ? end->get() : -1; };
    return {{{number(end_signal_), POLLIN, 0}, {number(streams_[0]), POLLIN, 0}, {number(streams_[1]), POLLIN, 0}}};
}

void LocalJob::receive(std::size_t stream, const Tell& tell) {
    auto& end = streams_[stream];
    if (!end) return;
    const auto count = ::read(end->get(), world_.buffer.data(), world_.buffer.size());
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (count <= 0) return end.reset();
    tell(stream_names[stream], ByteView{world_.buffer}.first(static_cast<std::size_t>(count)));
}

void LocalJob::receive_rest(const Tell& tell) {
    for (std::size_t stream = 0; stream < streams_.size(); ++stream) {
        auto& end = streams_[stream];
        // Not until its end: what got away from us may hold it, and write for ever.
        int left = 0;
        if (end && ::ioctl(end->get(), FIONREAD, &left) != 0) left = 0;
        while (end && left > 0) {
            const auto most = std::min(static_cast<std::size_t>(left), world_.buffer.size());
            const auto count = ::read(end->get(), world_.buffer.data(), most);
            if (count <= 0) break;
            left -= static_cast<int>(count);
            tell(stream_names[stream], ByteView{world_.buffer}.first(static_cast<std::size_t>(count)));
        }
        end.reset();
    }
}

}  // namespace mlo::pipeline
