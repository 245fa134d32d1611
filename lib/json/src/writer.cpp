// SPDX-License-Identifier: Apache-2.0
#include <mlo/json/writer.hpp>

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <mlo/util/bytes.hpp>
#include <mlo/util/error.hpp>
#include <mlo/util/text.hpp>

#include "special.hpp"

namespace mlo::json {

Writer& Writer::begin(char bracket, Scope scope) {
    before_value();
    out_->push_back(bracket);
    scopes_.push_back({scope});
    return *this;
}

Writer& Writer::end(char bracket, Scope scope) {
    MLO_ASSERT(!scopes_.empty() && scopes_.back().scope == scope && !scopes_.back().after_key);
    const bool was_empty = scopes_.back().count == 0;
    scopes_.pop_back();
    if (!was_empty) new_line();
    out_->push_back(bracket);
    after_value();
    return *this;
}

Writer& Writer::key(std::string_view name) {
    MLO_ASSERT(!scopes_.empty() && scopes_.back().scope == Scope::object && !scopes_.back().after_key);
    separate();
    append_quoted(*out_, name);
    *out_ += layout_ == Layout::pretty ? ": " : ":";
    scopes_.back().after_key = true;
    return *this;
}

void Writer::separate() {
    if (scopes_.back().count++ != 0) out_->push_back(',');
    new_line();
}

void Writer::new_line() {
    if (layout_ == Layout::compact) return;
    out_->push_back('\n');
    out_->append(2 * scopes_.size(), ' ');
}

void Writer::before_value() {
    if (scopes_.empty()) {
        MLO_ASSERT(!wrote_value_);
    } else if (scopes_.back().scope == Scope::array) {
        separate();
    } else {
        MLO_ASSERT(scopes_.back().after_key);
        scopes_.back().after_key = false;
    }
}

void Writer::after_value() noexcept { wrote_value_ = true; }

Writer& Writer::null() {
    before_value();
    *out_ += "null";
    after_value();
    return *this;
}

Writer& Writer::boolean(bool value) {
    before_value();
    *out_ += value ? "true" : "false";
    after_value();
    return *this;
}

Writer& Writer::integer(std::int64_t value) {
    before_value();
    fmt::format_to(std::back_inserter(*out_), "{}", value);
    after_value();
    return *this;
}

Writer& Writer::unsigned_integer(std::uint64_t value) {
    before_value();
    fmt::format_to(std::back_inserter(*out_), "{}", value);
    after_value();
    return *this;
}

Writer& Writer::real(double value) {
    if (!std::isfinite(value)) return begin_object().key(real_marker).string(name_of_special(value)).end_object();
    before_value();
    append_real(*out_, value);
    after_value();
    return *this;
}

Writer& Writer::string(std::string_view utf8) {
    before_value();
    append_quoted(*out_, utf8);
    after_value();
    return *this;
}

void write_path(Writer& writer, std::string_view key, std::string_view bytes) {
    if (is_valid_utf8(bytes)) {
        writer.key(key).string(bytes);
    } else {
        writer.key(std::string{key} + "_bytes").string(base64_encode(as_bytes(bytes)));
    }
}

void append_quoted(std::string& out, std::string_view utf8) {
    MLO_ASSERT(is_valid_utf8(utf8));
    out.push_back('"');
    for (const char c : utf8) {
        switch (c) {
            case '"':
                out += "\\\"";
                break;
            case '\\':
                out += "\\\\";
                break;
            case '\b':
                out += "\\b";
                break;
            case '\t':
                out += "\\t";
                break;
            case '\n':
                out += "\\n";
                break;
            case '\f':
                out += "\\f";
                break;
            case '\r':
                out += "\\r";
                break;
            default:
                if (static_cast<unsigned char>(c) < 0x20) {
                    fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned>(c));
                } else {
                    out.push_back(c);
                }
        }
    }
    out.push_back('"');
}

void append_real(std::string& out, double value) {
    MLO_ASSERT(std::isfinite(value));
    if (value == 0) {
        out += "0.0";
        return;
    }
    if (value < 0) {
        out.push_back('-');
        value = -value;
    }
    // ECMA-262, Number::toString: digits d1..dk and n with value = 0.d1..dk * 10^n.
    std::array<char, 32> buffer{};
    const auto result =
        std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::scientific);
    const std::string_view scientific{buffer.data(), static_cast<std::size_t>(result.ptr - buffer.data())};
    const auto e = scientific.find('e');
    std::string digits{scientific.substr(0, 1)};
    if (e > 2) digits += scientific.substr(2, e - 2);
    int exponent = 0;
    const auto exponent_text = scientific.substr(scientific[e + 1] == '+' ? e + 2 : e + 1);
    std::from_chars(exponent_text.data(), exponent_text.data() + exponent_text.size(), exponent);
    const int k = static_cast<int>(digits.size());
    const int n = exponent + 1;
    if (k <= n && n <= 21) {
        out += digits;
        out.append(static_cast<std::size_t>(n - k), '0');
        out += ".0";
    } else if (0 < n && n <= 21) {
        out += digits.substr(0, static_cast<std::size_t>(n));
        out.push_back('.');
        out += digits.substr(static_cast<std::size_t>(n));
    } else if (-6 < n && n <= 0) {
        out += "0.";
        out.append(static_cast<std::size_t>(-n), '0');
        out += digits;
    } else {
        out += digits.substr(0, 1);
        if (k > 1) out += "." + digits.substr(1);
        fmt::format_to(std::back_inserter(out), "e{:+}", n - 1);
    }
}

}  // namespace mlo::json
