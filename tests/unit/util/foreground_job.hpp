// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <temporary_folder.hpp>
#include <vector>

namespace mlo::test {

/// foreground_helper as a process beside the test, with streams that the test holds.
class ForegroundJob {
public:
    using Words = std::vector<std::string>;

    /// `prepare` runs in the new process before it becomes the helper; it sets up the streams. Nothing else is
    /// inherited.
    ForegroundJob(const Words& words, const std::function<void()>& prepare, const Words& options = {}) {
        Words all{MLO_FOREGROUND_HELPER, folder_.path("report")};
        all.insert(all.end(), options.begin(), options.end());
        all.insert(all.end(), words.begin(), words.end());
        start(all, prepare);
    }
    ~ForegroundJob() {
        if (pid_ < 0) return;
        ::kill(pid_, SIGKILL);
        static_cast<void>(wait());
    }
    ForegroundJob(const ForegroundJob&) = delete;
    ForegroundJob& operator=(const ForegroundJob&) = delete;

    [[nodiscard]] pid_t pid() const noexcept { return pid_; }
    void signal(int number) const { ::kill(pid_, number); }
    /// Its exit code in the shell's way.
    int wait() {
        int status = 0;
        while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) continue;
        pid_ = -1;
        return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    }
    [[nodiscard]] std::string report() const { return folder_.read("report"); }
    [[nodiscard]] const TemporaryFolder& folder() const noexcept { return folder_; }

private:
    void start(Words& words, const std::function<void()>& prepare) {
        std::vector<char*> arguments;
        for (auto& word : words) arguments.push_back(word.data());
        arguments.push_back(nullptr);
        pid_ = ::fork();
        if (pid_ < 0) throw std::runtime_error{"cannot fork"};
        if (pid_ > 0) return;
        prepare();
        ::execv(arguments[0], arguments.data());
        ::_exit(99);
    }

    TemporaryFolder folder_;
    pid_t pid_ = -1;
};

/// A pipe whose ends can be closed.
struct TestPipe {
    TestPipe() {
        std::array<int, 2> both{};
        if (::pipe2(both.data(), O_CLOEXEC) != 0) throw std::runtime_error{"cannot make a pipe"};
        read_end = both[0];
        write_end = both[1];
    }
    ~TestPipe() {
        close(read_end);
        close(write_end);
    }
    TestPipe(const TestPipe&) = delete;
    TestPipe& operator=(const TestPipe&) = delete;
    static void close(int& end) {
        if (end >= 0) ::close(end);
        end = -1;
    }

    int read_end = -1;
    int write_end = -1;
};

/// What comes out of `end` up to `text`, or all; the test fails if that takes minutes.
inline std::string read_until(int end, std::string_view text) {
    constexpr int patience_ms = 120'000;
    std::string seen;
    std::array<char, 4096> buffer;
    while (text.empty() || seen.find(text) == seen.npos) {
        pollfd waits{end, POLLIN, 0};
        if (::poll(&waits, 1, patience_ms) == 0)
            throw std::runtime_error{"waited for '" + std::string{text} + "', saw '" + seen + "'"};
        // One byte at a time, so that what comes after the text stays there.
        const auto count = ::read(end, buffer.data(), text.empty() ? buffer.size() : 1);
        if (count <= 0) break;
        seen.append(buffer.data(), static_cast<std::size_t>(count));
    }
    return seen;
}

}  // namespace mlo::test
