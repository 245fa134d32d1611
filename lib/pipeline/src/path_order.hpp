// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <string_view>

#include <mlo/pipeline/stage.hpp>

namespace mlo::pipeline {

/// The order in which all that lies within a folder follows it at once: a slash comes before every other byte.
[[nodiscard]] inline bool is_before(std::string_view a, std::string_view b) noexcept {
    const auto [x, y] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
    if (y == b.end()) return false;
    if (x == a.end()) return true;
    const auto rank = [](char c) { return c == '/' ? 0 : static_cast<int>(static_cast<unsigned char>(c)) + 1; };
    return rank(*x) < rank(*y);
}

/// True if `path` is `folder` or lies within it; "" is the workspace itself.
[[nodiscard]] inline bool lies_within(std::string_view path, std::string_view folder) noexcept {
    if (!path.starts_with(folder)) return false;
    return path.size() == folder.size() || folder.empty() || folder.back() == '/' || path[folder.size()] == '/';
}

}  // namespace mlo::pipeline
