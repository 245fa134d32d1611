// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <mlo/util/bytes.hpp>
#include <span>

namespace mlo {

/// A piece of memory at an address that is good for reading and writing past the page cache.
class Block {
public:
    static constexpr std::size_t size_bytes = 4u << 20;
    /// What addresses, offsets and sizes must be multiples of.
    static constexpr std::size_t alignment = 4096;

    Block();
    [[nodiscard]] std::span<std::byte> memory() noexcept { return {memory_.get(), size_bytes}; }

    /// Copies as much of `bytes` as there is room for after what was put in before, and returns the rest.
    [[nodiscard]] ByteView fill(ByteView bytes) noexcept;
    [[nodiscard]] bool is_full() const noexcept { return used_ == size_bytes; }
    /// What was put in.
    [[nodiscard]] ByteView bytes() const noexcept { return {memory_.get(), used_}; }
    void clear() noexcept { used_ = 0; }

private:
    struct Free {
        void operator()(std::byte* memory) const noexcept;
    };

    std::unique_ptr<std::byte, Free> memory_;
    std::size_t used_ = 0;
};

}  // namespace mlo
