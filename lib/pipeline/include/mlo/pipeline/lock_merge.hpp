// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <mlo/pipeline/pipeline.hpp>
#include <mlo/util/error.hpp>
#include <mlo/workspace/pointer_merge.hpp>

namespace mlo::pipeline {

struct LockMerge {
    /// Of the lock. A stage in conflict has git's markers around its lines; where nothing could be merged, they stand
    /// around what both sides have.
    std::string text;
    std::vector<std::string> conflicts;  ///< stages, in the order of the text
    std::optional<Error> obstacle;       ///< why nothing could be merged
    std::uint64_t taken = 0;             ///< stages that came from theirs

    [[nodiscard]] bool is_clean() const noexcept { return conflicts.empty() && !obstacle; }
};

/// Merges a lock by stage, for git: the lines that one side changed are taken. A base with the markers of such a merge,
/// as git makes it of several common ancestors, is one of two: only what follows from either is merged. `file` is for
/// messages. Never throws for what is in the texts.
[[nodiscard]] LockMerge merge_locks(Dialect dialect, const std::string& file, const workspace::MergeTexts& texts);

}  // namespace mlo::pipeline
