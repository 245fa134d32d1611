// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

#include <mlo/store/record.hpp>
#include <mlo/util/bytes.hpp>

/// The fixed-size parts of the store's formats; lib/store/README.md states them byte by byte.
namespace mlo::store {

inline constexpr std::size_t large_file_bytes = 256 * 1024;  ///< from here on files are cut or kept whole
inline constexpr std::size_t max_raw_bytes = 1 << 20;        ///< of one record
inline constexpr std::uint64_t pack_target_bytes = 64u << 20;

/// True if the values could have been written by this version: known forms and flags, sizes within bounds.
[[nodiscard]] bool is_plausible(const RecordInfo& info) noexcept;

struct RecordHeader {
    static constexpr std::size_t size = 64;
    RecordInfo info;
    hash::Checksum checksum{};

    void encode(std::span<std::byte, size> into) const noexcept;
    /// False if the bytes are no record header.
    [[nodiscard]] bool decode(std::span<const std::byte, size> from) noexcept;
};

/// One record as a pack's footer lists it.
struct FooterEntry {
    static constexpr std::size_t size = 72;
    RecordInfo info;
    hash::Checksum checksum{};
    std::uint64_t offset = 0;  ///< of the record's header in the pack

    void append_to(Bytes& bytes) const;
    [[nodiscard]] bool decode(ByteReader& reader) noexcept;
};

/// One record as an index segment lists it. Ordered by id digest, then form, pack, offset.
struct IndexEntry {
    static constexpr std::size_t size = 56;
    RecordInfo info;
    std::uint32_t pack = 0;  ///< number in the segment's list of packs
    std::uint64_t offset = 0;

    void append_to(Bytes& bytes) const;
    [[nodiscard]] static IndexEntry decode(ByteView bytes) noexcept;
};

}  // namespace mlo::store
