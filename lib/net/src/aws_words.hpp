// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mlo::net {

/// The words of a command line as a POSIX shell would see them, without expansions: blanks separate, '...' is literal,
/// in "..." a backslash escapes '"' and itself, elsewhere any character. Nothing if a quote is not closed or a
/// backslash ends the text.
[[nodiscard]] std::optional<std::vector<std::string>> split_words(std::string_view text);

}  // namespace mlo::net
