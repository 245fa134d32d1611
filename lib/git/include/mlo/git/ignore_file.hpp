// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>

#include <mlo/util/fs.hpp>

namespace mlo {
class Random;
}

namespace mlo::git {

/// The .gitignore line that matches exactly `name` in the file's own folder: anchored and escaped. A line feed or
/// carriage return, which no line can hold, becomes a class that matches any control character.
[[nodiscard]] std::string ignore_pattern(std::string_view name);

/// Makes the .gitignore in `folder` exclude `names` (single components): appends the lines that are not there yet, in
/// the given order, and leaves every other byte as it is. Returns how many were added; with none the file is not
/// touched. Throws leads_outside if .gitignore is a symbolic link (git would not follow it either), too_large.
std::size_t add_to_ignore_file(Dir& folder, std::span<const std::string> names, Random& random);

/// Removes the lines that add_to_ignore_file writes for `names`, and the file if nothing is left in it. Returns how
/// many there were. Throws as that does.
std::size_t remove_from_ignore_file(Dir& folder, std::span<const std::string> names, Random& random);

}  // namespace mlo::git
