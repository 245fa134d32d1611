// SPDX-License-Identifier: Apache-2.0
#include <mlo/util/document.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <mlo/util/errors.hpp>
#include <mlo/util/text.hpp>

#include "document_data.hpp"

namespace mlo {

std::string_view name_of(ValueKind kind) noexcept {
    switch (kind) {
        case ValueKind::null:
            return "null";
        case ValueKind::boolean:
            return "a boolean";
        case ValueKind::integer:
        case ValueKind::unsigned_integer:
            return "an integer";
        case ValueKind::real:
            return "a number";
        case ValueKind::string:
            return "a string";
        case ValueKind::list:
            return "a list";
        case ValueKind::mapping:
            break;
    }
    return "a mapping";
}

std::string format_place(std::string_view file, TextPlace place) {
    return fmt::format("{}:{}:{}", file, place.line, place.column);
}

const std::string& Document::file() const noexcept { return data_->file; }

ValueKind Value::kind() const noexcept { return data_->nodes[index_].kind; }
TextPlace Value::text_place() const noexcept { return data_->nodes[index_].place; }
std::string Value::place() const { return format_place(data_->file, text_place()); }

std::string Value::path() const {
    const auto& nodes = data_->nodes;
    std::string path;
    for (std::uint32_t at = 0; at != index_;) {
        const bool in_mapping = nodes[at].kind == ValueKind::mapping;
        std::uint32_t child = at + 1;
        std::uint32_t position = 0;
        std::string_view name;
        if (in_mapping) name = data_->string_at(child);
        while (nodes[child].end <= index_) {
            child = nodes[child].end;
            ++position;
            if (in_mapping && position % 2 == 0) name = data_->string_at(child);
        }
        if (in_mapping) {
            if (!path.empty()) path += '.';
            path += name;
        } else {
            path += fmt::format("[{}]", position);
        }
        at = child;
    }
    return path.empty() ? "the document" : path;
}

void Value::fail_type(std::string_view expected) const {
    throw Error{errors::document_wrong_type,
                fmt::format("{} must be {}, not {}", index_ == 0 ? path() : quoted(path()), expected, name_of(kind()))}
        .at(place());
}

void Value::require(ValueKind kind) const {
    if (!is(kind)) fail_type(name_of(kind));
}

bool Value::as_boolean() const {
    require(ValueKind::boolean);
    return data_->nodes[index_].payload != 0;
}

std::int64_t Value::as_integer() const {
    if (is(ValueKind::unsigned_integer)) fail_type("an integer below 2^63");
    require(ValueKind::integer);
    return std::bit_cast<std::int64_t>(data_->nodes[index_].payload);
}

std::uint64_t Value::as_unsigned() const {
    if (is(ValueKind::unsigned_integer)) return data_->nodes[index_].payload;
    const auto value = as_integer();
    if (value < 0) {
        throw Error{errors::document_wrong_type, fmt::format("{} must not be negative", quoted(path()))}.at(place());
    }
    return static_cast<std::uint64_t>(value);
}

double Value::as_real() const {
    const auto payload = data_->nodes[index_].payload;
    if (is(ValueKind::integer)) return static_cast<double>(std::bit_cast<std::int64_t>(payload));
    if (is(ValueKind::unsigned_integer)) return static_cast<double>(payload);
    require(ValueKind::real);
    return std::bit_cast<double>(payload);
}

std::string_view Value::as_string() const {
    require(ValueKind::string);
    return data_->string_at(index_);
}

std::size_t Value::size() const {
    if (!is(ValueKind::list)) require(ValueKind::mapping);
    return data_->nodes[index_].low();
}

std::vector<Value> Value::items() const {
    require(ValueKind::list);
    const auto& nodes = data_->nodes;
    std::vector<Value> items;
    items.reserve(size());
    for (auto child = index_ + 1; child != nodes[index_].end; child = nodes[child].end)
        items.push_back(data_->value(child));
    return items;
}

std::vector<Member> Value::members() const {
    require(ValueKind::mapping);
    const auto& nodes = data_->nodes;
    std::vector<Member> members;
    members.reserve(size());
    for (auto key = index_ + 1; key != nodes[index_].end; key = nodes[key + 1].end) {
        members.push_back({data_->value(key), data_->value(key + 1)});
    }
    return members;
}

std::optional<Value> Value::find(std::string_view key) const {
    require(ValueKind::mapping);
    const auto& nodes = data_->nodes;
    const auto& mapping = nodes[index_];
    if (mapping.high() == no_sorted_keys) {
        for (auto at = index_ + 1; at != mapping.end; at = nodes[at + 1].end) {
            if (data_->string_at(at) == key) return data_->value(at + 1);
        }
        return std::nullopt;
    }
    const auto keys = std::span{data_->sorted_keys}.subspan(mapping.high(), mapping.low());
    const auto found = std::lower_bound(keys.begin(), keys.end(), key, [this](std::uint32_t at, std::string_view name) {
        return data_->string_at(at) < name;
    });
    if (found == keys.end() || data_->string_at(*found) != key) return std::nullopt;
    return data_->value(*found + 1);
}

Value Value::get(std::string_view key) const {
    if (const auto value = find(key)) return *value;
    throw Error{errors::document_key_missing,
                fmt::format("{} lacks the key {}", index_ == 0 ? path() : quoted(path()), quoted(key))}
        .at(place());
}

void Value::allow_only(std::span<const std::string_view> keys) const {
    for (const auto& member : members()) {
        if (std::find(keys.begin(), keys.end(), member.name()) != keys.end()) continue;
        Error error{errors::document_unknown_key, fmt::format("unknown key {}", quoted(member.name()))};
        error.at(member.key.place());
        const std::vector<std::string> candidates{keys.begin(), keys.end()};
        if (const auto guess = closest_match(member.name(), candidates)) {
            error.hint(fmt::format("did you mean {}?", quoted(*guess)));
        }
        throw error;
    }
}

namespace {

bool same_members(const Value& a, const Value& b) {
    const auto left = a.members();
    const auto right = b.members();
    return std::equal(left.begin(), left.end(), right.begin(), right.end(), [](const Member& x, const Member& y) {
        return x.name() == y.name() && same_content(x.value, y.value);
    });
}

bool same_number(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }

}  // namespace

// Recurses at most as deep as DocumentLimits::depth.
bool same_content(const Value& a, const Value& b) {
    if (a.kind() != b.kind()) return false;
    switch (a.kind()) {
        case ValueKind::null:
            return true;
        case ValueKind::boolean:
            return a.as_boolean() == b.as_boolean();
        case ValueKind::integer:
            return a.as_integer() == b.as_integer();
        case ValueKind::unsigned_integer:
            return a.as_unsigned() == b.as_unsigned();
        case ValueKind::real:
            return same_number(a.as_real(), b.as_real());
        case ValueKind::string:
            return a.as_string() == b.as_string();
        case ValueKind::list: {
            const auto left = a.items();
            const auto right = b.items();
            return std::equal(left.begin(), left.end(), right.begin(), right.end(), same_content);
        }
        case ValueKind::mapping:
            break;
    }
    return same_members(a, b);
}

}  // namespace mlo
