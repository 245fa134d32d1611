// SPDX-License-Identifier: Apache-2.0
#include "python_literal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <mlo/pipeline/template.hpp>
#include <mlo/util/errors.hpp>
#include <mlo/util/text.hpp>
#include <unordered_map>

namespace mlo::pipeline {
namespace {

constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

int hex_value(char c) noexcept {
    if (is_digit(c)) return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/// False for what UTF-8 cannot hold.
bool append_character(std::string& text, std::uint32_t code) {
    const auto add = [&](std::uint32_t byte) { text.push_back(static_cast<char>(byte)); };
    if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return false;
    if (code < 0x80) {
        add(code);
    } else if (code < 0x800) {
        add(0xc0u | (code >> 6));
        add(0x80u | (code & 0x3fu));
    } else if (code < 0x10000) {
        add(0xe0u | (code >> 12));
        add(0x80u | ((code >> 6) & 0x3fu));
        add(0x80u | (code & 0x3fu));
    } else {
        add(0xf0u | (code >> 18));
        add(0x80u | ((code >> 12) & 0x3fu));
        add(0x80u | ((code >> 6) & 0x3fu));
        add(0x80u | (code & 0x3fu));
    }
    return true;
}

/// The parts of a text token.
struct TextParts {
    std::string_view body;
    bool is_raw = false;
    bool is_bytes = false;
    bool is_formatted = false;
};

TextParts parts_of(std::string_view token) {
    TextParts parts;
    const auto quote = token.find_first_of("\"'");
    for (const char c : token.substr(0, quote)) {
        parts.is_raw = parts.is_raw || c == 'r' || c == 'R';
        parts.is_bytes = parts.is_bytes || c == 'b' || c == 'B';
        parts.is_formatted = parts.is_formatted || c == 'f' || c == 'F' || c == 't' || c == 'T';
    }
    token.remove_prefix(quote);
    const bool is_long = token.size() >= 6 && token[1] == token[0] && token[2] == token[0];
    const std::size_t marks = is_long ? 3 : 1;
    parts.body = token.substr(marks, token.size() - 2 * marks);
    return parts;
}

/// Resolves the escapes of a text.
class Unescaper {
public:
    Unescaper(const TextParts& parts, std::string& out) : body_{parts.body}, parts_{parts}, out_{&out} {}

    /// False if a Datum cannot hold it, or it is no text at all.
    bool run() {
        while (at_ < body_.size()) {
            const char c = body_[at_++];
            if (c != '\\' || parts_.is_raw || at_ == body_.size()) {
                out_->push_back(c);
            } else if (!escape(body_[at_++])) {
                return false;
            }
        }
        return true;
    }

private:
    bool escape(char c) {
        constexpr std::string_view names = "\\'\"abfnrtv";
        constexpr std::string_view meanings = "\\'\"\a\b\f\n\r\t\v";
        if (c == '\n') return true;
        if (const auto found = names.find(c); found != std::string_view::npos) {
            out_->push_back(meanings[found]);
            return true;
        }
        if (c >= '0' && c <= '7') return octal(c);
        if (c == 'x') return hex(2);
        if (!parts_.is_bytes && c == 'u') return hex(4);
        if (!parts_.is_bytes && c == 'U') return hex(8);
        if (!parts_.is_bytes && c == 'N') return false;
        out_->push_back('\\');
        out_->push_back(c);
        return true;
    }

    bool octal(char first) {
        auto code = static_cast<std::uint32_t>(first - '0');
        for (int more = 0; more < 2 && at_ < body_.size() && body_[at_] >= '0' && body_[at_] <= '7'; ++more) {
            code = code * 8 + static_cast<std::uint32_t>(body_[at_++] - '0');
        }
        return put(code);
    }

    bool hex(std::size_t digits) {
        std::uint32_t code = 0;
        for (std::size_t i = 0; i < digits; ++i, ++at_) {
            const int value = at_ < body_.size() ? hex_value(body_[at_]) : -1;
            if (value < 0) return false;
            code = code * 16 + static_cast<std::uint32_t>(value);
        }
        return put(code);
    }

    bool put(std::uint32_t code) {
        if (!parts_.is_bytes) return append_character(*out_, code);
        out_->push_back(static_cast<char>(code & 0xffu));
        return true;
    }

    std::string_view body_;
    TextParts parts_;
    std::string* out_;
    std::size_t at_ = 0;
};

/// Digits with single underscores between them, which `plain` gets without; false for anything else.
bool take_digits(std::string_view text, std::string_view digits, std::string& plain) {
    bool after_digit = false;
    for (const char c : text) {
        if (c == '_') {
            if (!after_digit) return false;
            after_digit = false;
            continue;
        }
        if (digits.find(c) == std::string_view::npos) return false;
        plain.push_back(c);
        after_digit = true;
    }
    return after_digit;
}

constexpr std::string_view decimal = "0123456789";

std::optional<Datum> integer(std::string_view digits, int base, bool is_negative) {
    std::uint64_t magnitude = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), magnitude, base);
    if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
    constexpr auto largest = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    if (is_negative) {
        if (magnitude > largest + 1) return std::nullopt;
        return Datum{static_cast<std::int64_t>(std::uint64_t{0} - magnitude)};
    }
    if (magnitude > largest) return Datum{magnitude};
    return Datum{static_cast<std::int64_t>(magnitude)};
}

std::optional<Datum> real(std::string_view text, bool is_negative) {
    std::string plain;
    const auto mark = std::min(text.find_first_of("eE"), text.size());
    const auto mantissa = text.substr(0, mark);
    const auto point = std::min(mantissa.find('.'), mantissa.size());
    const auto whole = mantissa.substr(0, point);
    const auto fraction = mantissa.substr(std::min(point + 1, mantissa.size()));
    if (whole.empty() && fraction.empty()) return std::nullopt;
    if (!whole.empty() && !take_digits(whole, decimal, plain)) return std::nullopt;
    if (whole.empty()) plain += '0';
    if (!fraction.empty()) {
        plain += '.';
        if (!take_digits(fraction, decimal, plain)) return std::nullopt;
    }
    // The power of ten of the first digit that is not 0, to tell too large from too small.
    const auto first = whole.find_first_not_of("0_");
    auto power = first != std::string_view::npos ? static_cast<std::int64_t>(whole.size() - first) : 0;
    if (first == std::string_view::npos) {
        power = -static_cast<std::int64_t>(std::min(fraction.find_first_not_of("0_"), fraction.size()));
    }
    if (mark < text.size()) {
        auto exponent = text.substr(mark + 1);
        const bool is_small = exponent.starts_with('-');
        plain += is_small ? "e-" : "e";
        if (is_small || exponent.starts_with('+')) exponent.remove_prefix(1);
        const auto start = plain.size();
        if (!take_digits(exponent, decimal, plain)) return std::nullopt;
        std::int64_t size = 0;
        for (const char c : plain.substr(start)) size = std::min<std::int64_t>(size * 10 + (c - '0'), 1 << 30);
        power += is_small ? -size : size;
    }
    double value = 0;
    const auto [end, error] = std::from_chars(plain.data(), plain.data() + plain.size(), value);
    if (error == std::errc::result_out_of_range) {
        value = power > 0 ? std::numeric_limits<double>::infinity() : 0;
    } else if (error != std::errc{} || end != plain.data() + plain.size()) {
        return std::nullopt;
    }
    return Datum{is_negative ? -value : value};
}

std::optional<Datum> number(std::string_view text, bool is_negative) {
    std::string plain;
    if (text.size() > 2 && text[0] == '0' && !is_digit(text[1]) && text[1] != '_' && text[1] != '.') {
        const char base = text[1];
        auto digits = text.substr(2);
        if (digits.starts_with('_')) digits.remove_prefix(1);
        if ((base == 'x' || base == 'X') && take_digits(digits, "0123456789abcdefABCDEF", plain))
            return integer(plain, 16, is_negative);
        if ((base == 'o' || base == 'O') && take_digits(digits, "01234567", plain))
            return integer(plain, 8, is_negative);
        if ((base == 'b' || base == 'B') && take_digits(digits, "01", plain)) return integer(plain, 2, is_negative);
        plain.clear();
    }
    if (text.find_first_of(".eE") != std::string_view::npos) return real(text, is_negative);
    if (!take_digits(text, decimal, plain)) return std::nullopt;
    const bool has_leading_zero = plain.size() > 1 && plain[0] == '0';
    if (has_leading_zero && plain.find_first_not_of('0') != std::string::npos) return std::nullopt;
    return integer(plain, 10, is_negative);
}

/// What Python compares and hashes; a tuple is a list to a Datum, but may be in a set.
struct Literal {
    Datum datum;
    bool is_hashable = true;
};

/// A mapping whose later members replace earlier ones in place, as in Python.
class Members {
public:
    void put(std::string name, Datum value) {
        const auto [place, is_new] = places_.emplace(std::move(name), members_.size());
        if (is_new) {
            members_.push_back({place->first, std::move(value)});
        } else {
            members_[place->second].value = std::move(value);
        }
    }
    [[nodiscard]] Datum::Mapping take() { return std::move(members_); }

private:
    Datum::Mapping members_;
    std::unordered_map<std::string, std::size_t> places_;
};

/// Reads one expression. Whatever is not a literal ends it: `std::nullopt` all the way up.
class LiteralReader {
public:
    LiteralReader(std::span<const PythonToken> tokens, LiteralBudget& budget) : tokens_{tokens}, budget_{&budget} {}

