// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mlo/hash/digest.hpp>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <mlo/store/object_id.hpp>
#include <mlo/util/bytes.hpp>
#include <mlo/util/error.hpp>
#include <mlo/util/fs.hpp>
#include <mlo/util/runtime.hpp>

namespace mlo::workspace {

/// What a file's stat must still be for its recorded id to hold. A changed content changes at least the ctime.
struct FileStamp {
    std::uint32_t mode = 0;
    std::uint64_t size = 0;
    std::int64_t mtime_ns = 0;
    std::int64_t ctime_ns = 0;
    std::uint64_t inode = 0;
    std::uint64_t device = 0;
    friend bool operator==(const FileStamp&, const FileStamp&) = default;
};
[[nodiscard]] FileStamp stamp_of(const FileStat& stat) noexcept;

/// True if a file that had `stat` when its content was read, from `read_from` on, cannot change unseen afterwards: both
/// its times are older than that by more than the file system's granularity (10 ms; 2 s where stamps are whole
/// seconds). Only such files may be recorded (git's racy rule).
[[nodiscard]] bool is_settled(const FileStat& stat, Timestamp read_from) noexcept;

struct CacheEntry {
    std::string_view name;
    FileStamp stamp;
    store::ObjectId id;
};

/// What is known of the files of a work tree from earlier commands: a mapped, checksummed, disposable file `statcache`
/// in its private folder (format: lib/workspace/README.md). Whatever is damaged is taken for absent. Reading is
/// thread-safe.
class StatCache {
public:
    /// The recorded files of one folder, sorted by name. Lives as long as its StatCache.
    class Folder {
    public:
        [[nodiscard]] std::size_t size() const noexcept { return count_; }
        [[nodiscard]] CacheEntry operator[](std::size_t index) const noexcept;
        /// The index of the first entry whose name is not less than `name`.
        [[nodiscard]] std::size_t lower_bound(std::string_view name) const noexcept;
        [[nodiscard]] std::optional<CacheEntry> find(std::string_view name) const noexcept;
        /// A folder that needs no StatCache. `entries` are sorted by name.
        [[nodiscard]] static Folder of(std::span<const CacheEntry> entries);

    private:
        friend class StatCache;
        friend class StatCacheUpdate;
        [[nodiscard]] std::string_view name_of(std::size_t index) const noexcept;
        ByteView records_;
        ByteView names_;
        std::size_t count_ = 0;
        std::shared_ptr<const Bytes> bytes_;  ///< of a folder that needs no StatCache
    };

    /// Nothing is known.
    StatCache() = default;
    /// Loads the cache of the work tree; nothing is known if there is none or it is damaged.
    [[nodiscard]] static StatCache load(Dir* private_dir);

    /// What is known of the files directly in `path` (in the workspace). Checks the block's checksum.
    [[nodiscard]] Folder folder(std::string_view path) const;

private:
    friend class StatCacheUpdate;
    struct Block {
        std::string_view path;
        ByteView bytes;
        std::uint32_t count = 0;
        ByteView checksum;
    };
    [[nodiscard]] Block block(std::size_t index) const noexcept;
    /// The number of the block of `path`; nothing if there is none.
    [[nodiscard]] std::optional<std::size_t> find_block(std::string_view path) const noexcept;
    /// The files of a block; none if its bytes are damaged.
    [[nodiscard]] static Folder open_block(const Block& block) noexcept;
    [[nodiscard]] static Folder open_block(ByteView bytes, std::size_t count) noexcept;
    static bool check(ByteView file, StatCache& cache) noexcept;

    std::shared_ptr<Mapping> mapping_;
    ByteView file_;
    ByteView table_;
    ByteView paths_;
    std::size_t folders_ = 0;
};

/// `replace`: the folder holds just these files now; `merge`: these, and of the known ones those of other names.
enum class CacheWrite : std::uint8_t { replace, merge };

/// Writes the successor of a StatCache, folder by folder, keeping what nobody touches. The file is replaced by rename
/// without being synced: after a power cut its checksums tell. Two processes at once are harmless: the last one's
/// knowledge stays. A failure to write is logged, never thrown: the cache stays as it was. Thread-safe.
class StatCacheUpdate {
public:
    /// `private_dir` may be null: nothing is recorded then.
    StatCacheUpdate(const StatCache& old, Dir* private_dir, const Runtime& runtime);
    ~StatCacheUpdate();
    StatCacheUpdate(const StatCacheUpdate&) = delete;
    StatCacheUpdate& operator=(const StatCacheUpdate&) = delete;

    /// Records files (sorted by name, settled) of the folder `path`.
    void put(std::string_view path, std::span<const CacheEntry> entries, CacheWrite write);
    /// The new cache holds nothing of the folder `path` and of all below it but what is put or kept. This alone is no
    /// reason to write one.
    void forget(std::string_view path);
    /// What is known of the folder `path` holds, even if it lies below a forgotten one.
    void keep(std::string_view path);
    /// Makes the new cache take the place of the old one, if anything was put.
    void commit();

private:
    struct Written {
        std::uint64_t offset = 0;
        std::uint64_t size = 0;
        std::uint32_t count = 0;
        hash::Checksum checksum{};
    };
    void append_block(std::string_view path, ByteView block, std::uint32_t count);
    void flush();
    void copy_old_blocks();
    void write_table();
    [[nodiscard]] Bytes read_back(const Written& written);
    [[nodiscard]] bool is_forgotten(std::string_view path) const;
    void give_up(const Error& error) noexcept;
    void drop_temporary() noexcept;

    const StatCache& old_;
    Dir* dir_;
    const Runtime& runtime_;
    std::mutex mutex_;
    std::string temporary_;
    std::unique_ptr<File> file_;
    Bytes pending_;  ///< the end of the file that is not written yet
    std::uint64_t flushed_ = 0;
    std::map<std::string, Written, std::less<>> written_;
    std::set<std::string, std::less<>> forgotten_;
    std::vector<bool> kept_;  ///< by number of the old block
};

}  // namespace mlo::workspace
