// SPDX-License-Identifier: Apache-2.0
#include "schema.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <string>
#include <system_error>
#include <utility>

namespace mlo::yaml {
namespace {

constexpr std::string_view decimal_digits = "0123456789";

bool is_one_of(std::string_view text, std::string_view a, std::string_view b, std::string_view c) noexcept {
    return text == a || text == b || text == c;
}

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

std::string without_underscores(std::string_view text) {
    std::string plain{text};
    plain.erase(std::remove(plain.begin(), plain.end(), '_'), plain.end());
    return plain;
}

/// Takes the longest prefix of characters in `set` off `text`; returns its length.
std::size_t skip(std::string_view& text, std::string_view set) noexcept {
    const auto length = std::min(text.find_first_not_of(set), text.size());
    text.remove_prefix(length);
    return length;
}

enum class Sign { plus, minus };

Resolved integer(std::string_view digits, int base, Sign sign) noexcept {
    std::uint64_t magnitude = 0;
    const auto result = std::from_chars(digits.data(), digits.data() + digits.size(), magnitude, base);
    if (result.ec != std::errc{}) return OutOfRange{};
    constexpr auto largest = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    if (sign == Sign::minus) {
        if (magnitude > largest + 1) return OutOfRange{};
        return static_cast<std::int64_t>(std::uint64_t{0} - magnitude);
    }
    if (magnitude > largest) return magnitude;
    return static_cast<std::int64_t>(magnitude);
}

// [-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?
bool is_number(std::string_view text) noexcept {
    const auto whole = skip(text, decimal_digits);
    if (text.starts_with('.')) {
        text.remove_prefix(1);
        if (skip(text, decimal_digits) + whole == 0) return false;
    } else if (whole == 0) {
        return false;
    }
    if (text.empty()) return true;
    if (text.front() != 'e' && text.front() != 'E') return false;
    text.remove_prefix(1);
    if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
    return skip(text, decimal_digits) > 0 && text.empty();
}

Resolved number(std::string_view unsigned_text, Sign sign) noexcept {
    double value = 0;
    const auto end = unsigned_text.data() + unsigned_text.size();
    const auto result = std::from_chars(unsigned_text.data(), end, value);
    if (result.ec != std::errc{} || result.ptr != end) return OutOfRange{};
    return sign == Sign::minus ? -value : value;
}

}  // namespace

Resolved resolve_plain(std::string_view text) noexcept {
    if (text.empty() || text == "~" || is_one_of(text, "null", "Null", "NULL")) return std::monostate{};
    if (is_one_of(text, "true", "True", "TRUE")) return true;
    if (is_one_of(text, "false", "False", "FALSE")) return false;
    if (is_one_of(text, ".nan", ".NaN", ".NAN")) return std::numeric_limits<double>::quiet_NaN();
    const auto tail = text.substr(std::min<std::size_t>(2, text.size()));
    if (text.starts_with("0o") && !tail.empty() && tail.find_first_not_of("01234567") == std::string_view::npos) {
        return integer(tail, 8, Sign::plus);
    }
    if (text.starts_with("0x") && !tail.empty() &&
        tail.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos) {
        return integer(tail, 16, Sign::plus);
    }
    const auto sign = text.starts_with('-') ? Sign::minus : Sign::plus;
    const auto magnitude = text.substr(text.starts_with('-') || text.starts_with('+') ? 1 : 0);
    if (is_one_of(magnitude, ".inf", ".Inf", ".INF")) {
        constexpr auto infinity = std::numeric_limits<double>::infinity();
        return sign == Sign::minus ? -infinity : infinity;
    }
    if (!magnitude.empty() && magnitude.find_first_not_of(decimal_digits) == std::string_view::npos) {
        return integer(magnitude, 10, sign);
    }
    if (is_number(magnitude)) return number(magnitude, sign);
    return text;
}

// What ruamel.yaml matches, if it starts with a digit, a sign or a point:
// [-+]?0b[0-1_]+ | [-+]?0o?[0-7_]+ | [-+]?[0-9_]+ | [-+]?0x[0-9a-fA-F_]+ and
// [-+]?[0-9][0-9_]*\.[0-9_]*([eE][-+]?[0-9]+)? | [-+]?[0-9][0-9_]*[eE][-+]?[0-9]+ | [-+]?\.[0-9_]+([eE][-+][0-9]+)?
Resolved resolve_plain_for_dvc(std::string_view text) {
    const bool has_sign = text.starts_with('-') || text.starts_with('+');
    const auto magnitude = text.substr(has_sign ? 1 : 0);
    const char first = magnitude.empty() ? ' ' : magnitude.front();
    if (first != '.' && !is_digit(first) && !(has_sign && first == '_')) return resolve_plain(text);
    constexpr std::pair<std::string_view, int> bases[] = {{"0b", 2}, {"0o", 8}, {"0x", 16}};
    for (const auto& [prefix, base] : bases) {
        if (!magnitude.starts_with(prefix)) continue;
        const auto digits = without_underscores(magnitude.substr(prefix.size()));
        constexpr std::string_view hexadecimal = "0123456789abcdefABCDEF";
        const auto allowed = base == 16 ? hexadecimal : hexadecimal.substr(0, static_cast<std::size_t>(base));
        if (digits.empty() || digits.find_first_not_of(allowed) != std::string::npos) return text;
        return integer(digits, base, text.starts_with('-') ? Sign::minus : Sign::plus);
    }
    const auto exponent = std::min(magnitude.find_first_of("eE"), magnitude.size());
    if (magnitude.find('_') == std::string_view::npos) {
        // Without digits before the point, an exponent needs its sign.
        const bool needs_sign = first == '.' && exponent + 1 < magnitude.size();
        return needs_sign && is_digit(magnitude[exponent + 1]) ? Resolved{text} : resolve_plain(text);
    }
    const bool is_number = magnitude.find_first_not_of("0123456789_.eE+-") == std::string_view::npos;
    if (!is_number || magnitude.find('_', exponent) != std::string_view::npos) return text;
    const auto resolved = resolve_plain_for_dvc(without_underscores(text));
    return std::holds_alternative<std::string_view>(resolved) ? Resolved{text} : resolved;
}

}  // namespace mlo::yaml
