// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <mlo/util/errors.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/process.hpp>
#include <mlo/util/text.hpp>
#include <system_error>
#include <utility>

#include "descriptor.hpp"

namespace mlo {
namespace {

[[noreturn]] void throw_child_error(const ProcessRequest& request, int error_number) {
    auto message = "cannot run " + quoted(request.program);
    if (!request.directory.empty()) message += " in " + quoted(request.directory);
    throw Error{errors::child_failed, message + ": " + std::generic_category().message(error_number)};
}

struct Pipe {
    Descriptor read_end;
    Descriptor write_end;
};

Pipe make_pipe(const ProcessRequest& request) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw_child_error(request, errno);
    return {Descriptor{ends[0]}, Descriptor{ends[1]}};
}

/// Keeps SIGPIPE away from this thread while it writes to a child that may not want to read.
class SigpipeGuard {
public:
    SigpipeGuard() {
        sigset_t pending;
        ::sigpending(&pending);
        was_pending_ = ::sigismember(&pending, SIGPIPE) == 1;
        ::sigemptyset(&only_sigpipe_);
        ::sigaddset(&only_sigpipe_, SIGPIPE);
        ::pthread_sigmask(SIG_BLOCK, &only_sigpipe_, &old_mask_);
    }
    ~SigpipeGuard() {
        const timespec at_once{};
        if (!was_pending_)
            while (::sigtimedwait(&only_sigpipe_, nullptr, &at_once) < 0 && errno == EINTR) continue;
        ::pthread_sigmask(SIG_SETMASK, &old_mask_, nullptr);
    }
    SigpipeGuard(const SigpipeGuard&) = delete;
    SigpipeGuard& operator=(const SigpipeGuard&) = delete;

private:
    bool was_pending_ = false;
    sigset_t only_sigpipe_{};
    sigset_t old_mask_{};
};

/// What posix_spawn is to do in the child before it becomes the program.
class SpawnPlan {
public:
    SpawnPlan() {
        ::posix_spawn_file_actions_init(&actions_);
        ::posix_spawnattr_init(&attributes_);
        sigset_t signals;
        ::sigemptyset(&signals);
        ::posix_spawnattr_setsigmask(&attributes_, &signals);
        ::sigfillset(&signals);
        ::posix_spawnattr_setsigdefault(&attributes_, &signals);
        ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    }
    ~SpawnPlan() {
        ::posix_spawnattr_destroy(&attributes_);
        ::posix_spawn_file_actions_destroy(&actions_);
    }
    SpawnPlan(const SpawnPlan&) = delete;
    SpawnPlan& operator=(const SpawnPlan&) = delete;

    /// Starts the program with the given standard streams.
    pid_t spawn(const ProcessRequest& request, const std::array<int, 3>& streams) {
        int error = 0;
        for (int stream = 0; error == 0 && stream < 3; ++stream)
            error = ::posix_spawn_file_actions_adddup2(&actions_, streams[static_cast<std::size_t>(stream)], stream);
        // What the caller itself inherited, a lock for instance, is not for the program either.
        if (error == 0) error = ::posix_spawn_file_actions_addclosefrom_np(&actions_, STDERR_FILENO + 1);
        if (error == 0 && !request.directory.empty())
            error = ::posix_spawn_file_actions_addchdir_np(&actions_, request.directory.c_str());
        std::vector<std::string> arguments{request.program};
        arguments.insert(arguments.end(), request.arguments.begin(), request.arguments.end());
        auto environment = request.environment;
        pid_t pid = -1;
        if (error == 0)
            error = ::posix_spawn(&pid, request.program.c_str(), &actions_, &attributes_, pointers(arguments).data(),
                                  pointers(environment).data());
        if (error != 0) throw_child_error(request, error);
        return pid;
    }

private:
    static std::vector<char*> pointers(std::vector<std::string>& strings) {
        std::vector<char*> list;
        for (auto& string : strings) list.push_back(string.data());
        list.push_back(nullptr);
        return list;
    }

    posix_spawn_file_actions_t actions_{};
    posix_spawnattr_t attributes_{};
};

/// A started process; killed and reaped unless somebody waited for it.
class Child {
public:
    explicit Child(pid_t pid) noexcept : pid_{pid} {}
    ~Child() {
        if (pid_ < 0) return;
        ::kill(pid_, SIGKILL);
        static_cast<void>(wait());
    }
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;

    /// A descriptor that polls readable once the process has ended; none where the kernel does not let us.
    [[nodiscard]] Descriptor end_signal() const {
        return Descriptor{static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0))};
    }

    /// The exit code in the shell's way.
    [[nodiscard]] int wait() noexcept {
        int status = 0;
        while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) continue;
        pid_ = -1;
        return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    }

private:
    pid_t pid_;
};

