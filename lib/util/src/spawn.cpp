// SPDX-License-Identifier: Apache-2.0
#include "spawn.hpp"

#include <fcntl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <mlo/util/errors.hpp>
#include <mlo/util/text.hpp>
#include <system_error>

namespace mlo {
namespace {

std::vector<char*> pointers(std::vector<std::string>& strings) {
    std::vector<char*> list;
    for (auto& string : strings) list.push_back(string.data());
    list.push_back(nullptr);
    return list;
}

int exit_code_of(int status) noexcept { return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status); }

}  // namespace

void throw_child_error(const ProcessRequest& request, int error_number) {
    auto message = "cannot run " + quoted(request.program);
    if (!request.directory.empty()) message += " in " + quoted(request.directory);
    throw Error{errors::child_failed, message + ": " + std::generic_category().message(error_number)};
}

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

Pipe make_pipe(const ProcessRequest& request) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw_child_error(request, errno);
    return {Descriptor{ends[0]}, Descriptor{ends[1]}};
}

SpawnPlan::SpawnPlan(Session session) {
    ::posix_spawn_file_actions_init(&actions_);
    ::posix_spawnattr_init(&attributes_);
    sigset_t signals;
    ::sigemptyset(&signals);
    ::posix_spawnattr_setsigmask(&attributes_, &signals);
    ::sigfillset(&signals);
    ::posix_spawnattr_setsigdefault(&attributes_, &signals);
    const int flags =
        POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | (session == Session::own ? POSIX_SPAWN_SETSID : 0);
    ::posix_spawnattr_setflags(&attributes_, static_cast<short>(flags));
}

SpawnPlan::~SpawnPlan() {
    ::posix_spawnattr_destroy(&attributes_);
    ::posix_spawn_file_actions_destroy(&actions_);
}

pid_t SpawnPlan::spawn(const ProcessRequest& request, const std::array<int, 3>& streams) {
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

Child::~Child() {
    if (pid_ < 0) return;
    signal(SIGKILL);
    static_cast<void>(wait());
}

Descriptor Child::end_signal() const { return Descriptor{static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0))}; }

void Child::signal(int number) const noexcept {
    if (pid_ >= 0) ::kill(session_ == Session::own ? -pid_ : pid_, number);
}

int Child::wait() noexcept {
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) continue;
    pid_ = -1;
    return exit_code_of(status);
}

std::optional<int> Child::try_wait() noexcept {
    int status = 0;
    if (::waitpid(pid_, &status, WNOHANG) != pid_) return std::nullopt;
    pid_ = -1;
    return exit_code_of(status);
}

}  // namespace mlo
