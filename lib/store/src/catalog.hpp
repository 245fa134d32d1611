// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "segment.hpp"

#include <mlo/util/error.hpp>

namespace mlo::store {

/// A segment that counts as listing nothing.
struct DamagedSegment {
    ObjectId name;
    Error error;
};

/// All records of a store, found through its index segments. Thread-safe. A segment without a sound header takes
/// nothing away but what it alone lists.
class Catalog {
public:
    /// `store` must outlive the object and not be used by others at the same time.
    explicit Catalog(Dir& store);

    [[nodiscard]] std::optional<RecordLocation> find(const ObjectId& id);
    /// The bytes of the record as they were before compression, checked against its checksum (not its id); they live in
    /// `buffer`. A pack that has vanished makes it look again, once.
    [[nodiscard]] ByteView read(const RecordLocation& location, RecordBuffer& buffer);
    /// As read, without decompressing.
    [[nodiscard]] StoredRecord read_stored(const RecordLocation& location, RecordBuffer& buffer);
    /// Looks again at which segments there are.
    void reload();
    /// The live segments: those that no other supersedes.
    [[nodiscard]] std::vector<std::shared_ptr<const Segment>> segments();
    /// Those whose header is damaged, less those that others supersede.
    [[nodiscard]] std::vector<DamagedSegment> damaged();
    /// Throws index_corrupt if one of segments() is damaged: what explains that an object is not found.
    void verify();
    /// The error for an object that is not found: index_corrupt if a damaged segment may be why, else object_missing.
    [[nodiscard]] Error missing(const ObjectId& id);

private:
    friend class PackStream;
    using Segments = std::vector<std::shared_ptr<const Segment>>;

    [[nodiscard]] std::unique_ptr<File> open_pack_alone(const ObjectId& pack);
    [[nodiscard]] std::shared_ptr<File> open_pack(const ObjectId& pack);

    Dir& store_;
    std::mutex mutex_;
    std::shared_ptr<const Segments> segments_;
    std::vector<DamagedSegment> damaged_;

    static constexpr std::size_t max_open_packs = 64;
    std::mutex packs_mutex_;
    std::list<std::pair<ObjectId, std::shared_ptr<File>>> open_packs_;  ///< most recently used first
};

/// Reads records that mostly lie one after the other, as the chunks of a large object do: ahead of their use, and
/// leaving the page cache as it was. Not thread-safe.
class PackStream {
public:
    /// `catalog` must outlive the object.
    explicit PackStream(Catalog& catalog) noexcept : catalog_{catalog} {}

    /// As Catalog::read.
    [[nodiscard]] ByteView read(const RecordLocation& location, RecordBuffer& buffer);

private:
    static constexpr std::size_t max_packs = 4;

    Catalog& catalog_;
    std::list<std::pair<ObjectId, std::unique_ptr<File>>> packs_;  ///< most recently used first
};

/// A folder of the store for reading; nothing if it is not there yet.
[[nodiscard]] std::unique_ptr<Dir> open_if_present(Dir& dir, std::string_view name);

}  // namespace mlo::store
