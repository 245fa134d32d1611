// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "format.hpp"
#include "pack.hpp"

#include <mlo/util/fs.hpp>

namespace mlo::store {

[[nodiscard]] std::string segment_file_name(const ObjectId& name);
[[nodiscard]] std::optional<ObjectId> parse_segment_file_name(std::string_view file_name);

/// A mapped index segment. Immutable, thread-safe.
class Segment {
public:
    /// Checks header and sizes, not the content (verify). Throws index_corrupt, store_newer.
    Segment(File& file, const ObjectId& name);

    [[nodiscard]] const ObjectId& name() const noexcept { return name_; }
    [[nodiscard]] std::uint64_t entry_count() const noexcept { return entry_count_; }
    [[nodiscard]] std::uint32_t pack_count() const noexcept { return pack_count_; }
    [[nodiscard]] ObjectId pack(std::uint32_t number) const;
    [[nodiscard]] std::vector<ObjectId> superseded() const;
    [[nodiscard]] IndexEntry entry(std::uint64_t number) const;
    /// The first record of `id`: a raw one where there are both.
    [[nodiscard]] std::optional<RecordLocation> find(const ObjectId& id) const { return find(id, {}); }
    /// The same, passing over what lies in `excluded` packs.
    [[nodiscard]] std::optional<RecordLocation> find(const ObjectId& id, const std::set<ObjectId>& excluded) const;
    /// Throws index_corrupt if the bytes do not hash to the name, or an entry breaks the order or names no pack.
    void verify() const;

private:
    [[nodiscard]] ByteView body(std::size_t offset, std::size_t size) const;

    ObjectId name_;
    std::unique_ptr<Mapping> mapping_;
    std::uint32_t pack_count_ = 0;
    std::uint32_t superseded_count_ = 0;
    std::uint64_t entry_count_ = 0;
    std::size_t fan_out_offset_ = 0;
    std::size_t entries_offset_ = 0;
};

/// Writes into `file` a segment that lists `packs` and everything that `merged` list, and names `merged` as superseded.
/// Memory: the entries of `packs` only. Returns its name, the hash of what was written.
ObjectId encode_segment(File& file, const std::vector<PackContents>& packs,
                        const std::vector<std::shared_ptr<const Segment>>& merged);

/// encode_segment, first as `temporary_name` in `tmp`, then, durable, in `index`.
ObjectId write_segment(Dir& tmp, const std::string& temporary_name, Dir& index, const std::vector<PackContents>& packs,
                       const std::vector<std::shared_ptr<const Segment>>& merged);

}  // namespace mlo::store
