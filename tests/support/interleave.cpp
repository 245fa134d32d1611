// SPDX-License-Identifier: Apache-2.0
#include "interleave.hpp"

#include <exception>
#include <iterator>
#include <thread>

namespace mlo::test {
namespace {

constexpr std::size_t nobody = static_cast<std::size_t>(-1);
thread_local std::size_t self = nobody;

}  // namespace

void Interleaving::run(const std::vector<std::function<void()>>& users) {
    std::exception_ptr failure;
    {
        std::vector<std::jthread> threads;
        const std::lock_guard guard{mutex_};
        for (std::size_t number = 0; number < users.size(); ++number) alive_.insert(number);
        pass_on();
        for (std::size_t number = 0; number < users.size(); ++number) {
            threads.emplace_back([this, &users, &failure, number] {
                self = number;
                std::unique_lock lock{mutex_};
                changed_.wait(lock, [&] { return current_ == number; });
                lock.unlock();
                std::exception_ptr thrown;
                try {
                    users[number]();
                } catch (...) {
                    thrown = std::current_exception();
                }
                lock.lock();
                if (thrown && !failure) failure = thrown;
                alive_.erase(number);
                pass_on();
            });
        }
        // The guard goes before the threads are joined: it was made after them.
    }
    if (failure) std::rethrow_exception(failure);
}

void Interleaving::turn() {
    if (self == nobody) return;
    std::unique_lock lock{mutex_};
    const auto me = self;
    pass_on();
    changed_.wait(lock, [&] { return current_ == me; });
}

void Interleaving::pass_on() {
    if (alive_.empty()) return;
    const auto next = *std::next(alive_.begin(), static_cast<std::ptrdiff_t>(random_() % alive_.size()));
    if (next != current_) ++switches_;
    current_ = next;
    changed_.notify_all();
}

}  // namespace mlo::test
