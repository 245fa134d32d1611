// SPDX-License-Identifier: Apache-2.0
#include <mlo/util/thread_pool.hpp>

#include <algorithm>
#include <atomic>
#include <exception>
#include <mlo/util/errors.hpp>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

namespace mlo {

void parallel_for(std::size_t count, std::uint32_t jobs, std::stop_token stop,
                  const std::function<void(std::size_t)>& task) {
    std::atomic<std::size_t> next{0};
    std::atomic<bool> failed{false};
    std::exception_ptr first;
    std::mutex mutex;

    const auto work = [&] {
        try {
            while (!failed.load(std::memory_order_relaxed)) {
                if (stop.stop_requested()) throw Error{errors::interrupted, "interrupted"};
                const auto index = next.fetch_add(1, std::memory_order_relaxed);
                if (index >= count) return;
                task(index);
            }
        } catch (...) {
            const std::scoped_lock lock{mutex};
            if (!first) first = std::current_exception();
            failed = true;
        }
    };

    {
        std::vector<std::jthread> threads;
        const auto helpers = std::min<std::size_t>(jobs, count);
        try {
            for (std::size_t i = 1; i < helpers; ++i) threads.emplace_back(work);
        } catch (const std::system_error&) {
            // No more threads to be had: those there are, and this one, do the work.
        }
        work();
    }
    if (first) std::rethrow_exception(first);
}

}  // namespace mlo
