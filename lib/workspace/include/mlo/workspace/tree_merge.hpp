// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <mlo/util/bytes.hpp>
#include <mlo/workspace/tree_diff.hpp>
#include <mlo/workspace/tree_source.hpp>

namespace mlo::workspace {

/// Something tracked, with how many files and links are below it (directories).
struct Tracked {
    Entry entry;
    std::uint64_t files = 0;

    friend bool operator==(const Tracked&, const Tracked&) = default;
};

/// What both sides of a merge began with. Where the base is itself a merge with conflicts (git makes such ones of
/// several common ancestors), it is one of two, and only what follows from either is merged.
struct MergeBase {
    std::optional<Entry> one;
    std::optional<Entry> other;
};

/// An entry that the two sides changed in different ways.
struct MergeConflict {
    std::string path;           ///< below the path that was merged, which is included
    std::optional<Entry> base;  ///< nothing: there was none; if two are possible, one of them
    std::optional<Entry> ours;
    std::optional<Entry> theirs;
};
/// "changed on both sides", "deleted by ours, changed by theirs".
[[nodiscard]] std::string describe(const MergeConflict& conflict);

struct TreeMerge {
    /// Everything that could be merged, and of what is in conflict the one side or the other: two results to choose
    /// from. Equal without conflicts.
    Tracked ours;
    Tracked theirs;
    std::vector<MergeConflict> conflicts;  ///< in order of path
    std::uint64_t taken = 0;               ///< entries that came from theirs, a new or gone directory counts once
    /// The paths of directories whose lists are not to be had. If there are any, nothing else in here counts.
    std::vector<std::string> missing;
};

/// Takes the bytes of a new directory list; returns their id.
using TreeStore = std::function<store::ObjectId(ByteView)>;

/// Merges by entry what two sides made of `base`, at `path`. An entry that one side changed is taken; bytes and the
/// executable bit of a file are two things. What was moved counts as deleted and added. Reads only directories that
/// all three have differently, and, to count files, what theirs brings. Throws what TreeSource does but for missing
/// ones, too_deep, version_too_large.
[[nodiscard]] TreeMerge merge_trees(const std::string& path, const MergeBase& base, const Tracked& ours,
                                    const Tracked& theirs, TreeSource& trees, const TreeStore& store);

}  // namespace mlo::workspace