/// Feeds a child and collects what it says, whichever it wants first.
class Conversation {
public:
    Conversation(const ProcessRequest& request, Descriptor input, Descriptor output, Descriptor error_output)
        : request_{request},
          unsent_{request.input},
          input_{std::move(input)},
          output_{std::move(output)},
          error_output_{std::move(error_output)} {
        for (const auto* end : {&input_, &output_, &error_output_})
            if (::fcntl(end->get(), F_SETFL, O_NONBLOCK) != 0) throw_child_error(request_, errno);
        if (unsent_.empty()) input_.close();
    }

    /// Returns once the child has ended, or closed all its streams.
    void run(const Descriptor& end_signal) {
        while (input_.get() >= 0 || output_.get() >= 0 || error_output_.get() >= 0) {
            std::array<pollfd, 4> waits{{{input_.get(), POLLOUT, 0},
                                         {output_.get(), POLLIN, 0},
                                         {error_output_.get(), POLLIN, 0},
                                         {end_signal.get(), POLLIN, 0}}};
            if (::poll(waits.data(), waits.size(), -1) < 0) {
                if (errno == EINTR) continue;
                throw_child_error(request_, errno);
            }
            if (waits[0].revents != 0) send();
            if (waits[1].revents != 0) receive(output_, result_.output);
            if (waits[2].revents != 0) receive(error_output_, result_.error_output);
            // Nobody waits for the end of the streams then: a daemon that the child left behind may hold them for ever.
            if (waits[3].revents != 0) return receive_rest();
        }
    }

    [[nodiscard]] ProcessResult result(int exit_code) && {
        result_.exit_code = exit_code;
        return std::move(result_);
    }

private:
    void send() {
        const auto count = ::write(input_.get(), unsent_.data(), unsent_.size());
        if (count >= 0)
            unsent_.remove_prefix(static_cast<std::size_t>(count));
        else if (errno == EPIPE)
            unsent_ = {};
        else if (errno != EAGAIN && errno != EINTR)
            throw_child_error(request_, errno);
        if (unsent_.empty()) input_.close();
    }

    /// Takes what is there, up to one buffer; false if there was nothing.
    bool receive(Descriptor& from, std::string& to) {
        if (from.get() < 0) return false;
        std::array<char, 16 * 1024> buffer;
        const auto count = ::read(from.get(), buffer.data(), buffer.size());
        if (count < 0 && errno == EINTR) return true;
        if (count < 0 && errno == EAGAIN) return false;
        if (count < 0) throw_child_error(request_, errno);
        if (count == 0) from.close();
        to.append(buffer.data(), static_cast<std::size_t>(count));
        if (result_.output.size() + result_.error_output.size() > request_.output_limit_bytes)
            throw Error{errors::too_large, quoted(request_.program) + " printed more than the " +
                                               format_bytes(request_.output_limit_bytes) + " allowed here"};
        return count > 0;
    }

    void receive_rest() {
        while (receive(output_, result_.output)) continue;
        while (receive(error_output_, result_.error_output)) continue;
    }

    const ProcessRequest& request_;
    std::string_view unsent_;
    Descriptor input_;
    Descriptor output_;
    Descriptor error_output_;
    ProcessResult result_;
};

/// The system would cut an argument at a NUL byte and run something else than was asked for.
void check_no_nul(const ProcessRequest& request) {
    const auto check = [&](const std::string& text) {
        if (text.find('\0') != text.npos)
            throw Error{errors::child_failed,
                        "cannot run " + quoted(request.program) + ": a NUL byte in " + quoted(text)};
    };
    check(request.program);
    check(request.directory);
    std::for_each(request.arguments.begin(), request.arguments.end(), check);
    std::for_each(request.environment.begin(), request.environment.end(), check);
}

}  // namespace

ProcessResult run_process(const ProcessRequest& request) {
    MLO_ASSERT(request.program.starts_with('/'));
    check_no_nul(request);
    // Input comes first: in a caller with closed standard streams its pipe takes the numbers up to 2, and dup2 in the
    // child overwrites nothing that is still needed.
    auto input = make_pipe(request);
    auto output = make_pipe(request);
    auto error_output = make_pipe(request);
    const SigpipeGuard guard;
    Child child{
        SpawnPlan{}.spawn(request, {input.read_end.get(), output.write_end.get(), error_output.write_end.get()})};
    input.read_end.close();
    output.write_end.close();
    error_output.write_end.close();
    Conversation conversation{request, std::move(input.write_end), std::move(output.read_end),
                              std::move(error_output.read_end)};
    conversation.run(child.end_signal());
    return std::move(conversation).result(child.wait());
}

std::optional<std::string> find_program(std::string_view name, std::string_view search_path) {
    if (name.empty() || name.find('/') != name.npos) return std::nullopt;
    for (const auto& folder : split(search_path, ':')) {
        if (!folder.starts_with('/')) continue;
        auto candidate = path::join(folder, name);
        struct stat status {};
        if (::stat(candidate.c_str(), &status) == 0 && S_ISREG(status.st_mode) &&
            ::faccessat(AT_FDCWD, candidate.c_str(), X_OK, AT_EACCESS) == 0)
            return candidate;
    }
    return std::nullopt;
}

}  // namespace mlo
