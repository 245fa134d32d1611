// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <stop_token>

namespace mlo::remote {

/// Lets some requests through at once, and learns how many do the remote good. Thread-safe.
class Gate {
public:
    /// `most` is at least 1.
    explicit Gate(std::uint32_t most);

    /// One request on its way. Nothing is learnt from it unless it is told how it ended.
    class Pass {
    public:
        /// Waits for its turn. Throws interrupted once a stop was requested.
        Pass(Gate& gate, std::stop_token stop);
        ~Pass();
        Pass(const Pass&) = delete;
        Pass& operator=(const Pass&) = delete;

        void succeeded() noexcept { outcome_ = Outcome::succeeded; }
        /// The remote was overloaded, or the network broke.
        void broke() noexcept { outcome_ = Outcome::broke; }

    private:
        enum class Outcome : std::uint8_t { unknown, broke, succeeded };
        Gate& gate_;
        std::uint64_t epoch_ = 0;
        Outcome outcome_ = Outcome::unknown;
    };

    /// How many are let through at once now.
    [[nodiscard]] std::uint32_t width() const;

private:
    mutable std::mutex mutex_;  ///< guards all below
    std::condition_variable_any freed_;
    std::uint32_t most_;
    std::uint32_t width_;
    std::uint32_t under_way_ = 0;
    std::uint32_t successes_ = 0;  ///< since the width changed last
    std::uint64_t epoch_ = 0;      ///< how often it was halved
};

}  // namespace mlo::remote
