// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace mlo::pipeline {

/// What ruamel.yaml finds out of a text before it chooses how to write it.
struct ScalarAnalysis {
    bool is_empty = false;
    bool has_breaks = false;
    bool allows_plain = true;   ///< in block style
    bool allows_single = true;  ///< quotes
};

[[nodiscard]] ScalarAnalysis analyze_scalar(std::u32string_view text);
/// True if a YAML 1.2 reader would take the text, written plain, for something else than a text.
[[nodiscard]] bool resolves_to_other(std::string_view utf8);
/// `2026-11-22` or `2026-11-22 10:00:00`: what DVC takes for a date, and writes as it was.
[[nodiscard]] bool is_python_date(std::string_view text);

[[nodiscard]] std::u32string code_points(std::string_view utf8);
void append_utf8(std::string& out, std::u32string_view text);
[[nodiscard]] bool is_line_break(char32_t c) noexcept;

}  // namespace mlo::pipeline
