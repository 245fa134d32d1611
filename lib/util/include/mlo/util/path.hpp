// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Paths are bytes; '/' separates. Nothing here touches the file system.
namespace mlo::path {

/// "a" + "b/c" -> "a/b/c"; an empty side yields the other; an absolute `right` wins.
[[nodiscard]] std::string join(std::string_view left, std::string_view right);
/// "a/b" -> "a"; "a" -> ""; "/a" -> "/".
[[nodiscard]] std::string_view parent(std::string_view path) noexcept;
/// "a/b" -> "b".
[[nodiscard]] std::string_view name(std::string_view path) noexcept;
/// Removes ".", doubled and trailing slashes and resolves ".." by text alone. "" stays "" (= the folder itself).
[[nodiscard]] std::string normalize(std::string_view path);
/// The normalised `path` (absolute, or relative to `current`), as an absolute path.
[[nodiscard]] std::string absolute(std::string_view path, std::string_view current);
/// `path` relative to the folder `root` (both absolute and normalised): "" for root itself; nothing if it is not below.
[[nodiscard]] std::optional<std::string> below(std::string_view path, std::string_view root);
/// How to reach absolute `path` from absolute folder `from`, with ".." as needed; "." for the folder itself.
[[nodiscard]] std::string relative(std::string_view path, std::string_view from);
/// True if `path` is `ancestor` or lies below it (both relative or both absolute, normalised).
[[nodiscard]] bool is_within(std::string_view path, std::string_view ancestor) noexcept;
/// "/a//b" -> "a", "b".
[[nodiscard]] std::vector<std::string> components(std::string_view path);
/// True for a relative path that has no empty, "." or ".." component and no NUL: one that cannot leave its folder by
/// text.
[[nodiscard]] bool is_plain_relative(std::string_view path) noexcept;

}  // namespace mlo::path
