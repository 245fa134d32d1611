// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include <mlo/util/fs.hpp>

namespace mlo {
class Random;
}

namespace mlo::git {

/// What a line of .gitattributes gives to the files of one pattern.
struct AttributeLine {
    std::string_view pattern;    ///< without blanks and quotes
    std::string_view attribute;  ///< "merge=mlo"
};

/// Those of `lines` that the .gitattributes in `folder` has, whatever else these lines give to the pattern. Throws
/// leads_outside if the file is a symbolic link (git would not follow it either), too_large.
[[nodiscard]] std::size_t count_attributes(Dir& folder, std::span<const AttributeLine> lines);

/// Appends those of `lines` that are not there yet and leaves every other byte as it is. Returns how many; with none
/// the file is not touched. Throws as count_attributes does.
std::size_t add_attributes(Dir& folder, std::span<const AttributeLine> lines, Random& random);

/// Removes the lines that add_attributes would have written, and no others; a file without any other line goes too.
/// Returns how many.
std::size_t remove_attributes(Dir& folder, std::span<const AttributeLine> lines, Random& random);

}  // namespace mlo::git
