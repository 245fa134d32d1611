// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <span>

/// MD5 (RFC 1321), because DVC names files by it. It can be forged: nothing is ever believed because of it.
namespace mlo::hash {

using Md5Digest = std::array<std::byte, 16>;

/// Of bytes given piece by piece. Not thread-safe.
class Md5 {
public:
    Md5();
    ~Md5();
    Md5(const Md5&) = delete;
    Md5& operator=(const Md5&) = delete;
    void update(std::span<const std::byte> bytes);
    /// Of everything so far; the object starts anew afterwards.
    [[nodiscard]] Md5Digest finish();

private:
    struct State;
    std::unique_ptr<State> state_;
};

/// Of bytes in one go. Thread-safe.
[[nodiscard]] Md5Digest md5(std::span<const std::byte> bytes);

}  // namespace mlo::hash
