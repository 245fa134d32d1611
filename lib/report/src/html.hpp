// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace mlo::report {

/// UTF-8, with what is none escaped C-style.
[[nodiscard]] std::string as_text(std::string_view bytes);
/// For text and attribute values.
[[nodiscard]] std::string escape_html(std::string_view bytes);
/// How a Content-Security-Policy names a script or style.
[[nodiscard]] std::string integrity(std::string_view text);
/// The begin of every page, up to its body. Nothing is loaded, and nothing runs or styles but what is named here.
[[nodiscard]] std::string page_head(std::string_view title, std::string_view style,
                                    std::span<const std::string_view> scripts);

}  // namespace mlo::report
