// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <mlo/hash/md5.hpp>
#include <mlo/pipeline/observer.hpp>
#include <mlo/util/fs.hpp>
#include <mlo/util/runtime.hpp>
#include <mlo/workspace/tree_source.hpp>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace mlo::pipeline {

/// What DVC calls the content of ids: their MD5s. That follows from the content, so it is never out of date; the file
/// `md5names` beside the stat cache keeps it for later commands (lib/pipeline/README.md). Thread-safe.
class DvcNames {
public:
    static constexpr std::string_view file_name = "md5names";

    /// `dir` may be null; a damaged file counts as absent.
    explicit DvcNames(Dir* dir);

    [[nodiscard]] std::optional<hash::Md5Digest> find(store::ObjectKind kind, const store::ObjectId& id);
    void put(store::ObjectKind kind, const store::ObjectId& id, const hash::Md5Digest& md5);
    /// A failure is logged.
    void save(Dir* dir, const Runtime& runtime);

private:
    [[nodiscard]] std::optional<hash::Md5Digest> find_kept(ByteView key) const noexcept;

    std::mutex mutex_;
    std::unique_ptr<Mapping> mapping_;
    ByteView records_;
    struct Key {
        store::ObjectKind kind;
        store::ObjectId id;
        friend bool operator==(const Key&, const Key&) = default;
    };
    struct KeyHash {
        std::size_t operator()(const Key& key) const noexcept {
            return std::hash<hash::Digest>{}(key.id) ^ static_cast<std::size_t>(key.kind);
        }
    };
    std::unordered_map<Key, hash::Md5Digest, KeyHash> learned_;
};

/// The object that DVC stores for a folder: a JSON list of {md5, relpath}, sorted by relpath, as Python writes it.
[[nodiscard]] std::string dvc_folder_text(std::vector<DvcFile> files);

/// What a link within a folder leads to; nothing if DVC does not list it.
using FollowLink = std::function<std::optional<PathState>(const std::string& relpath)>;

/// The files of a folder as DVC lists them, and how large they are together. `trees` has all that lie in it.
struct DvcFolder {
    std::vector<DvcFile> files;
    std::uint64_t size_bytes = 0;
    bool has_links = false;
};
[[nodiscard]] DvcFolder list_folder(const store::ObjectId& id, workspace::TreeSource& trees, DvcNames& names,
                                    const FollowLink& follow);

/// Adds to the state of a folder what DVC calls it, and gives it the size and number of files that DVC counts: links to
/// files count as these, links to folders not at all. `trees` has all that lie in it.
void name_folder(PathState& state, workspace::TreeSource& trees, DvcNames& names, const FollowLink& follow);

}  // namespace mlo::pipeline
