// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <span>

namespace mlo::hash {

/// HMAC-SHA-256 (RFC 2104, FIPS 198-1) of `message` under a key of any length. Thread-safe.
[[nodiscard]] std::array<std::byte, 32> hmac_sha256(std::span<const std::byte> key, std::span<const std::byte> message);

}  // namespace mlo::hash
