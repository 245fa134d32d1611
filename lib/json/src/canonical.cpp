// SPDX-License-Identifier: Apache-2.0
#include <mlo/json/canonical.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <mlo/json/writer.hpp>
#include <mlo/util/bytes.hpp>
#include <mlo/util/error.hpp>
#include <mlo/util/text.hpp>
#include <utility>

#include "special.hpp"

namespace mlo::json {
namespace {

// UTF-16 order differs from byte order only in that surrogates (U+10000 and up, bytes F0..F4) sort before
// U+E000..U+FFFF (EE, EF). Where two UTF-8 strings first differ, they differ in the same byte of a character or in its
// lead byte, so mapping that byte is enough.
bool utf16_less(std::string_view a, std::string_view b) {
    const auto [x, y] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
    if (x == a.end() || y == b.end()) return x == a.end() && y != b.end();
    const auto rank = [](char byte) {
        const auto value = static_cast<unsigned char>(byte);
        return value == 0xee || value == 0xef ? value + 0x100 : value + 0;
    };
    return rank(*x) < rank(*y);
}

}  // namespace

void CanonicalWriter::add(std::string_view text) {
    if (levels_.empty()) {
        MLO_ASSERT(text_.empty());
        text_ = text;
        return;
    }
    auto& level = levels_.back();
    if (level.is_object) {
        MLO_ASSERT(level.has_key);
        level.has_key = false;
        level.members.back().value = text;
    } else {
        if (!level.elements.empty()) level.elements.push_back(',');
        level.elements += text;
    }
}

CanonicalWriter& CanonicalWriter::begin_object() {
    levels_.emplace_back().is_object = true;
    return *this;
}

CanonicalWriter& CanonicalWriter::begin_array() {
    levels_.emplace_back();
    return *this;
}

CanonicalWriter& CanonicalWriter::key(std::string_view name) {
    MLO_ASSERT(!levels_.empty() && levels_.back().is_object && !levels_.back().has_key);
    MLO_ASSERT(is_valid_utf8(name));
    auto& level = levels_.back();
    level.has_key = true;
    level.members.push_back({(name.starts_with('$') ? "$" : "") + std::string{name}, {}});
    return *this;
}

CanonicalWriter& CanonicalWriter::end_object() {
    MLO_ASSERT(!levels_.empty() && levels_.back().is_object && !levels_.back().has_key);
    auto members = std::move(levels_.back().members);
    levels_.pop_back();
    std::sort(members.begin(), members.end(),
              [](const MemberText& a, const MemberText& b) { return utf16_less(a.key, b.key); });
    const auto same_key = [](const MemberText& a, const MemberText& b) { return a.key == b.key; };
    MLO_ASSERT(std::adjacent_find(members.begin(), members.end(), same_key) == members.end());
    std::string text = "{";
    for (const auto& member : members) {
        if (text.size() > 1) text.push_back(',');
        append_quoted(text, member.key);
        text.push_back(':');
        text += member.value;
    }
    text.push_back('}');
    add(text);
    return *this;
}

CanonicalWriter& CanonicalWriter::end_array() {
    MLO_ASSERT(!levels_.empty() && !levels_.back().is_object);
    const auto elements = std::move(levels_.back().elements);
    levels_.pop_back();
    add("[" + elements + "]");
    return *this;
}

CanonicalWriter& CanonicalWriter::null() {
    add("null");
    return *this;
}

CanonicalWriter& CanonicalWriter::boolean(bool value) {
    add(value ? "true" : "false");
    return *this;
}

CanonicalWriter& CanonicalWriter::integer(std::int64_t value) {
    add(fmt::to_string(value));
    return *this;
}

CanonicalWriter& CanonicalWriter::unsigned_integer(std::uint64_t value) {
    add(fmt::to_string(value));
    return *this;
}

CanonicalWriter& CanonicalWriter::real(double value) {
    std::string text;
    if (std::isfinite(value)) {
        append_real(text, value);
    } else {
        text = fmt::format(R"({{"{}":"{}"}})", real_marker, name_of_special(value));
    }
    add(text);
    return *this;
}

CanonicalWriter& CanonicalWriter::string(std::string_view utf8) {
    std::string text;
    append_quoted(text, utf8);
    add(text);
    return *this;
}

CanonicalWriter& CanonicalWriter::bytes(std::span<const std::byte> bytes) {
    if (is_valid_utf8(as_text(bytes))) return string(as_text(bytes));
    add(fmt::format(R"({{"{}":"{}"}})", bytes_marker, base64_encode(bytes)));
    return *this;
}

// Recurses at most as deep as DocumentLimits::depth.
CanonicalWriter& CanonicalWriter::value(const Value& value) {
    switch (value.kind()) {
        case ValueKind::null:
            return null();
        case ValueKind::boolean:
            return boolean(value.as_boolean());
        case ValueKind::integer:
            return integer(value.as_integer());
        case ValueKind::unsigned_integer:
            return unsigned_integer(value.as_unsigned());
        case ValueKind::real:
            return real(value.as_real());
        case ValueKind::string:
            return string(value.as_string());
        case ValueKind::list:
            begin_array();
            for (const auto& item : value.items()) this->value(item);
            return end_array();
        case ValueKind::mapping:
            break;
    }
    begin_object();
    for (const auto& member : value.members()) key(member.name()).value(member.value);
    return end_object();
}

std::string CanonicalWriter::take() {
    MLO_ASSERT(levels_.empty() && !text_.empty());
    return std::exchange(text_, {});
}

std::string canonical(const Value& value) { return CanonicalWriter{}.value(value).take(); }

std::string_view canonical_key(const Member& member) {
    const auto name = member.name();
    return name.starts_with('$') ? name.substr(1) : name;
}

namespace {

std::optional<std::string_view> marked(const Value& value, std::string_view marker) {
    if (!value.is(ValueKind::mapping) || value.size() != 1) return std::nullopt;
    const auto content = value.find(marker);
    if (!content || !content->is(ValueKind::string)) return std::nullopt;
    return content->as_string();
}

}  // namespace

double canonical_real(const Value& value) {
    if (const auto name = marked(value, real_marker)) {
        if (*name == "nan") return std::numeric_limits<double>::quiet_NaN();
        if (*name == "inf") return std::numeric_limits<double>::infinity();
        if (*name == "-inf") return -std::numeric_limits<double>::infinity();
    }
    if (value.is(ValueKind::mapping)) value.fail_type("a number");
    return value.as_real();
}

std::string canonical_bytes(const Value& value) {
    if (const auto text = marked(value, bytes_marker)) {
        if (auto bytes = base64_decode(*text)) return std::move(*bytes);
    }
    return std::string{value.as_string()};
}

}  // namespace mlo::json
