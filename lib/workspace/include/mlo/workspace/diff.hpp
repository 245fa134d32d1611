// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include <mlo/workspace/scan.hpp>
#include <mlo/workspace/targets.hpp>
#include <mlo/workspace/tree_diff.hpp>

namespace mlo::workspace {

/// What to compare: commits, as git::Repository::resolve returns them. Without `before` there was nothing; without
/// `after` it is the work tree.
struct DiffRequest {
    std::optional<std::string> before;
    std::optional<std::string> after;
    std::vector<std::string> paths;  ///< in the workspace; none: everything
};

struct DiffReport {
    std::vector<Change> changes;        ///< in order of target, renames where they are now
    std::vector<ScanProblem> problems;  ///< what could not be compared, and why
};

/// The files that differ between two versions of all tracked data, renames found by content. What is not readable
/// (broken pointers, trees that are not in the store, files that cannot be read) is a problem of its own and hides
/// nothing else.
[[nodiscard]] DiffReport diff(Workspace& workspace, const DiffRequest& request);

/// Which words of a command line are revisions and which are paths, as git decides it.
struct RevisionsAndPaths {
    std::vector<std::string> commits;  ///< resolved
    std::vector<std::string> names;    ///< of the commits, as typed
    std::vector<std::string> paths;    ///< in the workspace
};
/// `words` stood before a `--` or without one, `paths` after it. At most `limit` revisions. Throws ambiguous_argument,
/// outside_workspace, and what resolve throws.
[[nodiscard]] RevisionsAndPaths sort_arguments(Workspace& workspace, std::span<const std::string> words,
                                               std::span<const std::string> paths, std::size_t limit);

}  // namespace mlo::workspace
