// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "format.hpp"

#include <mlo/util/fs.hpp>

namespace mlo {
class Random;
}

namespace mlo::store {

/// A finished pack: its name and what its footer lists.
struct PackContents {
    ObjectId name;
    std::vector<FooterEntry> entries;
};

[[nodiscard]] std::string pack_file_name(const ObjectId& name);
/// The pack that a file name in packs/ stands for, if it is one.
[[nodiscard]] std::optional<ObjectId> parse_pack_file_name(std::string_view file_name);

/// Writes one pack into a temporary file. Not thread-safe.
class PackWriter {
public:
    /// Creates `temporary_name` in `dir`, which must outlive the object.
    PackWriter(Dir& dir, std::string temporary_name, Random& random);

    void add(const RecordInfo& info, const hash::Checksum& checksum, ByteView payload);
    [[nodiscard]] std::uint64_t size_bytes() const noexcept { return size_; }
    /// Writes the footer, makes the file durable and moves it to `packs`, whose own sync is the caller's.
    [[nodiscard]] PackContents finish(Dir& packs);

private:
    void put(ByteView bytes);
    void flush();

    Dir& dir_;
    std::string temporary_;
    std::unique_ptr<File> file_;
    std::array<std::byte, 16> random_{};
    std::vector<FooterEntry> entries_;
    Bytes buffer_;
    std::uint64_t size_ = 0;
};

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

/// zstd at level 1 if that saves at least a sixteenth; else nothing. `into` is replaced.
[[nodiscard]] bool try_compress(ByteView raw, Bytes& into);

}  // namespace mlo::store
