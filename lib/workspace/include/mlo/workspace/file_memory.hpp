// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

#include <mlo/workspace/stat_cache.hpp>

namespace mlo::workspace {

/// Which ids the files of a work tree are known to have, and what becomes of what is learned. Thread-safe.
class FileMemory {
public:
    virtual ~FileMemory() = default;
    /// What is known of the files directly in `path`. Valid as long as this object and until nobody holds it.
    [[nodiscard]] virtual StatCache::Folder folder(std::string_view path) = 0;
    /// As StatCacheUpdate has them.
    virtual void put(std::string_view path, std::span<const CacheEntry> entries, CacheWrite write) = 0;
    virtual void forget(std::string_view path) = 0;
    virtual void keep(std::string_view path) = 0;
};

/// One look at a work tree: what the stat cache says; what is learned goes into its successor.
class OneLook final : public FileMemory {
public:
    OneLook(const StatCache& cache, StatCacheUpdate& update) noexcept : cache_{cache}, update_{update} {}
    StatCache::Folder folder(std::string_view path) override { return cache_.folder(path); }
    void put(std::string_view path, std::span<const CacheEntry> entries, CacheWrite write) override {
        update_.put(path, entries, write);
    }
    void forget(std::string_view path) override { update_.forget(path); }
    void keep(std::string_view path) override { update_.keep(path); }

private:
    const StatCache& cache_;
    StatCacheUpdate& update_;
};

/// Many looks by one process: what one learns, the next knows, without a write in between. Takes some hundred bytes for
/// each file that is learned or asked for.
class ManyLooks final : public FileMemory {
public:
    /// `cache_dir` may be null: nothing is known at first.
    explicit ManyLooks(Dir* cache_dir);
    ~ManyLooks() override;

    /// What is known of one file. O(1) from the second time on that something of its folder is asked for.
    [[nodiscard]] std::optional<store::ObjectId> find(std::string_view folder, std::string_view name,
                                                      const FileStamp& stamp);
    StatCache::Folder folder(std::string_view path) override;
    void put(std::string_view path, std::span<const CacheEntry> entries, CacheWrite write) override;
    void forget(std::string_view path) override;
    void keep(std::string_view path) override;

    /// Whether there is anything to save.
    [[nodiscard]] bool has_learned();
    /// Writes what was learned to the stat cache as it is now. A failure is logged.
    void save(Dir* cache_dir, const Runtime& runtime);

private:
    struct Learned {
        FileStamp stamp;
        store::ObjectId id;
    };
    struct Known {
        StatCache::Folder before;                             ///< from the file, or the last scan
        std::map<std::string, Learned, std::less<>> learned;  ///< since then, file by file
        bool is_replaced = false;                             ///< `before` is of this process
        bool is_kept = false;
    };
    [[nodiscard]] Known& known(std::string_view path);
    void fold(Known& known);

    StatCache cache_;
    std::mutex mutex_;
    std::unordered_map<std::string, Known> folders_;
    std::set<std::string, std::less<>> forgotten_;
    bool has_learned_ = false;
};

}  // namespace mlo::workspace
