// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <random>
#include <set>
#include <vector>

namespace mlo::test {

/// Lets several users of one thing run one at a time, and says at each turn() who goes on: the seed decides alone, so
/// that what was found once is found again.
class Interleaving {
public:
    explicit Interleaving(std::uint64_t seed) : random_{seed} {}

    /// Runs every user, each in a thread of its own, to its end. Rethrows the first exception then.
    void run(const std::vector<std::function<void()>>& users);
    /// Called by a user's own thread wherever others may come in between; elsewhere it does nothing.
    void turn();
    /// How often it was another's turn.
    [[nodiscard]] std::uint64_t switches() const noexcept { return switches_; }

private:
    void pass_on();

    std::mt19937_64 random_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::set<std::size_t> alive_;
    std::size_t current_ = 0;
    std::uint64_t switches_ = 0;
};

}  // namespace mlo::test
