// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include <mlo/store/tree.hpp>
#include <mlo/workspace/pointer.hpp>
#include <mlo/workspace/tree_source.hpp>

namespace mlo::workspace {

/// A tree entry that owns its text.
struct Entry {
    store::EntryKind kind = store::EntryKind::file;
    store::Executable executable = store::Executable::no;
    std::uint64_t size_bytes = 0;
    store::ObjectId id;
    std::string target;  ///< symbolic links

    friend bool operator==(const Entry&, const Entry&) = default;
};
[[nodiscard]] Entry to_entry(const store::TreeEntry& entry);
[[nodiscard]] Entry to_entry(const Pointer& pointer);

enum class ChangeKind : std::uint8_t { added, deleted, modified, type_changed, mode_changed, renamed };
/// "added", "type changed".
[[nodiscard]] std::string_view to_string(ChangeKind kind) noexcept;

/// A file, link or empty directory that differs. A directory that came or went is told by what is in it.
struct Change {
    ChangeKind kind = ChangeKind::modified;
    std::string path;      ///< in the workspace; of a rename: where it is now
    std::string old_path;  ///< renames only
    std::optional<Entry> before;
    std::optional<Entry> after;
};

/// Folders within each other that are followed.
inline constexpr int nesting_limit = 4000;

using ChangeSink = std::function<void(Change)>;

/// Tells every difference between `before` and `after` (nothing: there is none) at `path`, in order of path. Reads only
/// trees that differ. Throws what TreeSource does.
void diff_entries(const std::string& path, const std::optional<Entry>& before, TreeSource& before_trees,
                  const std::optional<Entry>& after, TreeSource& after_trees, const ChangeSink& sink);

/// Turns pairs of a deleted and an added file of equal content into renames, preferring equal names, then the order of
/// paths. Empty files are never paired.
void find_renames(std::vector<Change>& changes);

}  // namespace mlo::workspace
