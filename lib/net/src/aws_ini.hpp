// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace mlo::net {

struct IniOption {
    std::string value;  ///< lines that continue it follow after '\n'; empty if `nested` is not
    std::string place;  ///< file:line
    std::map<std::string, IniOption, std::less<>> nested = {};
};

struct IniSection {
    std::string place;
    std::map<std::string, IniOption, std::less<>> options = {};  ///< by name in lower case
};

/// Sections by the text between the brackets.
using IniFile = std::map<std::string, IniSection, std::less<>>;

/// Reads the dialect of INI that the AWS command line and SDKs share (botocore reads it by Python's configparser):
/// `[section]`, `key = value` or `key: value`, lines indented deeper than their key continue its value, and where
/// that was empty they are settings of their own, `key = value`. '#' and ';' start a comment at the start of a line
/// only. A section or key that comes again adds to or replaces the first. `file` is its name in places.
/// Throws aws_bad_file; messages never repeat the text, which may be a secret.
[[nodiscard]] IniFile parse_ini(std::string_view text, std::string_view file);

}  // namespace mlo::net
