// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <mlo/util/path.hpp>
#include <span>
#include <string>
#include <string_view>

namespace mlo::workspace {

/// True if one of them is or holds the other.
[[nodiscard]] inline bool are_related(std::string_view a, std::string_view b) noexcept {
    return path::is_within(a, b) || path::is_within(b, a);
}

/// True if `path` is, holds or lies below one of `paths`, or there are none.
[[nodiscard]] inline bool is_wanted(std::string_view path, std::span<const std::string> paths) noexcept {
    return paths.empty() ||
           std::any_of(paths.begin(), paths.end(), [&](const auto& each) { return are_related(path, each); });
}

}  // namespace mlo::workspace
