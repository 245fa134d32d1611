// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mlo/track/filter.hpp>

namespace mlo::track::filter {

enum class Token : std::uint8_t {
    word,    ///< letters, digits, '_' and dots; also reserved words
    quoted,  ///< in '...' or "..."
    backquoted,
    number,
    symbol,
    end
};

/// Takes a filter apart into words, numbers, quoted texts and symbols.
class Lexer {
public:
    explicit Lexer(std::string_view text);
    /// Goes on to the next token.
    void next();

    [[nodiscard]] Token token() const noexcept { return token_; }
    /// As written; of what is quoted, the inside.
    [[nodiscard]] const std::string& value() const noexcept { return value_; }
    [[nodiscard]] double number() const noexcept { return number_; }
    [[nodiscard]] std::size_t offset() const noexcept { return offset_; }
    /// True if nothing lies between the last token and this one.
    [[nodiscard]] bool is_adjacent() const noexcept { return is_adjacent_; }
    /// True if the token is this reserved word (given in capitals), in whatever case it is written.
    [[nodiscard]] bool is_word(std::string_view capitals) const noexcept;
    [[nodiscard]] bool is_symbol(std::string_view symbol) const noexcept {
        return token_ == Token::symbol && value_ == symbol;
    }
    [[noreturn]] void fail(const std::string& what, const std::string& hint = {}) const {
        filter::fail(text_, offset_, what, hint);
    }
    [[nodiscard]] std::string_view text() const noexcept { return text_; }

private:
    void read_quoted(char quote);
    void read_number();

    std::string_view text_;
    std::size_t at_ = 0;
    std::size_t offset_ = 0;
    bool is_adjacent_ = false;
    Token token_ = Token::end;
    std::string value_;
    double number_ = 0;
};

}  // namespace mlo::track::filter
