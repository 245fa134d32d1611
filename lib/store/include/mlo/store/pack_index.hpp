// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <mlo/store/record.hpp>
#include <mlo/util/bytes.hpp>
#include <mlo/util/fs.hpp>

namespace mlo {
class Random;
}

namespace mlo::store {

class Segment;

/// A finished pack that lies elsewhere: its name, and the footer that the name is the hash of.
struct PackOutline {
    ObjectId name;
    Bytes footer;
};

/// Puts records together to one pack in memory. Not thread-safe.
class PackBuilder {
public:
    using Nonce = std::array<std::byte, 16>;

    /// `expected_bytes` is about what the pack will take.
    PackBuilder(const Nonce& nonce, std::uint64_t expected_bytes);
    ~PackBuilder();
    PackBuilder(const PackBuilder&) = delete;
    PackBuilder& operator=(const PackBuilder&) = delete;

    /// `payload` as it is stored.
    void add(const RecordInfo& info, const hash::Checksum& checksum, ByteView payload);
    [[nodiscard]] std::uint64_t size_bytes() const noexcept;
    [[nodiscard]] PackOutline finish();
    /// After finish: the whole pack.
    [[nodiscard]] const Bytes& bytes() const noexcept { return bytes_; }

private:
    struct State;
    Bytes bytes_;
    std::unique_ptr<State> state_;
};

/// The records of packs that lie elsewhere, by copies of their index segments in a folder of this machine. find is
/// thread-safe, the rest is not.
///
/// What a segment says is believed as far as finding goes: a wrong one leads to a record that is then refused.
class PackIndex {
public:
    /// `cache` must outlive the object. Its segments are named as in a store.
    PackIndex(Dir& cache, Random& random);
    ~PackIndex();
    PackIndex(const PackIndex&) = delete;
    PackIndex& operator=(const PackIndex&) = delete;

    /// Takes in the segment if the folder has a sound copy of it; a damaged one is removed.
    [[nodiscard]] bool load(const ObjectId& segment);
    /// Takes in a segment that was just read. Throws index_corrupt if the bytes do not hash to its name, store_newer.
    void add(const ObjectId& segment, ByteView bytes);
    /// Makes a segment of what `packs` hold (and of all that is live, with `Supersede::all`) and takes it in.
    enum class Supersede { none, all };
    [[nodiscard]] ObjectId write(const std::vector<PackOutline>& packs, Supersede supersede);
    /// The bytes of a segment that was taken in.
    [[nodiscard]] std::unique_ptr<File> open(const ObjectId& segment);

    /// Records in these packs are found no more.
    void exclude(std::set<ObjectId> packs) { excluded_ = std::move(packs); }
    /// Forgets segments that others supersede, and removes from the folder what is none of the `listed` segments (a
    /// superseded one that is still listed stays: it need not be fetched again to learn so).
    void settle(const std::set<ObjectId>& listed);

    [[nodiscard]] std::optional<RecordLocation> find(const ObjectId& id) const;
    [[nodiscard]] std::size_t live_segments() const noexcept { return segments_.size(); }
    [[nodiscard]] bool has_pack(const ObjectId& pack) const;

private:
    void take(const std::string& file_name, const ObjectId& segment);

    Dir& cache_;
    Random& random_;
    std::vector<std::shared_ptr<const Segment>> segments_;
    std::set<ObjectId> superseded_;
    std::set<ObjectId> excluded_;
};

}  // namespace mlo::store
