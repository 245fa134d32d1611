// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <mlo/util/runtime.hpp>
#include <mutex>

namespace mlo::remote {

/// Makes those who move bytes wait, so that all together move no more than so many in a second. Thread-safe.
class RateLimiter {
public:
    /// 0: no limit.
    RateLimiter(std::uint64_t bytes_per_second, const Runtime& runtime);

    /// Returns once `bytes` may pass. Throws interrupted once a stop was requested.
    void pass(std::uint64_t bytes);
    /// How much to move between two waits: about an eighth of a second's worth. Without a limit, any amount.
    [[nodiscard]] std::uint64_t slice_bytes() const noexcept { return slice_bytes_; }
    [[nodiscard]] bool has_limit() const noexcept { return bytes_per_second_ > 0; }

private:
    std::uint64_t bytes_per_second_;
    std::uint64_t slice_bytes_;
    Runtime runtime_;
    std::mutex mutex_;
    std::chrono::nanoseconds free_at_{};  ///< when the next byte may pass, by the clock's elapsed()
};

}  // namespace mlo::remote