    std::optional<Datum> read() {
        auto first = value();
        if (!first) return std::nullopt;
        if (at_end()) return std::move(first->datum);
        auto tuple = rest_of_tuple(std::move(*first), "");
        if (!tuple || !at_end()) return std::nullopt;
        return std::move(tuple->datum);
    }

private:
    [[nodiscard]] bool at_end() const noexcept { return at_ == tokens_.size(); }
    [[nodiscard]] bool is_kind(PythonTokenKind kind) const noexcept { return !at_end() && tokens_[at_].kind == kind; }
    [[nodiscard]] bool is_mark(std::string_view mark) const noexcept {
        return is_kind(PythonTokenKind::mark) && tokens_[at_].text == mark;
    }
    bool take_mark(std::string_view mark) noexcept {
        if (!is_mark(mark)) return false;
        ++at_;
        return true;
    }

    std::optional<Literal> value() {
        if (budget_->values == 0) throw Error{mlo::errors::document_too_large, "more values than are allowed"};
        --budget_->values;
        if (at_end()) return std::nullopt;
        if (is_kind(PythonTokenKind::text)) return text();
        if (is_kind(PythonTokenKind::number)) return signed_number();
        if (is_kind(PythonTokenKind::name)) return name();
        if (is_mark("-") || is_mark("+")) return signed_number();
        if (depth_ == budget_->depth) {
            throw Error{mlo::errors::document_too_large,
                        fmt::format("nested more than {} levels deep", budget_->depth)};
        }
        ++depth_;
        auto inner = bracketed();
        --depth_;
        return inner;
    }

