// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <mlo/util/block.hpp>
#include <new>

namespace mlo {

Block::Block() : memory_{static_cast<std::byte*>(::operator new (size_bytes, std::align_val_t{alignment}))} {}

void Block::Free::operator()(std::byte* memory) const noexcept {
    ::operator delete (memory, std::align_val_t{alignment});
}

ByteView Block::fill(ByteView bytes) noexcept {
    const auto count = std::min(bytes.size(), size_bytes - used_);
    std::copy_n(bytes.data(), count, memory_.get() + used_);
    used_ += count;
    return bytes.subspan(count);
}

}  // namespace mlo
