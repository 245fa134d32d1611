// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <mlo/dvc/site.hpp>
#include <mlo/store/object_store.hpp>
#include <mlo/util/fs.hpp>
#include <mlo/util/runtime.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mlo::dvc {

/// DVC's local cache of content by MD5: files/md5/<2>/<30>, read-only files. An MD5 is 32 lower-case hex digits, for
/// the listing of a folder with ".dir" behind them; any other text names nothing. Thread-safe.
class Cache {
public:
    Cache(const Site& site, const Runtime& runtime);
    /// Gives up what was put and not synced.
    ~Cache();
    Cache(const Cache&) = delete;
    Cache& operator=(const Cache&) = delete;

    /// Whether it is there, or was put. DVC asks no more of a read-only file either.
    [[nodiscard]] bool contains(const std::string& md5) const;
    /// Null: not there. Not verified: the caller hashes.
    [[nodiscard]] std::unique_ptr<File> open(const std::string& md5) const;

    struct Entry {
        std::string relpath;
        std::string md5;
    };
    /// What a `.dir` object lists; nothing: not there. Throws cache_object_corrupt if its bytes have another MD5, and
    /// listing_invalid if it is no listing, or a relpath in it is twice there, may leave the folder or may not be
    /// checked out.
    [[nodiscard]] std::optional<std::vector<Entry>> folder(const std::string& md5) const;

    /// Puts the object of the store there, unless it is: by a hard link of its file where the store keeps it whole and
    /// both are on one file system, else by a copy, which others see after sync(). The caller vouches for the MD5.
    void put(const std::string& md5, store::ObjectStore& store, const store::ObjectId& id);
    /// Puts these bytes there, as put() does a copy.
    void put_bytes(const std::string& md5, std::string_view bytes);
    /// Takes a file of the cache into a store (Ingest::add_link); its MD5 is checked over the same bytes. Nothing: not
    /// there, or other bytes than its name says, which is logged.
    [[nodiscard]] std::optional<store::StoredBlob> take(const std::string& md5, store::Ingest& ingest,
                                                        Progress& progress) const;
    /// Makes all that was put durable, and visible.
    void sync();

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace mlo::dvc
