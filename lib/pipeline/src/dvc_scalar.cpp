// SPDX-License-Identifier: Apache-2.0
#include "dvc_scalar.hpp"

#include <algorithm>
#include <array>

namespace mlo::pipeline {

namespace {

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

/// A text that is read from its front.
class Cursor {
public:
    explicit Cursor(std::string_view text) noexcept : rest_{text} {}
    [[nodiscard]] bool at_end() const noexcept { return rest_.empty(); }
    [[nodiscard]] char peek() const noexcept { return rest_.empty() ? '\0' : rest_.front(); }
    bool skip(std::string_view one_of) noexcept {
        if (rest_.empty() || one_of.find(rest_.front()) == std::string_view::npos) return false;
        rest_.remove_prefix(1);
        return true;
    }
    std::size_t skip_all(std::string_view any_of) noexcept {
        const auto count = std::min(rest_.find_first_not_of(any_of), rest_.size());
        rest_.remove_prefix(count);
        return count;
    }
    bool skip_text(std::string_view text) noexcept {
        if (!rest_.starts_with(text)) return false;
        rest_.remove_prefix(text.size());
        return true;
    }
    [[nodiscard]] std::string_view rest() const noexcept { return rest_; }

private:
    std::string_view rest_;
};

constexpr std::string_view digits = "0123456789";
constexpr std::string_view digits_and_gaps = "0123456789_";

enum class ExponentSign : std::uint8_t { may, must };

/// True if the rest is an exponent, or nothing where that is allowed.
bool is_exponent(Cursor at, ExponentSign sign) noexcept {
    if (!at.skip("eE")) return false;
    if (!at.skip("+-") && sign == ExponentSign::must) return false;
    return at.skip_all(digits) > 0 && at.at_end();
}

bool is_float(std::string_view text) noexcept {
    if (text == ".nan" || text == ".NaN" || text == ".NAN") return true;
    Cursor at{text};
    at.skip("+-");
    if (const auto rest = at.rest(); rest == ".inf" || rest == ".Inf" || rest == ".INF") return true;
    if (is_digit(at.peek())) {
        at.skip_all(digits_and_gaps);
        if (!at.skip(".")) return is_exponent(at, ExponentSign::may);
        at.skip_all(digits_and_gaps);
        return at.at_end() || is_exponent(at, ExponentSign::may);
    }
    return at.skip(".") && at.skip_all(digits_and_gaps) > 0 && (at.at_end() || is_exponent(at, ExponentSign::must));
}

bool is_whole(Cursor at, std::string_view any_of) noexcept { return at.skip_all(any_of) > 0 && at.at_end(); }

bool is_int(std::string_view text) noexcept {
    Cursor at{text};
    at.skip("+-");
    if (is_whole(at, digits_and_gaps)) return true;
    auto binary = at;
    auto octal = at;
    auto hex = at;
    return (binary.skip_text("0b") && is_whole(binary, "01_")) ||
           (octal.skip_text("0o") && is_whole(octal, "01234567_")) ||
           (hex.skip_text("0x") && is_whole(hex, "0123456789abcdefABCDEF_"));
}

bool skip_digits(Cursor& at, std::size_t least, std::size_t most) noexcept {
    std::size_t count = 0;
    while (count < most && at.skip(digits)) count += 1;
    return count >= least;
}

bool is_time_zone(Cursor at) noexcept {
    at.skip_all(" \t");
    if (at.skip("Z")) return at.at_end();
    if (!at.skip("+-") || !skip_digits(at, 1, 2)) return false;
    if (at.at_end()) return true;
    return at.skip(":") && skip_digits(at, 2, 2) && at.at_end();
}

bool is_date_and_time(std::string_view text) noexcept {
    Cursor at{text};
    if (!skip_digits(at, 4, 4) || !at.skip("-") || !skip_digits(at, 1, 2) || !at.skip("-") || !skip_digits(at, 1, 2))
        return false;
    if (!at.skip("Tt") && at.skip_all(" \t") == 0) return false;
    if (!skip_digits(at, 1, 2) || !at.skip(":") || !skip_digits(at, 2, 2) || !at.skip(":") || !skip_digits(at, 2, 2))
        return false;
    if (at.skip(".")) at.skip_all(digits);
    return at.at_end() || is_time_zone(at);
}

bool is_date(std::string_view text) {
    Cursor at{text};
    return skip_digits(at, 4, 4) && at.skip("-") && skip_digits(at, 2, 2) && at.skip("-") && skip_digits(at, 2, 2) &&
           at.at_end();
}

bool is_space_like(char32_t c) noexcept {
    return c == U'\0' || c == U' ' || c == U'\t' || c == U'\r' || is_line_break(c);
}

bool is_printable(char32_t c) noexcept {
    return c == U'\n' || (c >= 0x20 && c <= 0x7E) || c == 0x85 || (c >= 0xA0 && c <= 0xD7FF) ||
           (c >= 0xE000 && c <= 0xFFFD && c != 0xFEFF) || c >= 0x10000;
}

/// A character that cannot stand where it does in a plain scalar.
bool is_indicator(std::u32string_view text, std::size_t i) noexcept {
    const auto c = text[i];
    const bool before_space = i + 1 >= text.size() || is_space_like(text[i + 1]);
    if (i > 0) return (c == U':' && before_space) || (c == U'#' && is_space_like(text[i - 1]));
    if (std::u32string_view{U"#,[]{}&*!|>'\"%@`"}.find(c) != std::u32string_view::npos) return true;
    return (c == U'?' || c == U':' || c == U'-') && before_space;
}

}  // namespace

bool is_line_break(char32_t c) noexcept { return c == U'\n' || c == 0x85 || c == 0x2028 || c == 0x2029; }

bool is_python_date(std::string_view text) {
    Cursor time{text.substr(std::min<std::size_t>(text.size(), 10))};
    if (!is_date(text.substr(0, 10))) return false;
    return time.at_end() || (time.skip(" ") && skip_digits(time, 2, 2) && time.skip(":") && skip_digits(time, 2, 2) &&
                             time.skip(":") && skip_digits(time, 2, 2) && time.at_end());
}

bool resolves_to_other(std::string_view utf8) {
    constexpr std::array<std::string_view, 17> words{"",     "~",    "null",  "Null",  "NULL",  "true",
                                                     "True", "TRUE", "false", "False", "FALSE", "<<",
                                                     "=",    "!",    "&",     "*",     ""};
    if (std::find(words.begin(), words.end(), utf8) != words.end()) return true;
    if (std::string_view{"+-.0123456789"}.find(utf8.front()) == std::string_view::npos) return false;
    return is_float(utf8) || (utf8.front() != '.' && is_int(utf8)) || is_date(utf8) || is_date_and_time(utf8);
}

ScalarAnalysis analyze_scalar(std::u32string_view text) {
    ScalarAnalysis result;
    if (text.empty()) {
        result.is_empty = true;
        return result;
    }
    if (text.starts_with(U"---") || text.starts_with(U"...")) result.allows_plain = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto c = text[i];
        const bool after_break = i > 0 && is_line_break(text[i - 1]);
        const bool after_space = i > 0 && text[i - 1] == U' ';
        if (is_indicator(text, i)) result.allows_plain = false;
        if (is_line_break(c)) {
            result.has_breaks = true;
            result.allows_plain = false;
        }
        if (!is_printable(c) || (c == U' ' && after_break) || (is_line_break(c) && after_space)) {
            result.allows_plain = result.allows_single = false;
        }
    }
    if (text.front() == U' ' || text.back() == U' ') result.allows_plain = false;
    return result;
}

