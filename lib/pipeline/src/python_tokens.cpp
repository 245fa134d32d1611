// SPDX-License-Identifier: Apache-2.0
#include "python_tokens.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <mlo/pipeline/errors.hpp>
#include <mlo/util/document_builder.hpp>
#include <mlo/util/text.hpp>

namespace mlo::pipeline {
namespace {

constexpr std::size_t columns_of_tab = 8;

constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
constexpr bool is_letter(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}
constexpr bool is_quote(char c) noexcept { return c == '"' || c == '\''; }
constexpr bool is_blank(char c) noexcept { return c == ' ' || c == '\t' || c == '\f'; }

bool is_text_prefix(std::string_view name) noexcept {
    if (name.empty() || name.size() > 2) return false;
    return std::all_of(name.begin(), name.end(),
                       [](char c) { return std::string_view{"rRbBuUfFtT"}.find(c) != std::string_view::npos; });
}

}  // namespace

bool is_python_keyword(std::string_view word) noexcept {
    constexpr std::array<std::string_view, 35> keywords{
        "False", "None",     "True",  "and",    "as",   "assert", "async",  "await",    "break",
        "class", "continue", "def",   "del",    "elif", "else",   "except", "finally",  "for",
        "from",  "global",   "if",    "import", "in",   "is",     "lambda", "nonlocal", "not",
        "or",    "pass",     "raise", "return", "try",  "while",  "with",   "yield"};
    return std::find(keywords.begin(), keywords.end(), word) != keywords.end();
}

void PythonLines::fail(std::size_t offset, std::string what) const {
    throw Error{errors::params_not_python, fmt::format("not valid Python: {}", what)}
        .at(format_place(file_, PlaceCounter{text_}.at(offset)))
        .hint(fmt::format("python3 -m py_compile {}", printable(file_)));
}

std::size_t PythonLines::indent_here() {
    std::size_t columns = 0;
    for (; at_ < text_.size() && is_blank(text_[at_]); ++at_) {
        if (text_[at_] == ' ') ++columns;
        if (text_[at_] == '\t') columns = (columns / columns_of_tab + 1) * columns_of_tab;
        if (text_[at_] == '\f') columns = 0;
    }
    return columns;
}

bool PythonLines::next(PythonLine& line) {
    line.tokens.clear();
    bool at_start = true;
    while (at_ < text_.size()) {
        if (at_start) line.indent = indent_here();
        at_start = false;
        if (at_ == text_.size()) break;
        const char c = text_[at_];
        if (c == '\n') {
            ++at_;
            if (!open_.empty()) continue;
            if (!line.tokens.empty()) return true;
            at_start = true;
        } else if (c == '#') {
            at_ = std::min(text_.find('\n', at_), text_.size());
        } else if (is_blank(c)) {
            ++at_;
        } else if (c == '\\') {
            if (at_ + 1 == text_.size() || text_[at_ + 1] != '\n') fail(at_, "a backslash must end its line");
            at_ += 2;
        } else {
            take_token(line);
        }
    }
    if (!open_.empty()) fail(open_.back(), fmt::format("{} is not closed", quoted(text_.substr(open_.back(), 1))));
    return !line.tokens.empty();
}

void PythonLines::take_token(PythonLine& line) {
    const auto start = at_;
    const char c = text_[at_];
    const auto level = static_cast<std::uint32_t>(open_.size());
    const auto add = [&](PythonTokenKind kind, std::size_t end, std::uint32_t at_level) {
        line.tokens.push_back({kind, text_.substr(start, end - start), start, at_level});
        at_ = end;
    };
    if (is_quote(c)) return add(PythonTokenKind::text, text_end(at_), level);
    if (is_digit(c) || (c == '.' && at_ + 1 < text_.size() && is_digit(text_[at_ + 1]))) {
        return add(PythonTokenKind::number, number_end(at_), level);
    }
    if (is_letter(c)) {
        auto end = at_ + 1;
        while (end < text_.size() && (is_letter(text_[end]) || is_digit(text_[end]))) ++end;
        const bool is_prefix =
            end < text_.size() && is_quote(text_[end]) && is_text_prefix(text_.substr(start, end - start));
        return is_prefix ? add(PythonTokenKind::text, text_end(end), level) : add(PythonTokenKind::name, end, level);
    }
    if (static_cast<unsigned char>(c) < ' ' || c == '\x7f') {
        fail(at_, fmt::format("unexpected character {}", quoted(text_.substr(at_, 1))));
    }
    bracket(c);
    const bool is_pair = std::string_view{"=!<>+-*/%&|^@:"}.find(c) != std::string_view::npos &&
                         at_ + 1 < text_.size() && text_[at_ + 1] == '=';
    add(PythonTokenKind::mark, at_ + (is_pair ? 2 : 1), std::min(level, static_cast<std::uint32_t>(open_.size())));
}

void PythonLines::bracket(char c) {
    if (c == '(' || c == '[' || c == '{') open_.push_back(at_);
    if (c != ')' && c != ']' && c != '}') return;
    const char opened = open_.empty() ? ' ' : text_[open_.back()];
    if ((c == ')' && opened != '(') || (c == ']' && opened != '[') || (c == '}' && opened != '{')) {
        fail(at_, fmt::format("{} closes nothing", quoted(std::string_view{&c, 1})));
    }
    open_.pop_back();
}

std::size_t PythonLines::text_end(std::size_t quote) const {
    const char mark = text_[quote];
    const bool is_long = quote + 2 < text_.size() && text_[quote + 1] == mark && text_[quote + 2] == mark;
    for (auto at = quote + (is_long ? 3 : 1); at < text_.size(); ++at) {
        if (text_[at] == '\\') {
            ++at;
        } else if (text_[at] == mark) {
            if (!is_long) return at + 1;
            if (at + 2 < text_.size() && text_[at + 1] == mark && text_[at + 2] == mark) return at + 3;
        } else if (text_[at] == '\n' && !is_long) {
            break;
        }
    }
    fail(quote, "a text is not closed");
}

std::size_t PythonLines::number_end(std::size_t at) const noexcept {
    const bool has_base = text_[at] == '0' && at + 1 < text_.size() &&
                          std::string_view{"xXoObB"}.find(text_[at + 1]) != std::string_view::npos;
    for (; at < text_.size(); ++at) {
        const char c = text_[at];
        if (is_digit(c) || c == '_' || (c == '.' && !has_base)) continue;
        if (!is_letter(c) || static_cast<unsigned char>(c) >= 0x80) break;
        const bool is_exponent = !has_base && (c == 'e' || c == 'E') && at + 1 < text_.size() &&
                                 (text_[at + 1] == '+' || text_[at + 1] == '-');
        if (is_exponent) ++at;
    }
    return at;
}

}  // namespace mlo::pipeline
