// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "format.hpp"

#include <mlo/store/object_store.hpp>
#include <mlo/util/background_writer.hpp>
#include <mlo/util/fs.hpp>
#include <mlo/util/runtime.hpp>

namespace mlo::store {

/// A finished pack: its name and what its footer lists.
struct PackContents {
    ObjectId name;
    std::vector<FooterEntry> entries;
};

[[nodiscard]] std::string pack_file_name(const ObjectId& name);
/// The pack that a file name in packs/ stands for, if it is one.
[[nodiscard]] std::optional<ObjectId> parse_pack_file_name(std::string_view file_name);

/// Puts records together to a pack, which it hands over piece by piece. Not thread-safe.
class PackEncoder {
public:
    using Nonce = std::array<std::byte, 16>;

    /// Two packs of the same records have one name only if they have the same `nonce`.
    PackEncoder(ByteSink put, const Nonce& nonce);

    void add(const RecordInfo& info, const hash::Checksum& checksum, ByteView payload);
    [[nodiscard]] std::uint64_t size_bytes() const noexcept { return size_; }
    /// Hands over footer and trailer.
    [[nodiscard]] PackContents finish();
    /// After finish: what the name is the hash of.
    [[nodiscard]] const Bytes& footer() const noexcept { return footer_; }

private:
    void put(ByteView bytes);

    ByteSink put_;
    Nonce nonce_;
    std::vector<FooterEntry> entries_;
    std::uint64_t size_ = 0;
    Bytes footer_;
};

/// Writes one pack into a temporary file. Not thread-safe.
class PackWriter {
public:
    /// Creates `temporary_name` in `dir`, which must outlive the object.
    PackWriter(Dir& dir, std::string temporary_name, const Runtime& runtime);
    PackWriter(const PackWriter&) = delete;
    PackWriter& operator=(const PackWriter&) = delete;

    void add(const RecordInfo& info, const hash::Checksum& checksum, ByteView payload) {
        encoder_->add(info, checksum, payload);
    }
    [[nodiscard]] std::uint64_t size_bytes() const noexcept { return encoder_->size_bytes(); }
    /// Writes the footer, makes the file durable and moves it to `packs`, whose own sync is the caller's.
    [[nodiscard]] PackContents finish(Dir& packs);

private:
    Dir& dir_;
    std::string temporary_;
    std::unique_ptr<File> file_;
    BackgroundWriter writer_;
    std::optional<PackEncoder> encoder_;
};

/// The records that a footer lists, once it hashes to `name`. Throws pack_corrupt.
[[nodiscard]] PackContents decode_footer(ByteView footer, const ObjectId& name);

/// Reads and verifies the footer of a pack. Throws pack_corrupt.
[[nodiscard]] PackContents read_pack_footer(File& file, const ObjectId& name);

/// Memory that reading records one after the other uses again.
struct RecordBuffer {
    Bytes stored;
    Bytes raw;
};

/// Reads the record at `offset` and returns its bytes as they were before compression; they live in `buffer`. The
/// record must bear what `expected` says and its own checksum; throws object_corrupt or pack_corrupt otherwise.
[[nodiscard]] ByteView read_record(File& file, const ObjectId& pack, std::uint64_t offset, const RecordInfo& expected,
                                   RecordBuffer& buffer);

/// A record as it is stored: its payload may still be compressed, and lives in the buffer.
struct StoredRecord {
    RecordInfo info;
    hash::Checksum checksum{};
    ByteView payload;
};

/// As read_record, without decompressing.
[[nodiscard]] StoredRecord read_stored_record(File& file, const ObjectId& pack, std::uint64_t offset,
                                              const RecordInfo& expected, RecordBuffer& buffer);

/// The record whose bytes are `bytes`, checked like one that was read.
[[nodiscard]] StoredRecord check_record(ByteView bytes, const RecordLocation& expected);

/// Decompresses a checked payload into `raw` if need be, and returns it.
[[nodiscard]] ByteView unpack(ByteView payload, const RecordInfo& info, Bytes& raw);

/// zstd at level 1 if that saves at least a sixteenth; else nothing. `into` is replaced.
[[nodiscard]] bool try_compress(ByteView raw, Bytes& into);

}  // namespace mlo::store
