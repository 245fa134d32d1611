// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <mlo/pipeline/pipeline.hpp>
#include <mlo/util/fs.hpp>

namespace mlo::pipeline {

/// What a repository of DVC consists of, each list sorted.
struct FoundDocuments {
    std::vector<std::string> pipelines;  ///< every dvc.yaml
    std::vector<TrackedData> tracked;    ///< outputs of `.dvc` files
};

/// Looks through all folders below `root` but those that `.gitignore`, `.git/info/exclude` or `.dvcignore` leave out,
/// `.git`, `.hg`, `.dvc` and `.mlo`, other repositories of DVC or mlo within this one, and folders that a `.dvc` or
/// `.mlo` file tracks. Symbolic links are not followed. Throws tracked_invalid, and what is wrong with the text of a
/// `.dvc` file.
[[nodiscard]] FoundDocuments find_documents(Dir& root);

/// The outputs that the text of a `.dvc` file names, in its order. `root`: the workspace, absolute.
[[nodiscard]] std::vector<TrackedData> parse_tracked(std::string_view text, const std::string& file,
                                                     const std::string& root);

/// The text with `state` as that of the output number `index`, as DVC would write it: comments and all else stay, what
/// is new comes last. Nothing if the text is not laid out as DVC lays it out.
[[nodiscard]] std::optional<std::string> with_state(std::string_view text, const std::string& file, std::size_t index,
                                                    const PathState& state);

}  // namespace mlo::pipeline
