// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace mlo::pipeline {

/// Threads that look at files while the loop of the engine attends to processes. Used by the loop's thread.
class EngineWorkers {
public:
    using Continuation = std::function<void()>;
    using Task = std::function<Continuation()>;  ///< its result is called by the loop

    /// `wake` is called, in any thread, when a result is there.
    EngineWorkers(std::uint32_t threads, std::function<void()> wake);
    ~EngineWorkers();
    EngineWorkers(const EngineWorkers&) = delete;
    EngineWorkers& operator=(const EngineWorkers&) = delete;

    void give(Task task);
    /// Calls what finished tasks have returned; throws what they threw. False if there was nothing.
    bool take();
    /// Tasks whose results were not taken.
    [[nodiscard]] std::size_t open() const noexcept { return open_; }

private:
    void work();

    std::function<void()> wake_;
    std::size_t open_ = 0;
    std::mutex mutex_;
    std::condition_variable changed_;
    bool is_closing_ = false;
    std::deque<Task> tasks_;
    std::vector<Continuation> results_;
    std::exception_ptr failure_;
    std::uint32_t most_threads_;
    std::vector<std::jthread> threads_;
};

}  // namespace mlo::pipeline
