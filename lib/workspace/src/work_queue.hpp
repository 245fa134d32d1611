// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <cstdint>
#include <exception>
#include <mlo/util/errors.hpp>
#include <mlo/util/thread_pool.hpp>
#include <mutex>
#include <optional>
#include <stop_token>
#include <utility>
#include <vector>

namespace mlo::workspace {

/// Tasks that make further tasks, worked on by several threads. The newest go first, so that a walk goes deep and few
/// wait.
template <class Task>
class WorkQueue {
public:
    /// May be called from within a task.
    void push(Task task) {
        {
            const std::scoped_lock lock{mutex_};
            tasks_.push_back(std::move(task));
            ++unfinished_;
        }
        changed_.notify_one();
    }

    /// Calls `work(task)` for the only task as long as there is just one: what is small is done before a thread would
    /// have started. True if nothing is left.
    template <class Work>
    [[nodiscard]] bool run_alone(const std::stop_token& stop, const Work& work) {
        while (tasks_.size() == 1) {
            if (stop.stop_requested()) throw Error{mlo::errors::interrupted, "interrupted"};
            auto task = std::move(tasks_.back());
            tasks_.pop_back();
            work(std::move(task));
            --unfinished_;
        }
        return unfinished_ == 0;
    }

    /// Calls `work(worker, task)` for every task until none is left; `worker` is below `jobs`. The first exception ends
    /// it and is rethrown once all running calls have ended. A requested stop throws interrupted.
    template <class Work>
    void run(std::uint32_t jobs, const std::stop_token& stop, const Work& work) {
        parallel_for(jobs, jobs, stop, [&](std::size_t worker) {
            while (auto task = next()) {
                try {
                    if (stop.stop_requested()) throw Error{mlo::errors::interrupted, "interrupted"};
                    work(worker, std::move(*task));
                } catch (...) {
                    finish(End::early);
                    throw;
                }
                finish(End::normal);
            }
        });
    }

private:
    enum class End { normal, early };

    std::optional<Task> next() {
        std::unique_lock lock{mutex_};
        changed_.wait(lock, [&] { return !tasks_.empty() || unfinished_ == 0 || ended_; });
        if (tasks_.empty() || ended_) return std::nullopt;
        std::optional<Task> task{std::move(tasks_.back())};
        tasks_.pop_back();
        return task;
    }

    void finish(End end) {
        const std::scoped_lock lock{mutex_};
        --unfinished_;
        if (end == End::early) ended_ = true;
        if (unfinished_ == 0 || ended_) changed_.notify_all();
    }

    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<Task> tasks_;
    std::size_t unfinished_ = 0;  ///< waiting or being worked on
    bool ended_ = false;
};

}  // namespace mlo::workspace
