// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <mlo/util/child.hpp>
#include <mlo/util/errors.hpp>
#include <mlo/util/exit_codes.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/text.hpp>
#include <optional>
#include <utility>

#include <mlo/util/spawn.hpp>
#include "outlet.hpp"
#include "terminal.hpp"

namespace mlo {
namespace {

constexpr std::size_t buffer_bytes = std::size_t{256} * 1024;
constexpr int pipe_bytes = 256 * 1024;
/// The unit of the blocks of getrusage(2), whatever the file system.
constexpr std::uint64_t block_bytes = 512;
/// How often size and state are looked at where no signal tells.
constexpr long tick_ns = 200'000'000;
/// How long what the program left behind is listened to.
constexpr long grace_ns = 250'000'000;
/// What a pipe or pty may hold when its writer ends.
constexpr std::uint64_t most_in_flight_bytes = 1u << 20;

constexpr auto passed_signals = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2};

bool is_ignored(int number) {
    struct sigaction now {};
    return ::sigaction(number, nullptr, &now) == 0 && now.sa_handler == SIG_IGN;
}

/// Blocks the signals that the loop wants to hear of, until the end of the object.
class WatchedSignals {
public:
    WatchedSignals() {
        sigset_t watched;
        ::sigemptyset(&watched);
        for (const int each : {SIGCHLD, SIGCONT, SIGWINCH}) ::sigaddset(&watched, each);
        for (const int each : passed_signals)
            if (!is_ignored(each)) ::sigaddset(&watched, each);
        if (!is_ignored(SIGTSTP)) ::sigaddset(&watched, SIGTSTP);
        descriptor_ = ::signalfd(-1, &watched, SFD_CLOEXEC | SFD_NONBLOCK);
        if (descriptor_ < 0) throw_system_error(errno, "watch", "signals");
        // We write to the terminal and set it while our program is in its foreground.
        ::sigaddset(&watched, SIGTTOU);
        ::pthread_sigmask(SIG_BLOCK, &watched, &before_);
        // Children of a process that ignores this leave nothing to wait for.
        struct sigaction usual {};
        usual.sa_handler = SIG_DFL;
        if (is_ignored(SIGCHLD)) ::sigaction(SIGCHLD, &usual, nullptr);
    }
    ~WatchedSignals() {
        ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
        ::close(descriptor_);
    }
    WatchedSignals(const WatchedSignals&) = delete;
    WatchedSignals& operator=(const WatchedSignals&) = delete;

