// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <mlo/util/runtime.hpp>
#include <mutex>
#include <random>

namespace mlo::test {

/// Bytes that only the seed decides. Thread-safe.
class SeededRandom final : public Random {
public:
    explicit SeededRandom(std::uint64_t seed) : engine_{seed} {}
    void fill(std::span<std::byte> into) override {
        const std::lock_guard guard{mutex_};
        for (auto& byte : into) byte = static_cast<std::byte>(engine_() & 0xFFu);
    }

private:
    std::mutex mutex_;
    std::mt19937_64 engine_;
};

/// A clock that stands still until it is told otherwise; sleeping moves it. Thread-safe.
class StillClock final : public Clock {
public:
    explicit StillClock(Timestamp now) : now_ns_{now.time_since_epoch().count()} {}
    Timestamp now() override { return Timestamp{elapsed()}; }
    std::chrono::nanoseconds elapsed() override { return std::chrono::nanoseconds{now_ns_}; }
    void sleep(std::chrono::nanoseconds duration, std::stop_token) override { now_ns_ += duration.count(); }
    void set(Timestamp now) { now_ns_ = now.time_since_epoch().count(); }

private:
    std::atomic<std::int64_t> now_ns_;
};

}  // namespace mlo::test
