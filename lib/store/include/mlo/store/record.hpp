// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include <mlo/store/object_id.hpp>

namespace mlo::store {

/// raw: the bytes of an object, of a chunk, or of a piece of a recipe. recipe: how the object was cut.
enum class RecordForm : std::uint8_t { raw = 0, recipe = 1 };
enum class Compression : std::uint8_t { none = 0, zstd = 1 };
inline constexpr std::uint8_t flag_proven = 1;

/// What record header, pack footer and index segment each say of a record.
struct RecordInfo {
    ObjectId id;
    RecordForm form = RecordForm::raw;
    Compression compression = Compression::none;
    std::uint8_t flags = 0;
    std::uint32_t stored_bytes = 0;
    std::uint32_t raw_bytes = 0;

    friend bool operator==(const RecordInfo&, const RecordInfo&) = default;
};

/// Where a record is: the offset of its header in a pack.
struct RecordLocation {
    RecordInfo info;
    ObjectId pack;
    std::uint64_t offset = 0;

    /// How many bytes the record takes there, header included.
    [[nodiscard]] std::uint64_t size_bytes() const noexcept { return record_header_bytes + info.stored_bytes; }
    static constexpr std::uint64_t record_header_bytes = 64;
};

}  // namespace mlo::store