    [[nodiscard]] int descriptor() const noexcept { return descriptor_; }
    /// The next that came, 0 for none.
    [[nodiscard]] int next() const {
        signalfd_siginfo info{};
        return ::read(descriptor_, &info, sizeof info) == sizeof info ? static_cast<int>(info.ssi_signo) : 0;
    }

private:
    int descriptor_ = -1;
    sigset_t before_{};
};

/// Takes away a signal that waits for us.
void swallow(int number) {
    sigset_t only;
    ::sigemptyset(&only);
    ::sigaddset(&only, number);
    const timespec at_once{};
    while (::sigtimedwait(&only, nullptr, &at_once) < 0 && errno == EINTR) continue;
}

[[noreturn]] void throw_not_executable(const std::string& program, int error_number) {
    throw Error{errors::command_not_executable,
                "cannot execute " + quoted(program) + ": " + std::generic_category().message(error_number)};
}

std::string_view search_path_of(const std::vector<std::string>& environment) {
    constexpr std::string_view key = "PATH=";
    for (const std::string_view entry : environment)
        if (entry.starts_with(key)) return entry.substr(key.size());
    return "/usr/local/bin:/usr/bin:/bin";
}

/// The file that the program's name means.
std::string locate(const ProcessRequest& request) {
    const auto& program = request.program;
    struct stat status {};
    if (program.find('/') == program.npos) {
        const auto search_path = search_path_of(request.environment);
        if (auto found = find_program(program, search_path)) return std::move(*found);
        for (const auto& folder : split(search_path, ':'))
            if (!program.empty() && folder.starts_with('/') &&
                ::stat(path::join(folder, program).c_str(), &status) == 0 && S_ISREG(status.st_mode))
                throw_not_executable(path::join(folder, program), EACCES);
        throw Error{errors::command_not_found, "no program " + quoted(program) + " in PATH"};
    }
    const auto file =
        program.starts_with('/') || request.directory.empty() ? program : path::join(request.directory, program);
    if (::stat(file.c_str(), &status) != 0) {
        if (errno != ENOENT && errno != ENOTDIR) throw_not_executable(program, errno);
        throw Error{errors::command_not_found, "no program " + quoted(program)};
    }
    if (!S_ISREG(status.st_mode)) throw_not_executable(program, S_ISDIR(status.st_mode) ? EISDIR : EACCES);
    return program;
}

bool is_our_trouble(int error_number) {
    return error_number == EAGAIN || error_number == ENOMEM || error_number == EMFILE || error_number == ENFILE;
}

int try_start(const ProcessRequest& request, const std::array<int, 3>& streams, bool gives_terminal, pid_t& pid) {
    SpawnPlan plan{Session::callers_in_own_group};
    plan.keep_ignored({SIGHUP, SIGINT, SIGQUIT, SIGTERM});
    if (gives_terminal) plan.give_terminal(streams[0]);
    return plan.try_spawn(request, streams, pid);
}

pid_t start(ProcessRequest request, const std::array<int, 3>& streams, bool gives_terminal) {
    if (request.name.empty()) request.name = request.program;
    request.program = locate(request);
    struct stat status {};
    if (!request.directory.empty() && ::stat(request.directory.c_str(), &status) != 0)
        throw_child_error(request, errno);
    pid_t pid = -1;
    int error = try_start(request, streams, gives_terminal, pid);
    if (error == ENOEXEC) {
        // A script that does not say by what: as every shell does.
        auto script = request;
        script.program = "/bin/sh";
        script.name = "sh";
        script.arguments.insert(script.arguments.begin(), request.program);
        error = try_start(script, streams, gives_terminal, pid);
    }
    if (error == 0) return pid;
    if (is_our_trouble(error)) throw_child_error(request, error);
    throw_not_executable(request.program, error);
}

/// A descriptor above the three streams, which dup2 in the child cannot overwrite before its turn.
Descriptor raised(const ProcessRequest& request, int descriptor) {
    Descriptor copy{::fcntl(descriptor, F_DUPFD_CLOEXEC, STDERR_FILENO + 1)};
    if (copy.get() < 0) throw_child_error(request, errno);
    return copy;
}

Descriptor input_for(const ProcessRequest& request) {
    if (::fcntl(STDIN_FILENO, F_GETFD) >= 0) return raised(request, STDIN_FILENO);
    const Descriptor nothing{::open("/dev/null", O_RDONLY | O_CLOEXEC)};
    if (nothing.get() < 0) throw_child_error(request, errno);
    return raised(request, nothing.get());
}

std::chrono::microseconds duration(const timeval& time) {
    return std::chrono::seconds{time.tv_sec} + std::chrono::microseconds{time.tv_usec};
}

/// Whether nobody is there who could continue our process group once it is stopped.
bool is_orphaned() { return ::getsid(::getppid()) != ::getsid(0); }

/// Something that the program says, and where we pass it on to.
struct Source {
    Descriptor end;
    OutputStream stream;
    Outlet outlet;
    bool is_pty = false;
    std::uint64_t bytes_since_end = 0;
};

}  // namespace

class ForegroundChild::Parts {
public:
    Parts(const ProcessRequest& request, PassOn pass_on)
        : outlets_{pass_on == PassOn::to_error_output ? STDERR_FILENO : STDOUT_FILENO, STDERR_FILENO},
          timer_{::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK)} {
        check_no_nul(request);
        if (timer_.get() < 0) throw_child_error(request, errno);
        buffer_.resize(buffer_bytes);
        launch(request);
    }

    [[nodiscard]] pid_t pid() const noexcept { return pid_; }

    ChildEnd run(const Observer& observer) {
        observer_ = observer;
        set_timer(tick_ns, tick_ns);
        while (!has_ended_) step();
        set_timer(grace_ns, 0);
        has_ticked_ = false;
        while (!gives_up_ && wants_more()) step();
        for (auto& source : sources_) {
            source.end.close();
            source.outlet.give_up();
            end_.undelivered_bytes += source.outlet.undelivered_bytes();
        }
        terminal_.take_back();
        return end_;
    }

