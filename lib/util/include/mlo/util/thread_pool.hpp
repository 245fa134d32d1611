// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <stop_token>

namespace mlo {

/// Calls `task(index)` for every index below `count`, on up to `jobs` threads (the caller's included), in rising order
/// of start. The first exception stops further starts and is rethrown once all running calls have ended. With `jobs` 1
/// no thread is made. A requested stop throws interrupted.
void parallel_for(std::size_t count, std::uint32_t jobs, std::stop_token stop,
                  const std::function<void(std::size_t)>& task);

}  // namespace mlo
