// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "pack.hpp"
#include "session.hpp"
#include "store_state.hpp"

#include <mlo/store/object_store.hpp>

namespace mlo::store {

/// A record ready to be appended to a pack.
struct PreparedRecord {
    RecordInfo info;
    hash::Checksum checksum{};
    Bytes compressed;  ///< the payload if info.compression says so; else the payload is the raw bytes
};

/// Checksums and, where it pays, compresses `raw`, whose id is `id`.
[[nodiscard]] PreparedRecord prepare_record(ByteView raw, const ObjectId& id, RecordForm form, std::uint8_t flags);

struct Ingest::State {
    State(ObjectStore::State& into, LargeFiles large_files);

    /// True if the bytes of `id` are stored already or about to be.
    [[nodiscard]] bool is_known(const ObjectId& id);
    /// Like is_known, but only as a raw record: what a recipe may name.
    [[nodiscard]] bool is_known_raw(const ObjectId& id);
    void add_record(const RecordInfo& info, const hash::Checksum& checksum, ByteView payload);
    /// For who holds `mutex`.
    void add_record_locked(const RecordInfo& info, const hash::Checksum& checksum, ByteView payload);
    void add_record(const PreparedRecord& record, ByteView raw) {
        add_record(record.info, record.checksum,
                   record.info.compression == Compression::zstd ? ByteView{record.compressed} : raw);
    }
    ObjectId add_raw(ByteView raw);

    /// Reads into the span from an offset, like File::read.
    using ReadAt = std::function<std::size_t(std::span<std::byte>, std::uint64_t)>;
    [[nodiscard]] StoredBlob add_cut(const ReadAt& read, Progress& progress);
    [[nodiscard]] bool wants_whole() const noexcept {
        return mode == LargeFiles::whole || mode == LargeFiles::all_whole ||
               (mode == LargeFiles::automatic && can_clone);
    }
    /// Nothing if the file system cannot share the file's blocks and only that was wanted.
    [[nodiscard]] std::optional<StoredBlob> add_whole(File& file, Progress& progress);
    [[nodiscard]] StoredBlob add_small_whole(ByteView bytes);
    /// Shares the blocks of a file, or its inode. `is_shared` false: neither is possible.
    struct Taken {
        bool is_shared = false;
        std::optional<StoredBlob> blob;
    };
    [[nodiscard]] Taken add_shared(Dir& folder, const std::string& name, Examiner& examiner, Progress& progress);
    [[nodiscard]] std::string next_temporary_name();

    void commit();

    ObjectStore::State& store;
    LargeFiles mode;
    Session session;
    std::atomic<bool> can_clone{true};
    std::atomic<std::uint64_t> temporaries{0};

    std::mutex mutex;  ///< guards all below
    std::unordered_map<ObjectId, RecordForm> pending;
    std::unique_ptr<PackWriter> writer;
    std::vector<PackContents> finished;
    struct PendingWhole {
        std::string temporary;
        std::optional<FileStat> hashed;  ///< of a file that others can reach too
    };
    std::unordered_map<ObjectId, PendingWhole> pending_whole;
    std::set<std::string> whole_folders;  ///< of whole objects that were added, or found here already

private:
    void finish_pack_locked();
    void publish_locked();
    void commit_whole();
    /// Keeps the temporary file under `blob`'s id, or removes it if that is not needed.
    void keep_whole(const StoredBlob& blob, const std::string& temporary, const std::optional<FileStat>& hashed);
    /// A clone or link of the file, as `temporary` in the session's folder; null if there can be none.
    [[nodiscard]] std::unique_ptr<File> share(Dir& folder, const std::string& name, const std::string& temporary,
                                              std::optional<FileStat>& hashed);
};

}  // namespace mlo::store
