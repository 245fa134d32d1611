// SPDX-License-Identifier: Apache-2.0
#include <mlo/util/document_builder.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <mlo/util/errors.hpp>
#include <mlo/util/text.hpp>

#include "document_data.hpp"

namespace mlo {
namespace {

constexpr std::uint64_t largest_text_bytes = std::uint64_t{1} << 30;

bool starts_character(char byte) noexcept { return (static_cast<unsigned char>(byte) & 0xc0u) != 0x80u; }

}  // namespace

TextPlace PlaceCounter::at(std::size_t offset) noexcept {
    offset = std::min(offset, text_.size());
    if (offset < offset_) {
        const auto back = text_.substr(offset, offset_ - offset);
        if (back.find('\n') == std::string_view::npos) {
            place_.column -= static_cast<std::uint32_t>(std::count_if(back.begin(), back.end(), starts_character));
            offset_ = offset;
            return place_;
        }
        place_.line -= static_cast<std::uint32_t>(std::count(back.begin(), back.end(), '\n'));
        const auto line_break = offset == 0 ? std::string_view::npos : text_.rfind('\n', offset - 1);
        offset_ = line_break == std::string_view::npos ? 0 : line_break + 1;
        place_.column = 1;
    }
    for (; offset_ < offset; ++offset_) {
        if (text_[offset_] == '\n') {
            ++place_.line;
            place_.column = 1;
        } else if (starts_character(text_[offset_])) {
            ++place_.column;
        }
    }
    return place_;
}

void check_document_text(std::string_view text, std::string_view file, const DocumentLimits& limits) {
    MLO_ASSERT(limits.size_bytes <= largest_text_bytes);
    if (text.size() > limits.size_bytes) {
        throw Error{errors::document_too_large,
                    fmt::format("{} is larger than {}", quoted(file), format_bytes(limits.size_bytes))}
            .at(std::string{file});
    }
    if (is_valid_utf8(text)) return;
    std::size_t line = 1;
    while (true) {
        const auto length = std::min(text.find('\n'), text.size());
        if (!is_valid_utf8(text.substr(0, length))) break;
        text.remove_prefix(length + 1);
        ++line;
    }
    throw Error{errors::document_not_utf8, fmt::format("{} is not UTF-8 text", quoted(file))}.at(
        fmt::format("{}:{}", file, line));
}

DocumentBuilder::DocumentBuilder(std::string file, const DocumentLimits& limits)
    : data_{std::make_shared<DocumentData>()}, limits_{limits} {
    data_->file = std::move(file);
}

std::string DocumentBuilder::place_text(TextPlace place) const { return format_place(data_->file, place); }

void DocumentBuilder::count_nodes(std::uint64_t nodes, TextPlace place) {
    nodes_ += nodes;
    if (nodes_ <= limits_.nodes) return;
    throw Error{errors::document_too_large, fmt::format("more than {} values", format_count(limits_.nodes))}.at(
        place_text(place));
}

void DocumentBuilder::check_depth(std::size_t levels, TextPlace place) const {
    if (levels <= limits_.depth) return;
    throw Error{errors::document_too_large, fmt::format("nested more than {} levels deep", limits_.depth)}.at(
        place_text(place));
}

void DocumentBuilder::count_child(std::uint8_t height) noexcept {
    if (open_.empty()) return;
    auto& frame = open_.back();
    ++frame.children;
    frame.height = std::max(frame.height, height);
}

std::uint32_t DocumentBuilder::add(ValueKind kind, TextPlace place, std::uint64_t payload) {
    MLO_ASSERT(!open_.empty() || data_->nodes.empty());
    count_nodes(1, place);
    const auto index = static_cast<std::uint32_t>(data_->nodes.size());
    DocumentNode node;
    node.payload = payload;
    node.place = place;
    node.kind = kind;
    if (kind != ValueKind::list && kind != ValueKind::mapping) {
        node.end = (index + 1) & 0x7fff'ffffu;
        count_child(0);
    }
    data_->nodes.push_back(node);
    return index;
}

std::uint32_t DocumentBuilder::null(TextPlace place) { return add(ValueKind::null, place, 0); }
std::uint32_t DocumentBuilder::boolean(TextPlace place, bool value) {
    return add(ValueKind::boolean, place, value ? 1 : 0);
}
std::uint32_t DocumentBuilder::integer(TextPlace place, std::int64_t value) {
    return add(ValueKind::integer, place, std::bit_cast<std::uint64_t>(value));
}
std::uint32_t DocumentBuilder::unsigned_integer(TextPlace place, std::uint64_t value) {
    const bool fits = value <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    return add(fits ? ValueKind::integer : ValueKind::unsigned_integer, place, value);
}
std::uint32_t DocumentBuilder::real(TextPlace place, double value) {
    return add(ValueKind::real, place, std::bit_cast<std::uint64_t>(value));
}

std::uint32_t DocumentBuilder::string(TextPlace place, std::string_view value) {
    const auto index = add(ValueKind::string, place, 0);
    // Escapes lengthen a text by half at most, so offsets fit 32 bits.
    MLO_ASSERT(data_->text.size() + value.size() <= 2 * largest_text_bytes);
    data_->nodes[index].set(static_cast<std::uint32_t>(data_->text.size()), static_cast<std::uint32_t>(value.size()));
    data_->text += value;
    return index;
}

std::uint32_t DocumentBuilder::begin(ValueKind kind, TextPlace place) {
    const auto index = add(kind, place, 0);
    check_depth(open_.size() + 1, place);
    open_.push_back({index});
    return index;
}
std::uint32_t DocumentBuilder::begin_list(TextPlace place) { return begin(ValueKind::list, place); }
std::uint32_t DocumentBuilder::begin_mapping(TextPlace place) { return begin(ValueKind::mapping, place); }

bool DocumentBuilder::expects_key() const noexcept {
    return !open_.empty() && data_->nodes[open_.back().index].kind == ValueKind::mapping &&
           open_.back().children % 2 == 0;
}

std::uint32_t DocumentBuilder::key(TextPlace place, std::string_view name) {
    MLO_ASSERT(expects_key());
    return string(place, name);
}

void DocumentBuilder::end() {
    MLO_ASSERT(!open_.empty());
    const auto frame = open_.back();
    open_.pop_back();
    auto& node = data_->nodes[frame.index];
    const bool is_mapping = node.kind == ValueKind::mapping;
    MLO_ASSERT(!is_mapping || frame.children % 2 == 0);
    node.end = static_cast<std::uint32_t>(data_->nodes.size()) & 0x7fff'ffffu;
    node.height = static_cast<std::uint8_t>(frame.height + 1);
    node.set(is_mapping ? frame.children / 2 : frame.children, no_sorted_keys);
    count_child(node.height);
    if (is_mapping) index_keys(frame.index);
}

void DocumentBuilder::index_keys(std::uint32_t mapping) {
    auto& nodes = data_->nodes;
    auto& sorted = data_->sorted_keys;
    const auto first = sorted.size();
    for (auto key = mapping + 1; key != nodes[mapping].end; key = nodes[key + 1].end) sorted.push_back(key);
    const auto keys = std::span{sorted}.subspan(first);
    std::sort(keys.begin(), keys.end(), [this](std::uint32_t a, std::uint32_t b) {
        const int order = data_->string_at(a).compare(data_->string_at(b));
        return order != 0 ? order < 0 : a < b;
    });
    const auto twin = std::adjacent_find(keys.begin(), keys.end(), [this](std::uint32_t a, std::uint32_t b) {
        return data_->string_at(a) == data_->string_at(b);
    });
    if (twin != keys.end()) {
        throw Error{errors::document_duplicate_key,
                    fmt::format("the key {} appears twice", quoted(data_->string_at(*twin)))}
            .at(place_text(nodes[*(twin + 1)].place))
            .note(fmt::format("first at {}", place_text(nodes[*twin].place)));
    }
    if (keys.size() <= small_mapping) {
        sorted.resize(first);
    } else {
        nodes[mapping].set(static_cast<std::uint32_t>(keys.size()), static_cast<std::uint32_t>(first));
    }
}

bool DocumentBuilder::alias(TextPlace place, std::uint32_t target) {
    const auto end = data_->nodes[target].end;
    if (end == 0) return false;
    // No more nodes are looked at than are counted, so the limit bounds the time as well.
    std::uint64_t weight = 0;
    for (auto at = target; at != end; ++at) weight += data_->nodes[at].is_alias != 0 ? data_->nodes[at].high() : 1;
    count_nodes(weight, place);
    const auto source = data_->nodes[target];
    DocumentNode node;
    node.place = place;
    node.is_alias = 1;
    node.kind = source.kind;
    node.height = source.height;
    node.end = (static_cast<std::uint32_t>(data_->nodes.size()) + 1) & 0x7fff'ffffu;
    node.set(source.is_alias != 0 ? source.low() : target, static_cast<std::uint32_t>(weight));
    check_depth(open_.size() + source.height, place);
    count_child(node.height);
    data_->nodes.push_back(node);
    return true;
}

std::vector<DocumentBuilder::NamedValue> DocumentBuilder::members(std::uint32_t mapping) const {
    const auto& nodes = data_->nodes;
    if (nodes[mapping].is_alias != 0) mapping = nodes[mapping].low();
    MLO_ASSERT(nodes[mapping].kind == ValueKind::mapping);
    const auto end = nodes[mapping].end == 0 ? nodes.size() : nodes[mapping].end;
    std::vector<NamedValue> members;
    for (auto key = mapping + 1; key < end; key = nodes[key + 1].end) {
        members.push_back({std::string{data_->string_at(key)}, key + 1});
    }
    return members;
}

ValueKind DocumentBuilder::kind(std::uint32_t value) const noexcept { return data_->nodes[value].kind; }

Document DocumentBuilder::finish() {
    MLO_ASSERT(open_.empty() && !data_->nodes.empty());
    data_->nodes.shrink_to_fit();
    data_->text.shrink_to_fit();
    return Document{std::move(data_)};
}

}  // namespace mlo
