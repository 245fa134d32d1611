// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <map>
#include <mlo/pipeline/executor.hpp>
#include <temporary_folder.hpp>

#include "local_executor.hpp"

namespace mlo::test {

using namespace mlo::pipeline;

inline Runtime real_runtime() {
    return {.fs = real_fs(),
            .clock = system_clock(),
            .random = system_random(),
            .log = silent_log(),
            .progress = silent_progress(),
            .stop = {},
            .jobs = 1};
}

/// A name in a folder that tells when all who opened it for writing have ended.
class Fifo {
public:
    explicit Fifo(std::string path) : path_{std::move(path)} {
        REQUIRE(::mkfifo(path_.c_str(), 0600) == 0);
        // Both ends, so that nobody waits for the other to open it.
        read_ = ::open(path_.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
        write_ = ::open(path_.c_str(), O_WRONLY | O_CLOEXEC);
        REQUIRE(write_ >= 0);
    }
    ~Fifo() {
        ::close(read_);
        if (write_ >= 0) ::close(write_);
    }
    Fifo(const Fifo&) = delete;
    Fifo& operator=(const Fifo&) = delete;

    [[nodiscard]] const std::string& path() const noexcept { return path_; }
    /// The next bytes that somebody writes; "" when there is nobody any more.
    std::string next() {
        if (write_ >= 0) ::close(std::exchange(write_, -1));
        pollfd wait{read_, POLLIN, 0};
        ::poll(&wait, 1, -1);
        std::array<char, 256> bytes{};
        const auto count = ::read(read_, bytes.data(), bytes.size());
        return {bytes.data(), static_cast<std::size_t>(std::max<ssize_t>(count, 0))};
    }
    void write(const std::string& text) const {
        REQUIRE(::write(write_, text.data(), text.size()) == static_cast<ssize_t>(text.size()));
    }
    /// Whether there is nobody any more, now.
    [[nodiscard]] bool has_nobody() {
        if (write_ >= 0) ::close(std::exchange(write_, -1));
        pollfd wait{read_, POLLIN, 0};
        return ::poll(&wait, 1, 0) == 1 && (wait.revents & POLLHUP) != 0;
    }
    void await_nobody() {
        while (!next().empty()) continue;
    }

private:
    std::string path_;
    int read_ = -1;
    int write_ = -1;
};

class Jobs {
public:
    explicit Jobs(EndSignals end_signals = EndSignals::descriptors)
        : executor_{make_local_executor(real_runtime(), end_signals)} {}

    [[nodiscard]] Job job(std::vector<std::string> commands) {
        return {.number = ++last_,
                .commands = std::move(commands),
                .shell = "/bin/sh",
                .shell_options = {},
                .directory = folder_.path(),
                .environment = {"PATH=/usr/bin:/bin"},
                .timeout = {},
                .needs = {}};
    }
    std::uint64_t start(const Job& job) {
        executor_->start(job);
        return job.number;
    }
    std::uint64_t start(const std::string& command) { return start(job({command})); }

    /// What a job says on a stream so far, once `text` is in it.
    void await_text(std::uint64_t number, std::string_view text) {
        while (said_[number].find(text) == std::string::npos) poll();
    }
    const JobEnd& end_of(std::uint64_t number) {
        while (!ends_.contains(number)) poll();
        return ends_.at(number);
    }
    JobEnd run(const Job& job) { return end_of(start(job)); }
    JobEnd run(const std::string& command) { return end_of(start(command)); }
    void poll() {
        executor_->poll(std::chrono::nanoseconds::max(), [&](const JobEvent& event) {
            if (event.kind == JobEvent::Kind::ended) {
                CHECK(ends_.emplace(event.job, event.end).second);
                if (on_end) on_end(event.job);
                return;
            }
            CHECK_FALSE(ends_.contains(event.job));
            auto& to = event.stream == OutputStream::output ? said_ : complained_;
            if (keeps_output) to[event.job] += as_text(event.bytes);
            said_bytes[event.job] += event.bytes.size();
        });
    }

    [[nodiscard]] std::string said(std::uint64_t number) { return said_[number]; }
    [[nodiscard]] std::string complained(std::uint64_t number) { return complained_[number]; }
    [[nodiscard]] bool has_ended(std::uint64_t number) const { return ends_.contains(number); }
    [[nodiscard]] std::size_t ended() const { return ends_.size(); }
    [[nodiscard]] Executor& executor() noexcept { return *executor_; }
    [[nodiscard]] const TemporaryFolder& folder() const noexcept { return folder_; }
    void destroy() { executor_.reset(); }

    std::function<void(std::uint64_t)> on_end;
    bool keeps_output = true;
    std::map<std::uint64_t, std::uint64_t> said_bytes;

private:
    TemporaryFolder folder_;
    std::unique_ptr<Executor> executor_;
    std::uint64_t last_ = 0;
    std::map<std::uint64_t, std::string> said_;
    std::map<std::uint64_t, std::string> complained_;
    std::map<std::uint64_t, JobEnd> ends_;
};

/// Our children, ended ones too.
inline std::string children() {
    std::string all;
    for (const auto& task : std::filesystem::directory_iterator{"/proc/self/task"}) {
        std::ifstream file{task.path() / "children"};
        all.append(std::istreambuf_iterator<char>{file}, {});
    }
    return all;
}

}  // namespace mlo::test
