// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <functional>
#include <stdexcept>
#include <vector>

namespace mlo::test {

/// A copy of this process that runs one function. It may tell numbers to its parent. Killed at the end of the object.
class Child {
public:
    /// In the child: tells the parent a number; returns only when that is in the pipe.
    using Tell = std::function<void(std::uint64_t)>;

    explicit Child(const std::function<void(const Tell&)>& work) {
        std::array<int, 2> pipe{};
        if (::pipe(pipe.data()) != 0 || (process_ = ::fork()) < 0) throw std::runtime_error{"no child"};
        if (process_ == 0) {
            ::close(pipe[0]);
            run(work, pipe[1]);
        }
        ::close(pipe[1]);
        from_ = pipe[0];
    }
    ~Child() {
        kill();
        ::close(from_);
    }
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;

    /// The next number that the child tells; waits for it. False if it has ended.
    bool hear(std::uint64_t& number) { return ::read(from_, &number, sizeof number) == sizeof number; }
    [[nodiscard]] pid_t process() const noexcept { return process_; }
    void kill() noexcept {
        if (process_ <= 0) return;
        ::kill(process_, SIGKILL);
        static_cast<void>(wait());
    }
    /// Its exit code: 0 if the function returned, 1 if it threw; -1 if a signal ended it.
    int wait() noexcept {
        int status = 0;
        if (process_ <= 0 || ::waitpid(process_, &status, 0) != process_) return -1;
        process_ = 0;
        return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    }

private:
    [[noreturn]] static void run(const std::function<void(const Tell&)>& work, int to) {
        try {
            work([to](std::uint64_t number) {
                if (::write(to, &number, sizeof number) != sizeof number) ::_exit(2);
            });
            ::_exit(0);
        } catch (const std::exception& error) {
            static_cast<void>(std::fprintf(stderr, "child: %s\n", error.what()));
        }
        ::_exit(1);
    }

    pid_t process_ = 0;
    int from_ = -1;
};

}  // namespace mlo::test
