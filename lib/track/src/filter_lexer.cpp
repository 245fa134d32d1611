// SPDX-License-Identifier: Apache-2.0
#include "filter_lexer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <mlo/track/errors.hpp>
#include <mlo/util/text.hpp>

namespace mlo::track::filter {
namespace {

constexpr std::size_t shown_context = 60;

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

/// Characters of UTF-8 text.
std::size_t length_of(std::string_view text) {
    return static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

/// As it is where people wrote it so, quotes included.
std::string on_one_line(std::string_view text) {
    const bool has_control =
        std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
    return has_control || !is_valid_utf8(text) ? printable(text) : std::string{text};
}

char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

}  // namespace

void fail(std::string_view text, std::size_t offset, const std::string& what, const std::string& hint) {
    Error error{errors::filter_invalid,
                fmt::format("{} at column {} of the filter", what, length_of(text.substr(0, offset)) + 1)};
    // The part of the line around the place, and a mark below it.
    auto from = offset > shown_context ? offset - shown_context : 0;
    while (from < offset && length_of(text.substr(from, 1)) == 0) ++from;
    auto to = std::min(text.size(), from + 2 * shown_context);
    while (to < text.size() && length_of(text.substr(to, 1)) == 0) ++to;
    error.note(on_one_line(text.substr(from, to - from)));
    error.note(std::string(length_of(on_one_line(text.substr(from, offset - from))), ' ') + '^');
    if (!hint.empty()) error.hint(hint);
    throw Error{std::move(error)};
}

Lexer::Lexer(std::string_view text) : text_{text} {
    if (text.size() > max_bytes)
        throw Error{errors::filter_invalid, fmt::format("the filter is longer than {}", format_bytes(max_bytes))};
    next();
}

bool Lexer::is_word(std::string_view capitals) const noexcept {
    return token_ == Token::word && std::equal(value_.begin(), value_.end(), capitals.begin(), capitals.end(),
                                               [](char a, char b) { return upper(a) == b; });
}

void Lexer::next() {
    const auto before = at_;
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
    is_adjacent_ = at_ == before;
    offset_ = at_;
    value_.clear();
    if (at_ == text_.size()) {
        token_ = Token::end;
        return;
    }
    const char first = text_[at_];
    if (first == '\'' || first == '"' || first == '`') return read_quoted(first);
    if (is_digit(first) || (first == '.' && at_ + 1 < text_.size() && is_digit(text_[at_ + 1]))) return read_number();
    if (is_letter(first)) {
        while (at_ < text_.size() && (is_letter(text_[at_]) || is_digit(text_[at_]) || text_[at_] == '.')) ++at_;
        token_ = Token::word;
        value_ = text_.substr(offset_, at_ - offset_);
        return;
    }
    static constexpr std::array<std::string_view, 16> symbols{"<=", ">=", "!=", "<>", "==", "<", ">", "=",
                                                              "(",  ")",  ",",  "+",  "-",  "*", "/", "."};
    for (const auto symbol : symbols) {
        if (!text_.substr(at_).starts_with(symbol)) continue;
        token_ = Token::symbol;
        value_ = symbol == "<>" ? "!=" : symbol == "==" ? "=" : symbol;
        at_ += symbol.size();
        return;
    }
    std::size_t size = 1;
    while (at_ + size < text_.size() && length_of(text_.substr(at_ + size, 1)) == 0) ++size;
    fail(fmt::format("unexpected {}", quoted(text_.substr(at_, size))));
}

/// A quote inside is written twice.
void Lexer::read_quoted(char quote) {
    token_ = quote == '`' ? Token::backquoted : Token::quoted;
    for (++at_; at_ < text_.size(); ++at_) {
        if (text_[at_] == quote) {
            ++at_;
            if (at_ == text_.size() || text_[at_] != quote) return;
        }
        value_ += text_[at_];
    }
    fail("a quoted text has no end");
}

void Lexer::read_number() {
    token_ = Token::number;
    const auto* const end = text_.data() + text_.size();
    const auto result = std::from_chars(text_.data() + at_, end, number_);
    if (result.ec != std::errc{}) fail("the number is out of range");
    at_ = static_cast<std::size_t>(result.ptr - text_.data());
    value_ = text_.substr(offset_, at_ - offset_);
    if (at_ < text_.size() && (is_letter(text_[at_]) || text_[at_] == '.')) fail("this is no number");
}

}  // namespace mlo::track::filter
