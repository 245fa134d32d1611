// SPDX-License-Identifier: Apache-2.0
#include "local_executor.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <ctime>
#include <deque>
#include <map>
#include <mlo/util/errors.hpp>
#include <utility>

#include "watchdog.hpp"

namespace mlo::pipeline {
namespace {

using std::chrono::nanoseconds;
using namespace std::chrono_literals;

constexpr std::size_t buffer_bytes = std::size_t{64} * 1024;
constexpr std::size_t id_bytes = 8;
/// How often what jobs left behind and has ended is waited for, while they run.
constexpr nanoseconds collect_interval = 1s;
/// How often it is asked whether an earlier watchdog is done.
constexpr nanoseconds settle_interval = 5ms;

Descriptor open_nothing() {
    Descriptor nothing{::open("/dev/null", O_RDONLY | O_CLOEXEC)};
    if (nothing.get() < 0) throw_system_error(errno, "open", "/dev/null");
    return nothing;
}

class LocalExecutor final : public Executor {
public:
    LocalExecutor(const Runtime& runtime, EndSignals end_signals, std::string guard)
        : runtime_{runtime},
          guard_path_{std::move(guard)},
          world_{.clock = runtime.clock,
                 .processes = JobProcesses{},
                 .nothing = open_nothing(),
                 .end_signals = end_signals,
                 .leaders = {},
                 .buffer = std::vector<std::byte>(buffer_bytes)},
          id_{runtime.random.hex(id_bytes)},
          wake_{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)} {
        if (wake_.get() < 0) throw_system_error(errno, "create", "an eventfd");
        ::prctl(PR_SET_CHILD_SUBREAPER, 1);
        // Children of a process that ignores this leave nothing to wait for.
        struct sigaction now {};
        if (::sigaction(SIGCHLD, nullptr, &now) == 0 && now.sa_handler == SIG_IGN) {
            now.sa_handler = SIG_DFL;
            ::sigaction(SIGCHLD, &now, nullptr);
        }
    }

    ~LocalExecutor() override {
        waiting_.clear();
        for (const auto& [number, job] : jobs_) job->cancel(0ns);
        while (!jobs_.empty()) {
            wait(world_.clock.elapsed() + 1s);
            attend([](const JobEvent&) {});
        }
    }

    void settle() override {
        if (guard_path_.empty() || guard_) return;
        Descriptor guard{::open(guard_path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666)};
        if (guard.get() < 0) throw_system_error(errno, "open", guard_path_);
        struct flock whole {};
        whole.l_type = F_WRLCK;
        while (::fcntl(guard.get(), F_OFD_SETLK, &whole) != 0) {
            if (errno != EAGAIN && errno != EACCES) return;  // no locks here: then there is no telling
            runtime_.check_stop();
            runtime_.clock.sleep(settle_interval, runtime_.stop);
        }
        guard_.emplace(std::move(guard));
    }

    void start(const Job& job) override {
        MLO_ASSERT(!jobs_.contains(job.number));
        if (!watchdog_) {
            watchdog_.emplace(id_, guard_ ? guard_->get() : -1);
            world_.leaders.insert(watchdog_->pid());
        }
        auto mark = id_ + '-' + std::to_string(job.number);
        waiting_.push_back(std::make_unique<LocalJob>(job, std::move(mark), world_));
        begin_waiting();
    }

    void poll(nanoseconds until, const std::function<void(const JobEvent&)>& tell) override {
        for (;;) {
            const bool is_woken = wait(until);
            if (attend(tell) || is_woken || world_.clock.elapsed() >= until) return;
        }
    }

    void cancel(std::uint64_t number, nanoseconds grace) override {
        if (const auto found = jobs_.find(number); found != jobs_.end()) return found->second->cancel(grace);
        const auto found =
            std::find_if(waiting_.begin(), waiting_.end(), [&](const auto& job) { return job->number() == number; });
        if (found == waiting_.end()) return;
        (*found)->cancel(grace);
        jobs_.emplace(number, std::move(*found));
        waiting_.erase(found);
    }

