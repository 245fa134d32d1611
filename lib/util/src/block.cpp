// SPDX-License-Identifier: Apache-2.0
#include <sys/mman.h>

#include <algorithm>
#include <mlo/util/block.hpp>
#include <new>

namespace mlo {

Block::Block() {
    // Not from the heap: what outlives a block would lie in the hole that it leaves there, and the next needs a new
    // one.
    void* const memory = ::mmap(nullptr, size_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) throw std::bad_alloc{};
    memory_.reset(static_cast<std::byte*>(memory));
}

void Block::Free::operator()(std::byte* memory) const noexcept { ::munmap(memory, size_bytes); }

ByteView Block::fill(ByteView bytes) noexcept {
    const auto count = std::min(bytes.size(), size_bytes - used_);
    std::copy_n(bytes.data(), count, memory_.get() + used_);
    used_ += count;
    return bytes.subspan(count);
}

}  // namespace mlo
