// SPDX-License-Identifier: Apache-2.0
#include "format.hpp"

#include <algorithm>

namespace mlo::store {
namespace {

constexpr std::string_view record_magic = "MLOr";

void take_digest(ByteReader& reader, ObjectId& id) noexcept {
    const auto bytes = reader.take(id.bytes.size());
    std::copy(bytes.begin(), bytes.end(), id.bytes.begin());
}

void take_checksum(ByteReader& reader, hash::Checksum& checksum) noexcept {
    const auto bytes = reader.take(checksum.size());
    std::copy(bytes.begin(), bytes.end(), checksum.begin());
}

void append_kind(Bytes& bytes, const RecordInfo& info) {
    bytes.push_back(static_cast<std::byte>(info.id.algorithm));
    bytes.push_back(static_cast<std::byte>(info.form));
    bytes.push_back(static_cast<std::byte>(info.compression));
    bytes.push_back(static_cast<std::byte>(info.flags));
}

void take_kind(ByteReader& reader, RecordInfo& info) noexcept {
    info.id.algorithm = static_cast<hash::Algorithm>(reader.integer<std::uint8_t>());
    info.form = static_cast<RecordForm>(reader.integer<std::uint8_t>());
    info.compression = static_cast<Compression>(reader.integer<std::uint8_t>());
    info.flags = reader.integer<std::uint8_t>();
}

}  // namespace

bool is_plausible(const RecordInfo& info) noexcept {
    if (info.id.algorithm != hash::Algorithm::sha256) return false;
    if (info.form > RecordForm::recipe || info.compression > Compression::zstd) return false;
    if (info.flags > (info.form == RecordForm::recipe ? flag_proven : 0)) return false;
    if (info.raw_bytes > max_raw_bytes || info.stored_bytes > max_raw_bytes) return false;
    return info.compression == Compression::none ? info.stored_bytes == info.raw_bytes
                                                 : info.stored_bytes < info.raw_bytes;
}

void RecordHeader::encode(std::span<std::byte, size> into) const noexcept {
    std::copy_n(as_bytes(record_magic).begin(), 4, into.begin());
    into[4] = static_cast<std::byte>(info.form);
    into[5] = static_cast<std::byte>(info.compression);
    into[6] = static_cast<std::byte>(info.flags);
    into[7] = static_cast<std::byte>(info.id.algorithm);
    store_le(into.subspan(8), info.stored_bytes);
    store_le(into.subspan(12), info.raw_bytes);
    std::copy(info.id.bytes.begin(), info.id.bytes.end(), into.begin() + 16);
    std::copy(checksum.begin(), checksum.end(), into.begin() + 48);
}

bool RecordHeader::decode(std::span<const std::byte, size> from) noexcept {
    ByteReader reader{from};
    if (as_text(reader.take(record_magic.size())) != record_magic) return false;
    info.form = static_cast<RecordForm>(reader.integer<std::uint8_t>());
    info.compression = static_cast<Compression>(reader.integer<std::uint8_t>());
    info.flags = reader.integer<std::uint8_t>();
    info.id.algorithm = static_cast<hash::Algorithm>(reader.integer<std::uint8_t>());
    info.stored_bytes = reader.integer<std::uint32_t>();
    info.raw_bytes = reader.integer<std::uint32_t>();
    take_digest(reader, info.id);
    take_checksum(reader, checksum);
    return is_plausible(info);
}

void FooterEntry::append_to(Bytes& bytes) const {
    append(bytes, info.id.bytes);
    append(bytes, checksum);
    append_le(bytes, offset);
    append_le(bytes, info.stored_bytes);
    append_le(bytes, info.raw_bytes);
    append_kind(bytes, info);
    append_le(bytes, std::uint32_t{0});
}

bool FooterEntry::decode(ByteReader& reader) noexcept {
    take_digest(reader, info.id);
    take_checksum(reader, checksum);
    offset = reader.integer<std::uint64_t>();
    info.stored_bytes = reader.integer<std::uint32_t>();
    info.raw_bytes = reader.integer<std::uint32_t>();
    take_kind(reader, info);
    const auto zero = reader.integer<std::uint32_t>();
    return !reader.failed() && zero == 0 && is_plausible(info);
}

void IndexEntry::append_to(Bytes& bytes) const {
    append(bytes, info.id.bytes);
    append_kind(bytes, info);
    append_le(bytes, pack);
    append_le(bytes, offset);
    append_le(bytes, info.stored_bytes);
    append_le(bytes, info.raw_bytes);
}

IndexEntry IndexEntry::decode(ByteView bytes) noexcept {
    ByteReader reader{bytes};
    IndexEntry entry;
    take_digest(reader, entry.info.id);
    take_kind(reader, entry.info);
    entry.pack = reader.integer<std::uint32_t>();
    entry.offset = reader.integer<std::uint64_t>();
    entry.info.stored_bytes = reader.integer<std::uint32_t>();
    entry.info.raw_bytes = reader.integer<std::uint32_t>();
    return entry;
}

}  // namespace mlo::store
