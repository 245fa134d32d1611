// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mlo/json/writer.hpp>
#include <mlo/workspace/scan.hpp>
#include <mlo/workspace/tree_diff.hpp>
#include <mlo/workspace/workspace.hpp>
#include <string>
#include <vector>

#include "output.hpp"

namespace mlo::cli {

/// The one letter of a change in short forms: A, D, M, T (type), X (executable bit), R.
[[nodiscard]] char letter_of(workspace::ChangeKind kind) noexcept;

/// A word for a change, in the colour it has.
[[nodiscard]] std::string painted_word(const Output& out, workspace::ChangeKind kind, std::size_t width);

/// What changed about it: "12 B", "12 B -> 14 B", "now executable", "file -> symlink".
[[nodiscard]] std::string detail_of(const workspace::Change& change);

/// The path, or "old -> new" of a rename, as shown in the current folder.
[[nodiscard]] std::string shown_paths(const workspace::Workspace& workspace, const workspace::Change& change);

/// "2 added, 1 modified".
[[nodiscard]] std::string count_changes(const std::vector<workspace::Change>& changes);

/// One element of a "changes" array.
void write_change(json::Writer& json, const workspace::Change& change);

/// The array "problems" or the like: path, code, message, and place where there is one.
void write_problem(json::Writer& json, const std::string& path, const Error& error);

/// A path for a shell to read: as it is, or quoted.
[[nodiscard]] std::string shell_word(const std::string& path);

}  // namespace mlo::cli
