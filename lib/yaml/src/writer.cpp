// SPDX-License-Identifier: Apache-2.0
#include <mlo/yaml/writer.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <mlo/util/error.hpp>
#include <mlo/util/text.hpp>

namespace mlo::yaml {
namespace {

// YAML ends an implicit key after this many characters.
constexpr std::size_t longest_implicit_key_bytes = 1000;

bool is_letter(char c) noexcept { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

/// Words that some YAML version reads as a boolean or null.
bool is_reserved(std::string_view text) {
    constexpr std::array<std::string_view, 10> words{"null", "true", "false", "yes", "no",
                                                     "on",   "off",  "y",     "n",   "nan"};
    std::string lower{text};
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return std::find(words.begin(), words.end(), lower) != words.end();
}

/// True only of what no version of YAML reads as anything but this text: a letter, '/' or '_' first, then harmless
/// ASCII.
bool is_safe_plain(std::string_view text) {
    if (text.empty() || !(is_letter(text.front()) || text.front() == '/' || text.front() == '_')) return false;
    if (text.back() == ' ' || text.back() == ':') return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (is_letter(c) || is_digit(c) || std::string_view{"_-./+@=~%"}.find(c) != std::string_view::npos) continue;
        if (c == ':' && text[i + 1] != ' ') continue;
        if (c == ' ' && text[i + 1] != ' ') continue;
        return false;
    }
    return !is_reserved(text);
}

std::string in_double_quotes(std::string_view utf8) {
    std::string out = "\"";
    for (std::size_t i = 0; i < utf8.size(); ++i) {
        const auto byte = static_cast<unsigned char>(utf8[i]);
        const auto next = i + 1 < utf8.size() ? static_cast<unsigned char>(utf8[i + 1]) : 0u;
        const auto after = i + 2 < utf8.size() ? static_cast<unsigned char>(utf8[i + 2]) : 0u;
        if (byte == '"' || byte == '\\') {
            out.push_back('\\');
            out.push_back(utf8[i]);
        } else if (byte == '\n') {
            out += "\\n";
        } else if (byte == '\t') {
            out += "\\t";
        } else if (byte < 0x20 || byte == 0x7f) {
            fmt::format_to(std::back_inserter(out), "\\x{:02x}", byte);
        } else if (byte == 0xc2 && next < 0xa0) {
            fmt::format_to(std::back_inserter(out), "\\x{:02x}", next);  // C1 controls, among them the line break NEL
            i += 1;
        } else if (byte == 0xe2 && next == 0x80 && (after == 0xa8 || after == 0xa9)) {
            out += after == 0xa8 ? "\\u2028" : "\\u2029";  // line breaks to YAML 1.1
            i += 2;
        } else if (byte == 0xef && ((next == 0xbb && after == 0xbf) || (next == 0xbf && after >= 0xbe))) {
            fmt::format_to(std::back_inserter(out), "\\u{:04x}", next == 0xbb ? 0xfeffu : 0xff40u + after);
            i += 2;
        } else {
            out.push_back(utf8[i]);
        }
    }
    out.push_back('"');
    return out;
}

}  // namespace

std::string scalar_text(std::string_view utf8) {
    MLO_ASSERT(is_valid_utf8(utf8));
    return is_safe_plain(utf8) ? std::string{utf8} : in_double_quotes(utf8);
}

std::string scalar_text(double value) {
    if (std::isnan(value)) return ".nan";
    if (std::isinf(value)) return value < 0 ? "-.inf" : ".inf";
    std::array<char, 32> buffer{};
    const auto result = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
    std::string text{buffer.data(), result.ptr};
    // YAML 1.1 wants a point in every number, and a sign in every exponent, which to_chars writes.
    const auto e = text.find('e');
    if (text.find('.') == std::string::npos) text.insert(std::min(e, text.size()), ".0");
    return text;
}

Writer& Writer::begin_mapping() {
    begin(Scope::mapping);
    return *this;
}
Writer& Writer::end_mapping() {
    end(Scope::mapping, "{}");
    return *this;
}
Writer& Writer::begin_list() {
    begin(Scope::list);
    return *this;
}
Writer& Writer::end_list() {
    end(Scope::list, "[]");
    return *this;
}

// A list's element starts with its dash; what follows decides between the same line (scalar, first key) and the next.
void Writer::start_entry() {
    if (levels_.empty()) return;
    auto& level = levels_.back();
    if (level.scope == Scope::list) {
        start_line();
        *out_ += "-";
        after_dash_ = true;
    } else {
        MLO_ASSERT(level.after_key);
        level.after_key = false;
    }
}

void Writer::begin(Scope scope) {
    start_entry();
    const auto indent = levels_.empty() ? 0u : levels_.back().indent + 2;
    levels_.push_back({scope, indent});
}

void Writer::start_line() {
    auto& level = levels_.back();
    const bool first = level.count++ == 0;
    if (first && after_dash_) {
        out_->push_back(' ');
        after_dash_ = false;
        return;
    }
    if (first && levels_.size() > 1) out_->push_back('\n');
    out_->append(level.indent, ' ');
}

void Writer::end(Scope scope, std::string_view empty) {
    MLO_ASSERT(!levels_.empty() && levels_.back().scope == scope && !levels_.back().after_key);
    const bool was_empty = levels_.back().count == 0;
    levels_.pop_back();
    if (was_empty) scalar(empty);
}

void Writer::scalar(std::string_view text) {
    if (!levels_.empty()) out_->push_back(' ');
    after_dash_ = false;
    *out_ += text;
    out_->push_back('\n');
}

Writer& Writer::key(std::string_view name) {
    MLO_ASSERT(!levels_.empty() && levels_.back().scope == Scope::mapping && !levels_.back().after_key);
    start_line();
    const auto text = scalar_text(name);
    if (text.size() <= longest_implicit_key_bytes) {
        *out_ += text + ":";
    } else {
        *out_ += "? " + text + "\n";
        out_->append(levels_.back().indent, ' ');
        *out_ += ":";
    }
    levels_.back().after_key = true;
    return *this;
}

Writer& Writer::null() {
    start_entry();
    scalar("null");
    return *this;
}
Writer& Writer::boolean(bool value) {
    start_entry();
    scalar(value ? "true" : "false");
    return *this;
}
Writer& Writer::integer(std::int64_t value) {
    start_entry();
    scalar(fmt::to_string(value));
    return *this;
}
Writer& Writer::unsigned_integer(std::uint64_t value) {
    start_entry();
    scalar(fmt::to_string(value));
    return *this;
}
Writer& Writer::real(double value) {
    start_entry();
    scalar(scalar_text(value));
    return *this;
}
Writer& Writer::string(std::string_view utf8) {
    start_entry();
    scalar(scalar_text(utf8));
    return *this;
}

}  // namespace mlo::yaml
