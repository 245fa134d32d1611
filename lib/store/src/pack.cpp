// SPDX-License-Identifier: Apache-2.0
#include "pack.hpp"

#include <fmt/format.h>
#include <zstd.h>

#include <algorithm>
#include <mlo/store/errors.hpp>
#include <mlo/store/object_store.hpp>
#include <mlo/util/mutant.hpp>
#include <mlo/util/text.hpp>

namespace mlo::store {
namespace {

constexpr std::string_view pack_magic = "MLOpack1";
constexpr std::string_view footer_magic = "MLOfoot1";
constexpr std::string_view trailer_magic = "MLOtail1";
constexpr std::size_t footer_header_size = 8 + 8 + 16;
constexpr std::size_t trailer_size = 24;
constexpr std::string_view pack_suffix = ".pack";

Error corrupt_pack(const ObjectId& name, std::string_view what) {
    return Error{errors::pack_corrupt, fmt::format("pack 'packs/{}' {}", pack_file_name(name), what)}.hint(
        "move it and the folder 'index' out of the store; then 'mlo pull', or 'mlo add' the files again");
}

void decompress(ByteView stored, const RecordInfo& info, Bytes& raw) {
    struct Free {
        void operator()(ZSTD_DCtx* context) const noexcept { ZSTD_freeDCtx(context); }
    };
    thread_local const std::unique_ptr<ZSTD_DCtx, Free> context{ZSTD_createDCtx()};
    raw.resize(info.raw_bytes);
    const auto size = ZSTD_decompressDCtx(context.get(), raw.data(), raw.size(), stored.data(), stored.size());
    if (ZSTD_isError(size) != 0 || size != info.raw_bytes)
        throw Error{errors::object_corrupt, fmt::format("the record of {} does not decompress", info.id.to_string())};
}

}  // namespace

std::string pack_file_name(const ObjectId& name) { return name.hex() + std::string{pack_suffix}; }

std::optional<ObjectId> parse_pack_file_name(std::string_view file_name) {
    if (!file_name.ends_with(pack_suffix)) return std::nullopt;
    file_name.remove_suffix(pack_suffix.size());
    return ObjectId::parse(fmt::format("sha256:{}", file_name));
}

PackEncoder::PackEncoder(ByteSink put, const Nonce& nonce) : put_{std::move(put)}, nonce_{nonce} {
    this->put(as_bytes(pack_magic));
}

void PackEncoder::put(ByteView bytes) {
    size_ += bytes.size();
    put_(bytes);
}

void PackEncoder::add(const RecordInfo& info, const hash::Checksum& checksum, ByteView payload) {
    MLO_ASSERT(is_plausible(info) && payload.size() == info.stored_bytes);
    entries_.push_back({info, checksum, size_});
    std::array<std::byte, RecordHeader::size> header{};
    RecordHeader{info, checksum}.encode(header);
    put(header);
    put(payload);
}

PackContents PackEncoder::finish() {
    const auto footer_offset = size_;
    footer_.reserve(footer_header_size + entries_.size() * FooterEntry::size);
    append(footer_, as_bytes(footer_magic));
    append_le(footer_, std::uint64_t{entries_.size()});
    append(footer_, nonce_);
    for (const auto& entry : entries_) entry.append_to(footer_);
    const auto name = hash::sha256(footer_);
    put(footer_);

    Bytes trailer;
    append_le(trailer, footer_offset);
    append_le(trailer, std::uint64_t{footer_.size()});
    append(trailer, as_bytes(trailer_magic));
    put(trailer);
    return {name, std::move(entries_)};
}

PackWriter::PackWriter(Dir& dir, std::string temporary_name, const Runtime& runtime)
    : dir_{dir},
      temporary_{std::move(temporary_name)},
      file_{dir.create(temporary_, 0444)},
      writer_{*file_, runtime.jobs} {
    PackEncoder::Nonce nonce{};
    runtime.random.fill(nonce);
    encoder_.emplace([this](ByteView bytes) { writer_.write(bytes); }, nonce);
}

PackContents PackWriter::finish(Dir& packs) {
    auto contents = encoder_->finish();
    writer_.finish();
    if (!mutant(Mutant::pack_sync)) file_->sync();
    dir_.rename(temporary_, packs, pack_file_name(contents.name), Replace::no);
    return contents;
}

PackContents decode_footer(ByteView footer, const ObjectId& name) {
    if (!mutant(Mutant::pack_footer_hash) && hash::sha256(footer) != name)
        throw corrupt_pack(name, "has a damaged footer");
    ByteReader reader{footer};
    const bool magic_ok = as_text(reader.take(footer_magic.size())) == footer_magic;
    const auto count = reader.integer<std::uint64_t>();
    static_cast<void>(reader.take(16));
    if (!magic_ok || count != reader.remaining() / FooterEntry::size || reader.remaining() % FooterEntry::size != 0)
        throw corrupt_pack(name, "has an invalid footer");

    PackContents contents{name, std::vector<FooterEntry>(count)};
    std::uint64_t at = pack_magic.size();
    for (auto& entry : contents.entries) {
        if (!entry.decode(reader) || entry.offset != at) throw corrupt_pack(name, "has an invalid footer");
        at += RecordHeader::size + entry.info.stored_bytes;
    }
    return contents;
}

PackContents read_pack_footer(File& file, const ObjectId& name) {
    const auto size = file.stat().size;
    std::array<std::byte, 8> magic{};
    std::array<std::byte, trailer_size> trailer{};
    if (size < pack_magic.size() + footer_header_size + trailer_size) throw corrupt_pack(name, "is cut short");
    if (file.read(trailer, size - trailer_size) != trailer_size) throw corrupt_pack(name, "is cut short");
    if (file.read(magic, 0) != magic.size() || as_text(magic) != pack_magic)
        throw corrupt_pack(name, "does not begin as a pack");
    ByteReader trailer_reader{trailer};
    const auto footer_offset = trailer_reader.integer<std::uint64_t>();
    const auto footer_size = trailer_reader.integer<std::uint64_t>();
    if (as_text(trailer_reader.take(trailer_magic.size())) != trailer_magic || footer_offset > size ||
        footer_size < footer_header_size || footer_size != size - trailer_size - footer_offset)
        throw corrupt_pack(name, "has no sound trailer");

    Bytes footer(footer_size);
    if (file.read(footer, footer_offset) != footer_size) throw corrupt_pack(name, "is cut short");
    auto contents = decode_footer(footer, name);
    const auto end = contents.entries.empty() ? pack_magic.size()
                                              : contents.entries.back().offset + RecordHeader::size +
                                                    contents.entries.back().info.stored_bytes;
    if (end != footer_offset) throw corrupt_pack(name, "has an invalid footer");
    return contents;
}

StoredRecord check_record(ByteView bytes, const RecordLocation& expected) {
    RecordHeader header;
    const auto& info = expected.info;
    if (bytes.size() != expected.size_bytes() || !header.decode(bytes.first<RecordHeader::size>()) ||
        header.info != info)
        throw corrupt_pack(expected.pack,
                           fmt::format("holds no record of {} at byte {}", info.id.to_string(), expected.offset));
    const auto payload = bytes.subspan(RecordHeader::size);
    if (!mutant(Mutant::record_checksum) && hash::xxh3_128(payload) != header.checksum)
        throw Error{errors::object_corrupt, fmt::format("the stored bytes of {} are damaged", info.id.to_string())}
            .note(fmt::format("in 'packs/{}' at byte {}", pack_file_name(expected.pack), expected.offset))
            .hint(
                "move that pack and the folder 'index' out of the store; then 'mlo pull', or 'mlo add' the files "
                "again");
    return {info, header.checksum, payload};
}

StoredRecord read_stored_record(File& file, const ObjectId& pack, std::uint64_t offset, const RecordInfo& expected,
                                RecordBuffer& buffer) {
    const std::size_t size = RecordHeader::size + expected.stored_bytes;
    if (buffer.stored.size() < size) buffer.stored.resize(size);
    const auto into = std::span{buffer.stored}.first(size);
    if (file.read(into, offset) != size) throw corrupt_pack(pack, "is cut short");
    return check_record(into, {expected, pack, offset});
}

ByteView unpack(ByteView payload, const RecordInfo& info, Bytes& raw) {
    if (info.compression == Compression::none) return payload;
    decompress(payload, info, raw);
    return raw;
}

ByteView read_record(File& file, const ObjectId& pack, std::uint64_t offset, const RecordInfo& expected,
                     RecordBuffer& buffer) {
    return unpack(read_stored_record(file, pack, offset, expected, buffer).payload, expected, buffer.raw);
}

std::string_view zstd_version() noexcept { return ZSTD_versionString(); }

bool try_compress(ByteView raw, Bytes& into) {
    struct Free {
        void operator()(ZSTD_CCtx* context) const noexcept { ZSTD_freeCCtx(context); }
    };
    thread_local const std::unique_ptr<ZSTD_CCtx, Free> context{ZSTD_createCCtx()};
    const auto limit = raw.size() - raw.size() / 16;
    if (limit < 2) return false;
    into.resize(limit - 1);
    const auto size = ZSTD_compressCCtx(context.get(), into.data(), into.size(), raw.data(), raw.size(), 1);
    if (ZSTD_isError(size) != 0) return false;  // it does not fit: not worth it
    into.resize(size);
    return true;
}

}  // namespace mlo::store