private:
    void launch(const ProcessRequest& request) {
        const auto input = input_for(request);
        const bool shows[2] = {::isatty(outlets_[0]) == 1, ::isatty(outlets_[1]) == 1};
        real_terminal_ = shows[0] ? outlets_[0] : outlets_[1];
        if (auto made = shows[0] || shows[1] ? Pty::make(real_terminal_) : std::nullopt) pty_.emplace(std::move(*made));
        sources_.reserve(2);
        std::vector<Descriptor> their_ends;
        if (pty_) {
            their_ends.push_back(raised(request, pty_->theirs().get()));
            const auto stream = shows[0] ? OutputStream::output : OutputStream::error_output;
            sources_.push_back({raised(request, pty_->ours().get()), stream, Outlet{real_terminal_}, true});
        }
        std::array<int, 3> streams{input.get(), -1, -1};
        for (const int number : {STDOUT_FILENO, STDERR_FILENO}) {
            auto& stream = streams[static_cast<std::size_t>(number)];
            if (pty_ && shows[number - 1]) {
                stream = their_ends.front().get();
                continue;
            }
            auto pipe = make_pipe(request);
            static_cast<void>(::fcntl(pipe.read_end.get(), F_SETPIPE_SZ, pipe_bytes));
            static_cast<void>(::fcntl(pipe.read_end.get(), F_SETFL, O_NONBLOCK));
            sources_.push_back({raised(request, pipe.read_end.get()),
                                number == STDOUT_FILENO ? OutputStream::output : OutputStream::error_output,
                                Outlet{outlets_[static_cast<std::size_t>(number - 1)]}});
            their_ends.push_back(raised(request, pipe.write_end.get()));
            stream = their_ends.back().get();
        }
        ::prctl(PR_SET_CHILD_SUBREAPER, 1);
        begin(request, streams);
        if (pty_) pty_->theirs().close();
    }

    void begin(const ProcessRequest& request, const std::array<int, 3>& streams) {
        const bool is_in_foreground = terminal_.is_in_foreground();
        try {
            pid_ = start(request, streams, is_in_foreground);
        } catch (...) {
            if (is_in_foreground) ::tcsetpgrp(Terminal::descriptor(), ::getpgrp());
            throw;
        }
        if (is_in_foreground) terminal_.give(pid_);
        end_signal_.emplace(static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0)));
    }

    void set_timer(long first_ns, long interval_ns) const {
        const itimerspec times{{0, interval_ns}, {0, first_ns}};
        ::timerfd_settime(timer_.get(), 0, &times, nullptr);
    }

    /// Waits for one thing to happen, and deals with all that has.
    void step() {
        std::array<pollfd, 7> waits{{{signals_.descriptor(), POLLIN, 0},
                                     {timer_.get(), POLLIN, 0},
                                     {has_ended_ ? -1 : end_signal_->get(), POLLIN, 0}}};
        std::size_t count = 3;
        for (auto& source : sources_) {
            const bool waits_for_room = source.outlet.is_waiting();
            waits[count++] = {waits_for_room ? -1 : source.end.get(), POLLIN, 0};
            waits[count++] = {waits_for_room ? source.outlet.descriptor() : -1, POLLOUT, 0};
        }
        if (::poll(waits.data(), count, -1) < 0) return;
        if (waits[0].revents != 0) take_signals();
        if (waits[1].revents != 0) tick();
        count = 3;
        for (auto& source : sources_) {
            const bool was_asked = waits[count].fd >= 0;
            const bool is_readable = waits[count++].revents != 0;
            if (is_readable) receive(source);
            if (waits[count++].revents != 0) source.outlet.flush();
            if (source.outlet.is_gone() && !source.is_pty) source.end.close();
            if (has_ended_ && has_ticked_ && was_asked && source.end.get() >= 0 &&
                (!is_readable || source.bytes_since_end > most_in_flight_bytes)) {
                end_.left_output_open = true;
                source.end.close();
            }
        }
        if (waits[2].revents != 0 || waits[0].revents != 0 || waits[1].revents != 0) look_at_child();
    }

    [[nodiscard]] bool wants_more() const {
        return std::any_of(sources_.begin(), sources_.end(),
                           [](const Source& source) { return source.end.get() >= 0 || source.outlet.is_waiting(); });
    }

    void tick() {
        std::uint64_t times = 0;
        has_ticked_ |= ::read(timer_.get(), &times, sizeof times) == sizeof times;
        pass_size();
    }

    void take_signals() {
        while (const int number = signals_.next()) {
            if (number == SIGWINCH)
                pass_size();
            else if (number == SIGCONT)
                resume();
            else if (number == SIGTSTP)
                has_passed_stop_ = pass(SIGTSTP);
            else if (number != SIGCHLD && has_ended_)
                gives_up_ |= number != SIGUSR1 && number != SIGUSR2;
            else if (number != SIGCHLD)
                pass(number);
        }
    }

    /// To all of the program's group, if it is there still: its number may be somebody else's afterwards.
    bool pass(int number) const { return !has_ended_ && ::kill(-pid_, number) == 0; }

    void pass_size() {
        if (!has_ended_ && pty_ && pty_->copy_size(real_terminal_)) pass(SIGWINCH);
    }

    void receive(Source& source) {
        const auto count = ::read(source.end.get(), buffer_.data(), buffer_.size());
        if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
        if (count <= 0) return source.end.close();
        auto bytes = ByteView{buffer_}.first(static_cast<std::size_t>(count));
        if (source.is_pty) {
            // The first byte of a packet says what it is.
            if ((std::to_integer<unsigned>(bytes[0]) & TIOCPKT_IOCTL) != 0)
                if (const auto settings = Pty::settings(source.end.get())) terminal_.imitate(*settings);
            bytes = bytes.subspan(1);
        }
        if (has_ended_) source.bytes_since_end += bytes.size();
        if (bytes.empty()) return;
        source.outlet.write(bytes);
        try {
            if (observer_) observer_(source.stream, bytes);
        } catch (...) {
            observer_ = {};
            end_.observer_failed = true;
        }
    }

    void look_at_child() {
        if (has_ended_) return;
        int status = 0;
        rusage use{};
        const auto found = ::wait4(pid_, &status, WNOHANG | WUNTRACED, &use);
        if (found != pid_) return;
        if (WIFSTOPPED(status)) return stop_too(WSTOPSIG(status));
        has_ended_ = true;
        if (WIFSIGNALED(status))
            end_.signal = WTERMSIG(status);
        else
            end_.exit_code = WEXITSTATUS(status);
        end_.user_time = duration(use.ru_utime);
        end_.system_time = duration(use.ru_stime);
        end_.peak_memory_bytes = static_cast<std::uint64_t>(use.ru_maxrss) * 1024;
        end_.read_bytes = static_cast<std::uint64_t>(use.ru_inblock) * block_bytes;
        end_.written_bytes = static_cast<std::uint64_t>(use.ru_oublock) * block_bytes;
        terminal_.take_back();
    }

    /// The program was stopped: by a key of the terminal, for our shell to know, or by somebody who will continue it.
    void stop_too(int number) {
        const bool is_for_terminal = number == SIGTTIN || number == SIGTTOU;
        if (is_for_terminal && terminal_.is_in_foreground()) return resume();
        if (!terminal_.is_given() && !is_for_terminal && !std::exchange(has_passed_stop_, false)) return;
        const bool was_given = terminal_.is_given();
        terminal_.take_back();
        if (is_orphaned()) return resume();
        if (was_given && number == SIGTSTP) {
            ::kill(0, SIGTSTP);
            swallow(SIGTSTP);
        }
        ::pthread_kill(::pthread_self(), SIGSTOP);
        swallow(SIGCONT);
        resume();
    }

    void resume() {
        has_passed_stop_ = false;
        if (has_ended_) return;
        if (terminal_.is_in_foreground()) terminal_.give(pid_);
        pass_size();
        pass(SIGCONT);
    }

    SigpipeGuard no_sigpipe_;
    WatchedSignals signals_;
    std::array<int, 2> outlets_;  ///< of ours, for its two streams
    Descriptor timer_;
    Terminal terminal_;  ///< after the signals: it needs SIGTTOU blocked to its end
    std::optional<Pty> pty_;
    int real_terminal_ = -1;
    std::vector<Source> sources_;
    Bytes buffer_;
    pid_t pid_ = -1;
    std::optional<Descriptor> end_signal_;
    Observer observer_;
    ChildEnd end_;
    bool has_ended_ = false;
    bool has_ticked_ = false;
    bool has_passed_stop_ = false;
    bool gives_up_ = false;
};

int ChildEnd::shell_code() const noexcept { return signal != 0 ? exit_signal_base + signal : exit_code; }

ForegroundChild::ForegroundChild(const ProcessRequest& request, PassOn pass_on)
    : parts_{std::make_unique<Parts>(request, pass_on)} {}

ForegroundChild::~ForegroundChild() = default;

int ForegroundChild::pid() const noexcept { return parts_->pid(); }

ChildEnd ForegroundChild::run(const Observer& observer) { return parts_->run(observer); }

int start_failure_code(const Error& error) noexcept {
    constexpr int not_found = 127;
    constexpr int not_executable = 126;
    constexpr int not_started = 125;
    if (error.code().id == errors::command_not_found.id) return not_found;
    return error.code().id == errors::command_not_executable.id ? not_executable : not_started;
}

}  // namespace mlo