std::u32string code_points(std::string_view utf8) {
    std::u32string result;
    result.reserve(utf8.size());
    for (const char c : utf8) {
        const auto byte = static_cast<unsigned char>(c);
        if ((byte & 0xC0u) == 0x80u) {
            result.back() = (result.back() << 6) | (byte & 0x3Fu);
        } else {
            result.push_back(byte < 0x80   ? byte
                             : byte < 0xE0 ? byte & 0x1Fu
                             : byte < 0xF0 ? byte & 0x0Fu
                                           : byte & 0x07u);
        }
    }
    return result;
}

void append_utf8(std::string& out, std::u32string_view text) {
    const auto tail = [&](char32_t c, int shift) { out.push_back(static_cast<char>(0x80u | ((c >> shift) & 0x3Fu))); };
    for (const auto c : text) {
        if (c < 0x80) {
            out.push_back(static_cast<char>(c));
        } else if (c < 0x800) {
            out.push_back(static_cast<char>(0xC0u | (c >> 6)));
            tail(c, 0);
        } else if (c < 0x10000) {
            out.push_back(static_cast<char>(0xE0u | (c >> 12)));
            tail(c, 6);
            tail(c, 0);
        } else {
            out.push_back(static_cast<char>(0xF0u | (c >> 18)));
            tail(c, 12);
            tail(c, 6);
            tail(c, 0);
        }
    }
}

}  // namespace mlo::pipeline
