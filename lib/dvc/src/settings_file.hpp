// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace mlo::dvc {

/// A value of a configuration file of DVC.
struct FileSetting {
    std::vector<std::string> values;  ///< one, unless the file has commas there: then it is a list
    bool is_list = false;
    std::size_t line = 0;
};

/// "core.remote" -> its value; sections and keys in lower case, as DVC sees them.
using FileSettings = std::map<std::string, FileSetting>;

/// Reads a configuration file as DVC does (Python's ConfigObj): sections, `key = value`, quotes, triple quotes, lists,
/// comments. What is in no section, or in one within another, is left out. Throws config_broken with `file:line`.
[[nodiscard]] FileSettings parse_settings(std::string_view text, std::string_view file);

}  // namespace mlo::dvc
