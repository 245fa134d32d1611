// SPDX-License-Identifier: Apache-2.0
#include "engine_workers.hpp"

#include <mlo/util/signals_blocked.hpp>

namespace mlo::pipeline {

EngineWorkers::EngineWorkers(std::uint32_t threads, std::function<void()> wake)
    : wake_{std::move(wake)}, most_threads_{threads} {}

EngineWorkers::~EngineWorkers() {
    const std::scoped_lock lock{mutex_};
    is_closing_ = true;
    tasks_.clear();
    changed_.notify_all();
}

void EngineWorkers::give(Task task) {
    ++open_;
    {
        const std::scoped_lock lock{mutex_};
        tasks_.push_back(std::move(task));
    }
    changed_.notify_one();
    if (threads_.size() >= most_threads_ || threads_.size() >= open_) return;
    const SignalsBlocked blocked;
    threads_.emplace_back([this] { work(); });
}

bool EngineWorkers::take() {
    std::vector<Continuation> results;
    std::exception_ptr failure;
    {
        const std::scoped_lock lock{mutex_};
        results.swap(results_);
        failure = std::exchange(failure_, nullptr);
    }
    open_ -= results.size();
    if (failure) std::rethrow_exception(failure);
    for (const auto& result : results) {
        if (result) result();
    }
    return !results.empty();
}

void EngineWorkers::work() {
    while (true) {
        Task task;
        {
            std::unique_lock lock{mutex_};
            changed_.wait(lock, [&] { return is_closing_ || !tasks_.empty(); });
            if (is_closing_) return;
            task = std::move(tasks_.front());
            tasks_.pop_front();
        }
        Continuation result;
        std::exception_ptr failure;
        try {
            result = task();
        } catch (...) {
            failure = std::current_exception();
        }
        {
            const std::scoped_lock lock{mutex_};
            results_.push_back(std::move(result));
            if (failure) failure_ = failure;
        }
        wake_();
    }
}

}  // namespace mlo::pipeline
