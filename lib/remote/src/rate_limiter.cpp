// SPDX-License-Identifier: Apache-2.0
#include "rate_limiter.hpp"

#include <algorithm>
#include <limits>

namespace mlo::remote {
namespace {

constexpr std::uint64_t smallest_slice_bytes = 1024;
constexpr std::uint64_t largest_slice_bytes = 1u << 20;

}  // namespace

RateLimiter::RateLimiter(std::uint64_t bytes_per_second, const Runtime& runtime)
    : bytes_per_second_{bytes_per_second},
      slice_bytes_{bytes_per_second == 0 ? std::numeric_limits<std::uint64_t>::max()
                                         : std::clamp(bytes_per_second / 8, smallest_slice_bytes, largest_slice_bytes)},
      runtime_{runtime} {}

void RateLimiter::pass(std::uint64_t bytes) {
    if (!has_limit()) return;
    std::chrono::nanoseconds wait{};
    {
        const std::scoped_lock lock{mutex_};
        const auto now = runtime_.clock.elapsed();
        const std::chrono::duration<double> cost{static_cast<double>(bytes) / static_cast<double>(bytes_per_second_)};
        // Time that nobody used is lost: after a pause there is no burst.
        free_at_ = std::max(free_at_, now) + std::chrono::duration_cast<std::chrono::nanoseconds>(cost);
        wait = free_at_ - now;
    }
    runtime_.clock.sleep(wait, runtime_.stop);
    runtime_.check_stop();
}

}  // namespace mlo::remote
