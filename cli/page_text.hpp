// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "output.hpp"

namespace mlo::cli {

/// Renders a manual page (scdoc without tables: man/README.md) as plain text, filled to `width` columns. `highlight` is
/// applied to headings and bold words.
[[nodiscard]] std::string page_text(std::string_view source, std::size_t width,
                                    const std::function<std::string(Paint, std::string_view)>& highlight);

}  // namespace mlo::cli
