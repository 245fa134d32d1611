// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <mlo/util/runtime.hpp>
#include <string>

namespace mlo::db {

/// Waits in steps of random length until a time is over; for what has no event to wait for.
class Patience {
public:
    Patience(const Runtime& runtime, std::chrono::nanoseconds limit)
        : runtime_{&runtime}, limit_{limit}, start_{runtime.clock.elapsed()} {}
    /// Sleeps for a moment; false once the time is over. Throws interrupted.
    [[nodiscard]] bool wait();

private:
    const Runtime* runtime_;
    std::chrono::nanoseconds limit_;
    std::chrono::nanoseconds start_;
    std::chrono::nanoseconds step_{50'000};
};

/// The lock file beside a database: writing transactions are inside together, a checkpoint or a change of the schema is
/// inside alone. OFD locks: they end with their process.
class Gate {
public:
    /// Makes the file if need be. Throws what throw_system_error throws.
    explicit Gate(std::string path);
    ~Gate();
    Gate(const Gate&) = delete;
    Gate& operator=(const Gate&) = delete;

    /// Goes inside with others; false if somebody was inside alone all the time.
    [[nodiscard]] bool enter(const Runtime& runtime, std::chrono::nanoseconds patience);
    void leave() noexcept;
    /// Lets nobody else in, and is inside alone when all have left; false if they did not in time.
    [[nodiscard]] bool enter_alone(const Runtime& runtime, std::chrono::nanoseconds patience);
    void leave_alone() noexcept;

private:
    /// Those who want in hold the door for a moment. Who wants in alone holds it until all have left: so new ones
    /// cannot keep him out for ever.
    enum class Place : std::uint8_t { inside = 0, door = 1 };
    [[nodiscard]] bool try_lock(Place place, int type);
    void unlock(Place place) noexcept;
    template <class Attempt>
    [[nodiscard]] static bool attempt(Patience& patience, Attempt&& attempt);

    std::string path_;
    int descriptor_;
};

}  // namespace mlo::db
