// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include <mlo/workspace/targets.hpp>
#include <mlo/workspace/tree_diff.hpp>
#include <mlo/workspace/tree_source.hpp>

namespace mlo::workspace {

/// What a version holds at `path`, which is the target's own or lies below it; nothing if it holds nothing there. A
/// symbolic link on the way is not followed. Throws what TreeSource does.
[[nodiscard]] std::optional<Entry> find_entry(const Target& target, std::string_view path, TreeSource& trees);

/// Called with the path of an entry in the workspace.
using EntrySink = std::function<void(const std::string& path, const Entry& entry)>;

enum class Depth : std::uint8_t { one_level, all };

/// Tells the entries of the directory `folder`, which is at `path`: its own, in order of name, or all below it, a
/// directory before what is in it. Throws what TreeSource does.
void list_entries(const std::string& path, const Entry& folder, TreeSource& trees, Depth depth, const EntrySink& sink);

}  // namespace mlo::workspace
