// SPDX-License-Identifier: Apache-2.0
#include "category_column.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <mlo/hash/digest.hpp>
#include <mlo/util/bytes.hpp>

namespace mlo::profile {
namespace {

constexpr std::size_t most_waiting = 1024;
constexpr std::size_t longest_key = 200;
constexpr std::size_t start_of_long_key = 160;
constexpr std::size_t longest_pattern = 32;
constexpr int longest_run = 4;

bool continues(char c) noexcept { return (static_cast<unsigned char>(c) & 0xC0u) == 0x80u; }

std::uint64_t length_of(std::string_view utf8) noexcept {
    return static_cast<std::uint64_t>(std::ranges::count_if(utf8, [](char c) { return !continues(c); }));
}

bool is_space(char c) noexcept { return c == ' ' || (c >= '\t' && c <= '\r'); }

/// The class of a character in a pattern; beyond ASCII all are letters.
char class_of(char c) noexcept {
    if (c >= '0' && c <= '9') return '9';
    if (c >= 'A' && c <= 'Z') return 'A';
    if ((c >= 'a' && c <= 'z') || static_cast<unsigned char>(c) >= 0x80u) return 'a';
    if (is_space(c)) return ' ';
    return static_cast<unsigned char>(c) < 0x20u || c == 0x7F ? '?' : c;
}

}  // namespace

double least_category_share(const Categories& categories) noexcept {
    const auto count = static_cast<double>(std::max<std::uint64_t>(categories.count(), 1));
    auto share = std::max(1.0 / rarest_share, static_cast<double>(least_times) / count);
    const auto& frame = categories.frame.categories;
    if (frame.size() == most_categories) share = std::max(share, static_cast<double>(frame.back().count) / count);
    return share;
}

std::string key_of(std::string_view text, std::uint64_t hash) {
    if (text.size() <= longest_key) return std::string{text};
    auto size = start_of_long_key;
    while (continues(text[size])) --size;
    return fmt::format("{}...#{:016x}", text.substr(0, size), hash);
}

std::string pattern_of(std::string_view text) {
    std::string pattern;
    char last = 0;
    int run = 0;
    for (const char c : text) {
        if (continues(c)) continue;
        const char kind = class_of(c);
        run = kind == last ? run + 1 : 1;
        last = kind;
        const bool repeats = kind == '9' || kind == 'A' || kind == 'a' || kind == ' ';
        if (!repeats || run <= longest_run) {
            pattern += kind;
        } else if (run == longest_run + 1) {
            pattern.resize(pattern.size() - longest_run + 1);
            pattern += '+';
        }
        if (pattern.size() > longest_pattern) {
            pattern.resize(longest_pattern);
            return pattern + "...";
        }
    }
    return pattern;
}

CategoryColumn::CategoryColumn(const table::ColumnType& type, const Detail& detail,
                               std::optional<std::vector<std::string>> frame)
    : detail_{detail},
      categories_{.values = stats::FrequentSketch{detail.frequent}, .frame = {}},
      shapes_{.patterns = stats::FrequentSketch{detail.patterns}},
      slots_(2 * most_waiting) {
    column_.type = type.type;
    column_.distinct = stats::DistinctSketch{detail.distinct};
    if (frame) set_frame(std::move(*frame));
}

void CategoryColumn::set_frame(std::vector<std::string> categories) {
    auto& frame = categories_.frame;
    for (auto& name : categories) frame.categories.push_back({std::move(name), 0});
    framed_.emplace();
    for (std::size_t i = 0; i < frame.categories.size(); ++i) framed_->emplace(frame.categories[i].name, i);
}

void CategoryColumn::put(std::string_view text) {
    const auto hash = load_le<std::uint64_t>(ByteView{hash::xxh3_128(as_bytes(text))});
    const bool is_long = text.size() > longest_key;
    const std::string long_key = is_long ? key_of(text, hash) : std::string{};
    const std::string_view key = is_long ? std::string_view{long_key} : text;
    const auto mask = slots_.size() - 1;
    auto slot = static_cast<std::size_t>(hash) & mask;
    for (; slots_[slot] != 0; slot = (slot + 1) & mask) {
        auto& waiting = waiting_[slots_[slot] - 1];
        if (waiting.hash == hash && waiting.key == key) {
            ++waiting.times;
            return;
        }
    }
    waiting_.push_back({.key = std::string{key},
                        .hash = hash,
                        .times = 1,
                        .length = length_of(text),
                        .is_blank = !text.empty() && std::ranges::all_of(text, is_space)});
    slots_[slot] = static_cast<std::uint32_t>(waiting_.size());
    if (waiting_.size() == most_waiting) drain();
}

void CategoryColumn::drain() {
    for (const auto& waiting : waiting_) take_in(waiting);
    waiting_.clear();
    std::ranges::fill(slots_, 0u);
}

void CategoryColumn::take_in(const Waiting& waiting) {
    if (framed_) {
        const auto found = framed_->find(waiting.key);
        (found == framed_->end() ? categories_.frame.rest : categories_.frame.categories[found->second].count) +=
            waiting.times;
    }
    if (is_counting_) return;
    const bool is_first = categories_.count() == 0;
    categories_.values.add(waiting.key, waiting.times);
    column_.distinct.add(waiting.hash);
    if (column_.type != table::Type::text) return;
    shapes_.least_length = is_first ? waiting.length : std::min(shapes_.least_length, waiting.length);
    shapes_.greatest_length = std::max(shapes_.greatest_length, waiting.length);
    shapes_.total_length += waiting.length * waiting.times;
    shapes_.empty += waiting.key.empty() ? waiting.times : 0;
    shapes_.blank += waiting.is_blank ? waiting.times : 0;
    shapes_.patterns.add(pattern_of(waiting.key), waiting.times);
}

void CategoryColumn::add(const table::ColumnView& view) {
    const auto miss = [&] { column_.missing += is_counting_ ? 0 : 1; };
    if (view.type() == table::Type::boolean) {
        const auto booleans = view.booleans();
        for (std::size_t row = 0; row < booleans.size(); ++row)
            view.is_valid(row) ? put(booleans[row] ? "true" : "false") : miss();
        return;
    }
    const auto texts = view.texts();
    for (std::size_t row = 0; row < texts.size(); ++row) view.is_valid(row) ? put(texts[row].view()) : miss();
}

void CategoryColumn::count(const table::ColumnView& view) { add(view); }

bool CategoryColumn::freeze() {
    drain();
    is_counting_ = true;
    if (framed_) return false;
    const auto items = categories_.values.items();
    const bool is_exact = categories_.values.error() == 0;
    std::vector<std::string> names;
    for (const auto& item : items) {
        if (names.size() == most_categories || item.count < least_times ||
            item.count < categories_.count() / rarest_share)
            break;
        names.push_back(item.name);
    }
    set_frame(std::move(names));
    if (!is_exact) return true;
    auto& frame = categories_.frame;
    frame.rest = categories_.count();
    for (std::size_t i = 0; i < frame.categories.size(); ++i) {
        frame.categories[i].count = items[i].count;
        frame.rest -= items[i].count;
    }
    return false;
}

Column CategoryColumn::take(std::string name) {
    drain();
    column_.name = std::move(name);
    column_.categories = std::move(categories_);
    if (column_.type == table::Type::text) column_.shapes = std::move(shapes_);
    return std::move(column_);
}

}  // namespace mlo::profile
