// SPDX-License-Identifier: Apache-2.0
#include <mlo/util/spawn.hpp>

#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <memory>
#include <mlo/util/child.hpp>
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
    check(request.name);
    check(request.directory);
    std::for_each(request.arguments.begin(), request.arguments.end(), check);
    std::for_each(request.environment.begin(), request.environment.end(), check);
}

Pipe make_pipe(const ProcessRequest& request) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw_child_error(request, errno);
    return {Descriptor{ends[0]}, Descriptor{ends[1]}};
}

std::vector<int> open_descriptors() {
    std::vector<int> found;
    const std::unique_ptr<DIR, int (*)(DIR*)> folder{::opendir("/proc/self/fd"), &::closedir};
    if (!folder) return found;
    while (const auto* entry = ::readdir(folder.get())) {
        const std::string_view name{entry->d_name};
        int number = -1;
        std::from_chars(name.data(), name.data() + name.size(), number);
        if (number > STDERR_FILENO && number != ::dirfd(folder.get())) found.push_back(number);
    }
    std::sort(found.begin(), found.end());
    return found;
}

SpawnPlan::SpawnPlan(Session session) {
    ::posix_spawn_file_actions_init(&actions_);
    ::posix_spawnattr_init(&attributes_);
    sigset_t signals;
    ::sigemptyset(&signals);
    ::posix_spawnattr_setsigmask(&attributes_, &signals);
    ::sigfillset(&signals);
    ::posix_spawnattr_setsigdefault(&attributes_, &signals);
    int flags = POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK;
    if (session == Session::own) flags |= POSIX_SPAWN_SETSID;
    if (session == Session::callers_in_own_group) flags |= POSIX_SPAWN_SETPGROUP;
    ::posix_spawnattr_setflags(&attributes_, static_cast<short>(flags));
}

SpawnPlan::~SpawnPlan() {
    ::posix_spawnattr_destroy(&attributes_);
    ::posix_spawn_file_actions_destroy(&actions_);
}

void SpawnPlan::give_terminal(int terminal) { terminal_ = terminal; }

void SpawnPlan::keep_ignored(std::initializer_list<int> signals) {
    sigset_t defaults;
    ::sigfillset(&defaults);
    for (const int each : signals) {
        struct sigaction now {};
        if (::sigaction(each, nullptr, &now) == 0 && now.sa_handler == SIG_IGN) ::sigdelset(&defaults, each);
    }
    ::posix_spawnattr_setsigdefault(&attributes_, &defaults);
}

/// What the caller itself inherited, a lock for instance, is not for the program either, unless the request says so.
int SpawnPlan::add_closes(const std::vector<int>& kept) {
    const auto last =
        kept.empty() ? STDERR_FILENO : std::max(STDERR_FILENO, *std::max_element(kept.begin(), kept.end()));
    int error = 0;
    for (const int each : open_descriptors()) {
        const bool is_kept = each > last || std::find(kept.begin(), kept.end(), each) != kept.end();
        if (error == 0 && !is_kept) error = ::posix_spawn_file_actions_addclose(&actions_, each);
    }
    return error != 0 ? error : ::posix_spawn_file_actions_addclosefrom_np(&actions_, last + 1);
}

int SpawnPlan::try_spawn(const ProcessRequest& request, const std::array<int, 3>& streams, pid_t& pid) {
    int error = 0;
    if (terminal_) error = ::posix_spawn_file_actions_addtcsetpgrp_np(&actions_, *terminal_);
    for (int stream = 0; error == 0 && stream < 3; ++stream)
        error = ::posix_spawn_file_actions_adddup2(&actions_, streams[static_cast<std::size_t>(stream)], stream);
    if (error == 0 && request.kept_descriptors.empty())
        error = ::posix_spawn_file_actions_addclosefrom_np(&actions_, STDERR_FILENO + 1);
    else if (error == 0)
        error = add_closes(request.kept_descriptors);
    if (error == 0 && !request.directory.empty())
        error = ::posix_spawn_file_actions_addchdir_np(&actions_, request.directory.c_str());
    std::vector<std::string> arguments{request.name.empty() ? request.program : request.name};
    arguments.insert(arguments.end(), request.arguments.begin(), request.arguments.end());
    auto environment = request.environment;
    if (error != 0) return error;
    return ::posix_spawn(&pid, request.program.c_str(), &actions_, &attributes_, pointers(arguments).data(),
                         pointers(environment).data());
}

pid_t SpawnPlan::spawn(const ProcessRequest& request, const std::array<int, 3>& streams) {
    pid_t pid = -1;
    const int error = try_spawn(request, streams, pid);
    if (error != 0) throw_child_error(request, error);
    return pid;
}

SigpipeGuard::SigpipeGuard() noexcept {
    sigset_t pending;
    ::sigpending(&pending);
    was_pending_ = ::sigismember(&pending, SIGPIPE) == 1;
    ::sigemptyset(&only_sigpipe_);
    ::sigaddset(&only_sigpipe_, SIGPIPE);
    ::pthread_sigmask(SIG_BLOCK, &only_sigpipe_, &old_mask_);
}

SigpipeGuard::~SigpipeGuard() {
    const timespec at_once{};
    if (!was_pending_)
        while (::sigtimedwait(&only_sigpipe_, nullptr, &at_once) < 0 && errno == EINTR) continue;
    ::pthread_sigmask(SIG_SETMASK, &old_mask_, nullptr);
}

Child::~Child() {
    if (pid_ < 0) return;
    signal(SIGKILL);
    static_cast<void>(wait());
}

Descriptor Child::end_signal() const { return Descriptor{static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0))}; }

void Child::signal(int number) const noexcept {
    if (pid_ >= 0) ::kill(session_ == Session::callers ? pid_ : -pid_, number);
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