    std::optional<Literal> bracketed() {
        if (take_mark("(")) return parenthesized();
        if (take_mark("[")) return list();
        if (take_mark("{")) return braced();
        return std::nullopt;
    }

    std::optional<Literal> name() {
        const auto word = tokens_[at_++].text;
        if (word == "True" || word == "False") return Literal{{word == "True"}};
        if (word == "None") return Literal{};
        if (word == "set" && take_mark("(") && take_mark(")")) return Literal{{Datum::List{}}, false};
        return std::nullopt;
    }

    /// A sign stands before a number alone, which may be in parentheses.
    std::optional<Literal> signed_number() {
        const bool is_negative = is_mark("-");
        std::size_t parentheses = 0;
        if (is_negative || is_mark("+")) {
            ++at_;
            for (; take_mark("("); ++parentheses) {
            }
        }
        if (!is_kind(PythonTokenKind::number)) return std::nullopt;
        auto datum = number(tokens_[at_++].text, is_negative);
        for (; parentheses > 0; --parentheses) {
            if (!take_mark(")")) return std::nullopt;
        }
        if (!datum) return std::nullopt;
        return Literal{std::move(*datum)};
    }

    std::optional<Literal> text() {
        std::string whole;
        const bool is_bytes = parts_of(tokens_[at_].text).is_bytes;
        for (; is_kind(PythonTokenKind::text); ++at_) {
            const auto parts = parts_of(tokens_[at_].text);
            if (parts.is_formatted || parts.is_bytes != is_bytes || !Unescaper{parts, whole}.run()) return std::nullopt;
        }
        if (!is_valid_utf8(whole)) return std::nullopt;
        return Literal{{std::move(whole)}};
    }

