// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mlo/util/bytes.hpp>
#include <mlo/workspace/stat_cache.hpp>
#include <utility>

#include "stat_cache_format.hpp"

namespace mlo::workspace {

/// Encodes a block whose entries come one after the other, sorted.
class BlockWriter {
public:
    explicit BlockWriter(std::size_t expected) { records_.reserve(expected * stat_cache_format::record_size); }

    void add(const CacheEntry& entry) {
        append(records_, entry.id.bytes);
        append_le(records_, entry.stamp.size);
        append_le(records_, static_cast<std::uint64_t>(entry.stamp.mtime_ns));
        append_le(records_, static_cast<std::uint64_t>(entry.stamp.ctime_ns));
        append_le(records_, entry.stamp.inode);
        append_le(records_, entry.stamp.device);
        append_le(records_, static_cast<std::uint32_t>(names_.size()));
        append_le(records_, static_cast<std::uint16_t>(entry.stamp.mode));
        append_le(records_, static_cast<std::uint8_t>(entry.name.size()));
        append_le(records_, static_cast<std::uint8_t>(entry.id.algorithm));
        append(names_, as_bytes(entry.name));
        ++count_;
    }
    [[nodiscard]] std::uint32_t count() const noexcept { return count_; }
    [[nodiscard]] Bytes finish() && {
        append(records_, names_);
        return std::move(records_);
    }

private:
    Bytes records_;
    Bytes names_;
    std::uint32_t count_ = 0;
};

}  // namespace mlo::workspace
