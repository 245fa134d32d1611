// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <mlo/pipeline/stage.hpp>
#include <mlo/util/fs.hpp>

namespace mlo::pipeline {

/// An output that a file NAME.dvc tracks, without a stage: something that stages may depend on, and nobody makes.
struct TrackedData {
    std::string file;  ///< "data/train.csv.dvc"
    StagePath at;      ///< "data/train.csv"
};

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

/// The outputs that the text of a `.dvc` file names. `root`: the workspace, absolute.
[[nodiscard]] std::vector<TrackedData> parse_tracked(std::string_view text, const std::string& file,
                                                     const std::string& root);

}  // namespace mlo::pipeline
