// SPDX-License-Identifier: Apache-2.0
#include "tracer.hpp"

#include <linux/seccomp.h>
#include <sys/prctl.h>
// After <linux/...>: both declare the same names.
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <set>
#include <stdexcept>
#include <utility>

namespace mlo::test {
namespace {

[[noreturn]] void fail(const char* what) { throw std::runtime_error{std::string{what} + ": " + std::strerror(errno)}; }

[[noreturn]] void become(std::vector<std::string> command, std::vector<sock_filter> filter) {
    std::vector<char*> arguments;
    for (auto& word : command) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    sock_fprog program{static_cast<unsigned short>(filter.size()), filter.data()};
    ::signal(SIGINT, SIG_DFL);
    ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
    ::raise(SIGSTOP);  // the filter must not stop anything before the tracer has said that it listens
    ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) ::_exit(126);
    ::execvp(arguments[0], arguments.data());
    ::_exit(127);
}

class Tracer {
public:
    Tracer(const std::vector<CallRow>& rows, const std::function<Verdict(const PendingCall&)>& judge)
        : rows_{rows}, judge_{judge} {}

    int run(const std::vector<std::string>& command) {
        const auto filter = stop_filter(rows_);
        const auto main = ::fork();
        if (main < 0) fail("cannot fork");
        if (main == 0) become(command, filter);
        int status = 0;
        if (::waitpid(main, &status, 0) != main || !WIFSTOPPED(status)) fail("cannot start the command");
        constexpr auto options = PTRACE_O_TRACESECCOMP | PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK |
                                 PTRACE_O_TRACEVFORK | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL;
        if (::ptrace(PTRACE_SETOPTIONS, main, nullptr, options) != 0) fail("cannot trace");
        threads_.insert(main);
        resume(main, 0);
        int code = 0;
        while (true) {
            const auto thread = ::waitpid(-1, &status, held_ == 0 ? __WALL : __WALL | WNOHANG);
            if (thread < 0 && errno == EINTR) continue;
            if (thread == 0) {
                let_go();
                continue;
            }
            if (thread < 0) return code;  // ECHILD: all are gone
            if (!WIFSTOPPED(status)) {
                threads_.erase(thread);
                if (thread == main) code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
                continue;
            }
            stopped(thread, status);
        }
    }

private:
    void stopped(pid_t thread, int status) {
        const bool is_new = threads_.insert(thread).second;
        const int signal = WSTOPSIG(status);
        const auto event = static_cast<unsigned>(status) >> 16;
        if (killing_)
            ::kill(thread, SIGKILL);
        else if (event == PTRACE_EVENT_SECCOMP)
            at_call(thread);
        else if (event != 0 || (is_new && signal == SIGSTOP))
            resume(thread, 0);
        else
            resume(thread, signal);
    }

    void at_call(pid_t thread) {
        user_regs_struct registers{};
        if (::ptrace(PTRACE_GETREGS, thread, nullptr, &registers) != 0) return;  // killed meanwhile
        PendingCall call;
        call.thread = thread;
        call.arguments = {registers.rdi, registers.rsi, registers.rdx, registers.r10, registers.r8, registers.r9};
        const auto number = static_cast<long>(registers.orig_rax);
        const auto row = std::find_if(rows_.begin(), rows_.end(), [&](const auto& r) { return r.number == number; });
        if (row == rows_.end()) return resume(thread, 0);
        call.row = &*row;
        if (!changes_state(call)) return resume(thread, 0);
        apply(judge_(call), call, registers);
    }

    void let_go() {
        constexpr useconds_t between_looks_us = 1000;
        if (::access(until_.c_str(), F_OK) != 0) {
            ::usleep(between_looks_us);
            return;
        }
        resume(std::exchange(held_, 0), 0);
    }

    void apply(const Verdict& verdict, const PendingCall& call, user_regs_struct& registers) {
        using Action = Verdict::Action;
        if (verdict.action == Action::kill_all) {
            killing_ = true;
            for (const auto thread : threads_) ::kill(thread, SIGKILL);
            return;
        }
        if (verdict.action == Action::hold) {
            held_ = call.thread;
            until_ = verdict.until;
            return;
        }
        if (verdict.action == Action::fail) {
            registers.orig_rax = ~0ULL;  // no such call: the kernel skips it and returns what rax holds
            registers.rax = static_cast<unsigned long long>(-static_cast<long long>(verdict.error_number));
        } else if (verdict.action == Action::shorten) {
            auto* const words = &registers;
            unsigned long long* const sizes[] = {&words->rdi, &words->rsi, &words->rdx,
                                                 &words->r10, &words->r8,  &words->r9};
            auto& size = *sizes[call.row->size];
            size = (size + 1) / 2;
        }
        if (verdict.action != Action::proceed) ::ptrace(PTRACE_SETREGS, call.thread, nullptr, &registers);
        resume(call.thread, 0);
    }

    static void resume(pid_t thread, int signal) {
        // It fails only if the thread was killed: waitpid tells.
        ::ptrace(PTRACE_CONT, thread, nullptr, static_cast<long>(signal));
    }

    const std::vector<CallRow>& rows_;
    const std::function<Verdict(const PendingCall&)>& judge_;
    std::set<pid_t> threads_;
    bool killing_ = false;
    pid_t held_ = 0;  ///< the thread that waits for until_
    std::string until_;
};

}  // namespace

int run_traced(const std::vector<std::string>& command, const std::vector<CallRow>& rows,
               const std::function<Verdict(const PendingCall&)>& judge) {
    return Tracer{rows, judge}.run(command);
}

}  // namespace mlo::test