    std::optional<Literal> parenthesized() {
        if (take_mark(")")) return Literal{{Datum::List{}}};
        auto first = value();
        if (!first || take_mark(")")) return first;
        return rest_of_tuple(std::move(*first), ")");
    }

    /// After its first element; `end` is "" at the end of all.
    std::optional<Literal> rest_of_tuple(Literal first, std::string_view end) {
        const auto ended = [&] { return end.empty() ? at_end() : take_mark(end); };
        bool is_hashable = first.is_hashable;
        Datum::List elements;
        elements.push_back(std::move(first.datum));
        while (!ended()) {
            if (!take_mark(",")) return std::nullopt;
            if (ended()) break;
            auto next = value();
            if (!next) return std::nullopt;
            is_hashable = is_hashable && next->is_hashable;
            elements.push_back(std::move(next->datum));
        }
        return Literal{{std::move(elements)}, is_hashable};
    }

    std::optional<Literal> list() {
        Datum::List elements;
        while (!take_mark("]")) {
            if (!elements.empty() && !take_mark(",")) return std::nullopt;
            if (!elements.empty() && take_mark("]")) break;
            auto next = value();
            if (!next) return std::nullopt;
            elements.push_back(std::move(next->datum));
        }
        return Literal{{std::move(elements)}, false};
    }

    std::optional<Literal> braced() {
        if (take_mark("}")) return Literal{{Datum::Mapping{}}, false};
        auto first = value();
        if (!first || !first->is_hashable) return std::nullopt;
        if (take_mark(":")) return mapping(std::move(first->datum));
        auto elements = rest_of_tuple(std::move(*first), "}");
        if (!elements || !elements->is_hashable) return std::nullopt;
        auto& list = std::get<Datum::List>(elements->datum.content);
        const auto before = [](const auto& a, const auto& b) { return a.first < b.first; };
        std::vector<std::pair<std::string, Datum>> sorted;
        sorted.reserve(list.size());
        for (auto& element : list) {
            auto spelled = canonical(element);
            sorted.emplace_back(std::move(spelled), std::move(element));
        }
        std::sort(sorted.begin(), sorted.end(), before);
        list.clear();
        for (std::size_t i = 0; i < sorted.size(); ++i) {
            if (i == 0 || sorted[i].first != sorted[i - 1].first) list.push_back(std::move(sorted[i].second));
        }
        elements->is_hashable = false;
        return elements;
    }

    /// After its first key and colon.
    std::optional<Literal> mapping(Datum key) {
        Members members;
        while (true) {
            auto next = value();
            if (!next || key.is_composite()) return std::nullopt;
            members.put(key_text(key), std::move(next->datum));
            if (take_mark("}")) break;
            if (!take_mark(",")) return std::nullopt;
            if (take_mark("}")) break;
            auto next_key = value();
            if (!next_key || !take_mark(":")) return std::nullopt;
            key = std::move(next_key->datum);
        }
        return Literal{{members.take()}, false};
    }

    /// As YAML spells it, where keys are texts too.
    static std::string key_text(const Datum& key) { return key.is_null() ? "null" : text_of(key); }

    std::span<const PythonToken> tokens_;
    LiteralBudget* budget_;
    std::size_t at_ = 0;
    std::uint32_t depth_ = 0;
};

}  // namespace

std::optional<Datum> python_literal(std::span<const PythonToken> expression, LiteralBudget& budget) {
    return LiteralReader{expression, budget}.read();
}

}  // namespace mlo::pipeline
