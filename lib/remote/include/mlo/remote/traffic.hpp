// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>

namespace mlo::remote {

/// What went to a remote and came from it. Thread-safe.
struct Traffic {
    std::atomic<std::uint64_t> requests{0};    ///< as the scheme makes them: pages of a listing and parts count each
    std::atomic<std::uint64_t> repeated{0};    ///< operations that were tried again
    std::atomic<std::uint64_t> sent_bytes{0};  ///< of values, also those that were sent in vain
    std::atomic<std::uint64_t> received_bytes{0};  ///< of values
};

}  // namespace mlo::remote
