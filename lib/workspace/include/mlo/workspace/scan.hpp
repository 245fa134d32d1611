// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <mlo/store/object_store.hpp>
#include <mlo/util/error.hpp>
#include <mlo/workspace/file_memory.hpp>
#include <mlo/workspace/ignore.hpp>
#include <mlo/workspace/stat_cache.hpp>
#include <mlo/workspace/tree_diff.hpp>
#include <mlo/workspace/tree_source.hpp>

namespace mlo::workspace {

class Workspace;
class SparseSet;

/// What becomes of the content that a scan meets. Thread-safe.
class ContentSink {
public:
    virtual ~ContentSink() = default;
    /// The id of a file that must be read.
    [[nodiscard]] virtual store::StoredBlob file(File& file, Progress& progress) = 0;
    /// The id of a folder's encoded tree.
    [[nodiscard]] virtual store::ObjectId tree(Bytes bytes) = 0;
    /// False if a file must be read although its id is known from the stat cache.
    [[nodiscard]] virtual bool knows(const store::ObjectId& id) = 0;
};

/// Hashes files and keeps trees in memory: what looking costs.
class HashingSink final : public ContentSink {
public:
    HashingSink(ScannedTrees& trees, const Runtime& runtime) noexcept : trees_{trees}, runtime_{runtime} {}
    [[nodiscard]] store::StoredBlob file(File& file, Progress& progress) override;
    [[nodiscard]] store::ObjectId tree(Bytes bytes) override { return trees_.add(std::move(bytes)); }
    [[nodiscard]] bool knows(const store::ObjectId&) override { return true; }

private:
    ScannedTrees& trees_;
    const Runtime& runtime_;
};

/// paranoid: every file is read.
enum class Trust : std::uint8_t { stat_cache, paranoid };
/// Whether names that no checkout would make (unsafe_name_reason) are problems or left out.
enum class UnsafeNames : std::uint8_t { refuse, skip };

/// Whether a pointer file inside the folder, which tracks a part of it, is a problem or data like any other.
enum class NestedPointers : std::uint8_t { refuse, allow };

struct ScanOptions {
    Trust trust = Trust::stat_cache;
    UnsafeNames unsafe_names = UnsafeNames::refuse;
    NestedPointers nested = NestedPointers::allow;
    std::string_view ignore_file = ignore_file_name;  ///< whose patterns leave paths out, in each folder
    /// Which paths the work tree holds; null: all. What is left out and absent is taken from `previous`.
    const SparseSet* sparse = nullptr;
    TreeSource* previous_trees = nullptr;  ///< needed with `sparse`
};

struct ScanProblem {
    std::string path;  ///< in the workspace
    Error error;
};

struct ScanResult {
    std::optional<Entry> entry;  ///< what is there; nothing if nothing is
    std::uint64_t files = 0;     ///< files and links, if it is a directory
    std::uint64_t read_files = 0;
    std::uint64_t read_bytes = 0;
    /// Sorted by path, the first thousand; if there are any, `entry` is not to be relied on.
    std::vector<ScanProblem> problems;
    std::uint64_t problem_count = 0;
};

/// Looks at the file or folder `path` with Runtime::jobs threads: lists, stats, and reads what the stat cache does not
/// answer for. Symbolic links are recorded, never followed; ignored paths are left out. What is learned goes to
/// `update`. `previous` is what the pointer says (needed with a sparse set). A file that cannot be read, or changes
/// again while it is read once more, is a problem. Memory grows with the largest folder, not with the number of files.
/// Throws interrupted, and what the sink throws.
[[nodiscard]] ScanResult scan(Workspace& workspace, const std::string& path, const std::optional<Entry>& previous,
                              const StatCache& cache, StatCacheUpdate& update, ContentSink& sink,
                              const ScanOptions& options);
[[nodiscard]] ScanResult scan(Workspace& workspace, const std::string& path, const std::optional<Entry>& previous,
                              FileMemory& memory, ContentSink& sink, const ScanOptions& options);

}  // namespace mlo::workspace
