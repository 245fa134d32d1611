// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <mlo/store/object_id.hpp>
#include <mlo/util/bytes.hpp>
#include <mlo/util/error.hpp>
#include <mlo/util/fs.hpp>
#include <mlo/util/runtime.hpp>

namespace mlo::store {

/// How files of 256 KiB and more are kept. `automatic`: whole where the file system can share blocks with the
/// workspace, else chunked. `all_whole`: whole, and so is every smaller file, for a store beside another tool's cache;
/// what is given as bytes (trees, small documents) is packed as always.
enum class LargeFiles { automatic, whole, chunked, all_whole };

/// How the store keeps an object's bytes at present.
enum class Form : std::uint8_t { whole, packed, chunked };

struct ObjectInfo {
    Form form = Form::packed;
    std::uint64_t size_bytes = 0;
};

struct StoredBlob {
    ObjectId id;
    std::uint64_t size_bytes = 0;
};

/// Bytes handed over in order.
using ByteSink = std::function<void(ByteView)>;

/// Sees the bytes of one file while they are hashed, in order, and says at the end whether they are those it expects.
class Examiner {
public:
    virtual ~Examiner() = default;
    virtual void see(ByteView piece) = 0;
    /// Called once, after the last piece.
    [[nodiscard]] virtual bool accepts() = 0;
};

class Ingest;

/// The content-addressed store of one machine: blobs and trees by the SHA-256 of their bytes. Reading takes no lock and
/// is thread-safe. All that is returned was checked against its id, or against the proven hashes of its chunks.
class ObjectStore {
public:
    /// Opens the store in `dir` (made on first use by an Ingest; an empty folder is an empty store).
    /// Throws store_newer for a format this mlo does not know.
    ObjectStore(std::unique_ptr<Dir> dir, const Runtime& runtime);
    ~ObjectStore();
    ObjectStore(const ObjectStore&) = delete;
    ObjectStore& operator=(const ObjectStore&) = delete;

    /// What the store has under `id`, if anything. Costs no read of the object.
    [[nodiscard]] std::optional<ObjectInfo> find(const ObjectId& id);

    /// Whether the store has `id`. Cheaper than find.
    [[nodiscard]] bool contains(const ObjectId& id);

    /// Hands the bytes of `id` to `sink`, in order. Each piece is verified before it is handed over (record checksum
    /// and chunk hash), so that the caller may pass it on at once. Throws object_missing, object_corrupt.
    void read(const ObjectId& id, const ByteSink& sink);

    /// The whole object in memory. Throws object_too_large over `limit_bytes`, object_missing, object_corrupt.
    [[nodiscard]] Bytes read_all(const ObjectId& id, std::uint64_t limit_bytes);

    /// Writes the object into the new, empty `file` as fast as can be: shares blocks where it is kept whole, else
    /// copies (the blob's hash is checked as a whole: on object_corrupt the file holds rubbish and must be removed).
    void write_to(const ObjectId& id, File& file);

    /// Links the file of an object that is kept whole, after making sure that it holds its bytes, as `name` into
    /// `folder`: read-only for everybody, and durable but for its name. True too if `name` is there already. False: the
    /// object is not kept whole, or the file system gives no such link. Throws object_corrupt.
    [[nodiscard]] bool link_to(const ObjectId& id, Dir& folder, const std::string& name);

    /// A new batch of additions, made visible by Ingest::commit. Several may run at once, also in several processes.
    [[nodiscard]] std::unique_ptr<Ingest> begin_ingest(LargeFiles large_files);

    /// Looks again for what other processes have added since.
    void refresh();

    /// An index segment that is damaged, as the error that names it: what may be why objects are not found. The next
    /// Ingest sets it aside and lists anew what is in the packs.
    [[nodiscard]] std::optional<Error> find_index_damage();

    [[nodiscard]] Dir& dir() noexcept;

    struct State;  ///< the store's own sources only
    [[nodiscard]] State& state() noexcept { return *state_; }

private:
    std::unique_ptr<State> state_;
};

/// Adds objects to a store. add_* are thread-safe and return ids of bytes that are stored, but neither durable nor
/// visible to others before commit(). Without commit() everything is dropped, except that finished packs serve a later
/// attempt.
class Ingest {
public:
    Ingest(ObjectStore& store, LargeFiles large_files);
    ~Ingest();
    Ingest(const Ingest&) = delete;
    Ingest& operator=(const Ingest&) = delete;

    /// Stores the content of `file` as it is read. `progress` is told the bytes. The caller must compare stat() before
    /// and after: only then does the id belong to the file as it stands. With several threads calling, one large file
    /// is still cut by up to Runtime::jobs threads.
    [[nodiscard]] StoredBlob add_file(File& file, Progress& progress);

    /// Stores `name` of `folder` whole without copying it: shares its blocks, or links the file if nobody may write it;
    /// else as add_file. `examiner` sees what is stored. Nothing, and nothing is stored, if there is no such regular
    /// file or the examiner does not accept its bytes.
    [[nodiscard]] std::optional<StoredBlob> add_link(Dir& folder, const std::string& name, Examiner& examiner,
                                                     Progress& progress);

    [[nodiscard]] ObjectId add_bytes(ByteView bytes);

    /// Makes all that was added durable, then visible. Nothing may name an id before this returned.
    void commit();

    struct State;  ///< the store's own sources only

private:
    std::unique_ptr<State> state_;
};

/// The id that Ingest::add_file would give, without storing anything.
[[nodiscard]] StoredBlob hash_file(File& file, Progress& progress, const Runtime& runtime);

/// The version of the zstd library in use.
[[nodiscard]] std::string_view zstd_version() noexcept;

}  // namespace mlo::store
