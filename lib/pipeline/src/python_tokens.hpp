// SPDX-License-Identifier: Apache-2.0
// Python's tokens, so far as it takes to find the literals that a module assigns.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <mlo/util/document.hpp>

namespace mlo::pipeline {

enum class PythonTokenKind : std::uint8_t { name, number, text, mark };

struct PythonToken {
    PythonTokenKind kind = PythonTokenKind::mark;
    std::string_view text;  ///< a text with its prefix and quotes; a mark is one character or `x=`
    std::size_t offset = 0;
    std::uint32_t level = 0;  ///< brackets around it; a bracket itself is outside of what it encloses
};

/// One logical line: what stands up to a line break outside of brackets.
struct PythonLine {
    std::size_t indent = 0;  ///< columns
    std::vector<PythonToken> tokens;
};

/// Reads logical lines. Throws params_not_python, with the place, for texts and brackets that do not end.
class PythonLines {
public:
    /// `text` has line breaks that are "\n" and must outlive the object.
    PythonLines(std::string_view text, std::string_view file) noexcept : text_{text}, file_{file} {}

    /// The next line with tokens; false at the end.
    [[nodiscard]] bool next(PythonLine& line);
    [[noreturn]] void fail(std::size_t offset, std::string what) const;

private:
    [[nodiscard]] std::size_t indent_here();
    void take_token(PythonLine& line);
    [[nodiscard]] std::size_t text_end(std::size_t quote) const;
    [[nodiscard]] std::size_t number_end(std::size_t at) const noexcept;
    void bracket(char c);

    std::string_view text_;
    std::string_view file_;
    std::size_t at_ = 0;
    std::vector<std::size_t> open_;  ///< where brackets were opened
};

/// True for the words that cannot be names.
[[nodiscard]] bool is_python_keyword(std::string_view word) noexcept;

}  // namespace mlo::pipeline