    void wake() noexcept override {
        const std::uint64_t one = 1;
        [[maybe_unused]] const auto written = ::write(wake_.get(), &one, sizeof one);  // full: it is awake
    }

private:
    /// Starts what has not yet been, in order, as far as there is room: where there is none, the end of a job makes
    /// some. A job that finds none though nothing else runs cannot be started.
    void begin_waiting() {
        while (!waiting_.empty()) {
            auto& job = waiting_.front();
            if (job->begin() == LocalJob::Begin::no_room) {
                if (!jobs_.empty()) return;
                job->give_up(JobEndKind::not_started, "there is no room for more processes or open files");
            }
            const auto number = job->number();
            jobs_.emplace(number, std::move(job));
            waiting_.pop_front();
        }
    }

    /// Waits for something to happen; true if somebody wants to be attended to.
    bool wait(nanoseconds until) {
        waits_.assign(1, {wake_.get(), POLLIN, 0});
        looked_at_.clear();
        if (!jobs_.empty()) until = std::min(until, next_collect_);
        for (const auto& [number, job] : jobs_) {
            const auto waits = job->waits();
            waits_.insert(waits_.end(), waits.begin(), waits.end());
            looked_at_.push_back(job.get());
            until = std::min(until, job->wakes_at());
        }
        const auto left = std::max(0ns, until - world_.clock.elapsed());
        const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(left);
        const timespec time{static_cast<std::time_t>(seconds.count()), static_cast<long>((left - seconds).count())};
        if (::ppoll(waits_.data(), waits_.size(), &time, nullptr) < 0)
            for (auto& each : waits_) each.revents = 0;
        std::uint64_t times = 0;
        return waits_[0].revents != 0 && ::read(wake_.get(), &times, sizeof times) > 0;
    }

    /// Deals with what has happened; true if anything was told. Whoever is told may start and cancel jobs.
    bool attend(const std::function<void(const JobEvent&)>& tell) {
        bool has_told = false;
        // What one job says, however much, waits for what all the others say.
        for (std::size_t i = 0; i < looked_at_.size(); ++i) {
            auto& job = *looked_at_[i];
            const auto tell_output = [&](OutputStream stream, ByteView bytes) {
                has_told = true;
                tell(
                    {.kind = JobEvent::Kind::output, .job = job.number(), .stream = stream, .bytes = bytes, .end = {}});
            };
            for (const std::size_t stream : {std::size_t{0}, std::size_t{1}})
                if (waits_[2 + 3 * i + stream].revents != 0) job.receive(stream, tell_output);
            job.advance();
            if (!job.is_over()) continue;
            job.receive_rest(tell_output);
            const auto ended = jobs_.extract(job.number());
            begin_waiting();
            has_told = true;
            tell({.kind = JobEvent::Kind::ended,
                  .job = job.number(),
                  .stream = OutputStream::output,
                  .bytes = {},
                  .end = job.end()});
        }
        looked_at_.clear();
        collect();
        return has_told;
    }

    void collect() {
        const auto now = world_.clock.elapsed();
        if (now < next_collect_) return;
        next_collect_ = now + collect_interval;
        world_.processes.collect(world_.leader_list());
    }

    Runtime runtime_;
    std::string guard_path_;
    std::optional<Descriptor> guard_;
    LocalWorld world_;
    std::string id_;
    Descriptor wake_;
    std::optional<Watchdog> watchdog_;
    std::map<std::uint64_t, std::unique_ptr<LocalJob>> jobs_;
    std::deque<std::unique_ptr<LocalJob>> waiting_;  ///< that there was no room for
    std::vector<pollfd> waits_;
    std::vector<LocalJob*> looked_at_;
    nanoseconds next_collect_{};
};

}  // namespace

std::unique_ptr<Executor> make_local_executor(const Runtime& runtime, EndSignals end_signals, std::string guard) {
    return std::make_unique<LocalExecutor>(runtime, end_signals, std::move(guard));
}

std::unique_ptr<Executor> local_executor(const Runtime& runtime, std::string guard) {
    return make_local_executor(runtime, EndSignals::descriptors, std::move(guard));
}

}  // namespace mlo::pipeline
