// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <mlo/util/error.hpp>
#include <mlo/workspace/tree_merge.hpp>

namespace mlo::workspace {

class Workspace;

/// The three texts of a file that git merges. `base` is empty where there is none.
struct MergeTexts {
    std::string base;
    std::string ours;
    std::string theirs;
};

struct PointerMerge {
    /// Of the pointer file. In a conflict: git's markers around two pointers, either of which can be kept, both with
    /// everything that could be merged; or around what both sides have, where nothing could be.
    std::string text;
    std::vector<MergeConflict> conflicts;  ///< entries, in order of path
    std::optional<Error> obstacle;         ///< why nothing could be merged
    std::uint64_t taken = 0;               ///< entries that came from theirs
    bool is_theirs = false;                ///< the result is all that theirs has

    [[nodiscard]] bool is_clean() const noexcept { return conflicts.empty() && !obstacle; }
};

/// Merges the pointer file `pointer_path`, a path of the workspace. All that `text` names and was not there before is
/// durable in the store when this returns. Never throws for what is in the texts or lacks in the store.
[[nodiscard]] PointerMerge merge_pointers(Workspace& workspace, std::string_view pointer_path, const MergeTexts& texts);

/// git's markers around two texts, between them `explanation` where git has the common ancestor: lines without
/// marker, or "".
[[nodiscard]] std::string conflict_text(std::string_view ours, std::string_view explanation, std::string_view theirs);

}  // namespace mlo::workspace
