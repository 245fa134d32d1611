// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace mlo::report {

/// UTF-8, with what is none escaped C-style.
[[nodiscard]] std::string as_text(std::string_view bytes);
/// For text and attribute values.
[[nodiscard]] std::string escape_html(std::string_view bytes);
/// How a Content-Security-Policy names a script or style.
[[nodiscard]] std::string integrity(std::string_view text);

}  // namespace mlo::report
