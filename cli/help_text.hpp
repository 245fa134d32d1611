// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "args.hpp"
#include "command.hpp"

/// Texts made from the declarations: what -h prints, and what fills the markers of the manual pages.
namespace mlo::cli {

/// `mlo` alone: at most twenty lines.
[[nodiscard]] std::string overview();
/// `mlo remote` where only `mlo remote add` and so on exist.
[[nodiscard]] std::string group_overview(std::string_view words);
/// `mlo COMMAND -h`: one screen, examples first.
[[nodiscard]] std::string summary(const Command& command);

/// A manual page's source with its markers replaced: @SUMMARY@, @SYNOPSIS@, @OPTIONS@, @EXIT@ of `command` (if the page
/// is a command's), and
/// @GLOBALS@, @COMMANDS@ and @KEYS@ (the settings). A marker stands alone on its line, but for @SUMMARY@. The result is
/// scdoc.
[[nodiscard]] std::string expand_page(std::string_view source, const Command* command);

/// "-j, --jobs N"; choices as "--color auto|always|never".
[[nodiscard]] std::string signature(const Argument& argument);

}  // namespace mlo::cli
