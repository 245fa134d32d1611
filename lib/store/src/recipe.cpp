// SPDX-License-Identifier: Apache-2.0
#include "recipe.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <mlo/store/errors.hpp>

namespace mlo::store {
namespace {

constexpr std::uint8_t recipe_version = 1;
constexpr std::size_t header_size = 24;
constexpr std::size_t longest_uncut_list = 1638;
constexpr std::size_t min_piece_entries = 256;
constexpr std::size_t max_piece_entries = 4096;
constexpr unsigned cut_bits = 10;
constexpr std::uint8_t max_level = 8;  // 1638 * 256^8 chunks: more than 2^64 bytes

Error invalid(const ObjectId& id, std::string_view what) {
    return Error{errors::recipe_invalid, fmt::format("the recipe of {} {}", id.to_string(), what)};
}

bool ends_piece(const RecipeEntry& entry) noexcept {
    const auto tail = load_le<std::uint16_t>(ByteView{entry.id.bytes}.last<2>());
    return (tail & ((1u << cut_bits) - 1)) == 0;
}

void append_entry(Bytes& bytes, const RecipeEntry& entry) {
    append(bytes, entry.id.bytes);
    append_le(bytes, entry.size_bytes);
}

RecipeEntry take_entry(ByteReader& reader) {
    RecipeEntry entry;
    const auto digest = reader.take(entry.id.bytes.size());
    std::copy(digest.begin(), digest.end(), entry.id.bytes.begin());
    entry.size_bytes = reader.integer<std::uint64_t>();
    return entry;
}

/// The entries in `reader`, whose sizes must add up to `size_bytes`.
std::vector<RecipeEntry> take_entries(ByteReader& reader, std::uint64_t size_bytes, const ObjectId& id) {
    if (reader.remaining() % RecipeEntry::size != 0) throw invalid(id, "is cut short");
    std::vector<RecipeEntry> entries(reader.remaining() / RecipeEntry::size);
    std::uint64_t left = size_bytes;
    for (auto& entry : entries) {
        entry = take_entry(reader);
        if (entry.size_bytes == 0 || entry.size_bytes > left) throw invalid(id, "has sizes that do not add up");
        left -= entry.size_bytes;
    }
    if (left != 0) throw invalid(id, "has sizes that do not add up");
    return entries;
}

}  // namespace

Bytes Recipe::encode() const {
    Bytes bytes;
    bytes.reserve(header_size + entries.size() * RecipeEntry::size);
    for (const auto value : {recipe_version, level, chunker.min_log2, chunker.mean_log2, chunker.max_log2})
        bytes.push_back(static_cast<std::byte>(value));
    bytes.resize(8);
    append_le(bytes, size_bytes);
    append_le(bytes, std::uint64_t{entries.size()});
    for (const auto& entry : entries) append_entry(bytes, entry);
    return bytes;
}

Recipe Recipe::decode(ByteView bytes, const ObjectId& id) {
    ByteReader reader{bytes};
    const auto version = reader.integer<std::uint8_t>();
    Recipe recipe;
    recipe.level = reader.integer<std::uint8_t>();
    recipe.chunker.min_log2 = reader.integer<std::uint8_t>();
    recipe.chunker.mean_log2 = reader.integer<std::uint8_t>();
    recipe.chunker.max_log2 = reader.integer<std::uint8_t>();
    const auto zero = as_text(reader.take(3));
    recipe.size_bytes = reader.integer<std::uint64_t>();
    const auto count = reader.integer<std::uint64_t>();
    if (reader.failed()) throw invalid(id, "is cut short");
    if (version != recipe_version)
        throw invalid(id, fmt::format("has version {}, this mlo knows {}", version, recipe_version));
    if (recipe.level > max_level || recipe.chunker != ChunkerParameters{} || zero != std::string_view{"\0\0\0", 3})
        throw invalid(id, "has an invalid header");
    if (count != reader.remaining() / RecipeEntry::size) throw invalid(id, "is cut short");
    recipe.entries = take_entries(reader, recipe.size_bytes, id);
    return recipe;
}

Recipe Recipe::below(const Recipe& above, const RecipeEntry& entry, ByteView bytes, const ObjectId& id) {
    ByteReader reader{bytes};
    return {.level = static_cast<std::uint8_t>(above.level - 1),
            .chunker = above.chunker,
            .size_bytes = entry.size_bytes,
            .entries = take_entries(reader, entry.size_bytes, id)};
}

void RecipeBuilder::add(std::size_t level, const RecipeEntry& entry) {
    if (level == 0) size_bytes_ += entry.size_bytes;
    if (level == levels_.size()) levels_.emplace_back();
    levels_[level].pending.push_back(entry);
    if (levels_[level].is_cut || levels_[level].pending.size() > longest_uncut_list) {
        levels_[level].is_cut = true;
        cut(level);
    }
}

void RecipeBuilder::cut(std::size_t level) {
    while (true) {
        const auto& pending = levels_[level].pending;
        if (pending.size() < min_piece_entries) return;
        const auto limit = pending.begin() + static_cast<std::ptrdiff_t>(std::min(pending.size(), max_piece_entries));
        const auto last = std::find_if(pending.begin() + (min_piece_entries - 1), limit, ends_piece);
        if (last == limit && pending.size() < max_piece_entries) return;
        const auto count = last == limit ? max_piece_entries : static_cast<std::size_t>(last - pending.begin()) + 1;
        emit(level, count);
    }
}

void RecipeBuilder::emit(std::size_t level, std::size_t count) {
    auto& pending = levels_[level].pending;
    const auto end = pending.begin() + static_cast<std::ptrdiff_t>(count);
    Bytes bytes;
    RecipeEntry piece;
    for (auto entry = pending.begin(); entry != end; ++entry) {
        append_entry(bytes, *entry);
        piece.size_bytes += entry->size_bytes;
    }
    pending.erase(pending.begin(), end);
    piece.id = store_piece_(bytes);
    add(level + 1, piece);
}

Recipe RecipeBuilder::finish() && {
    for (std::size_t level = 0; level < levels_.size(); ++level) {
        if (!levels_[level].is_cut)
            return {.level = static_cast<std::uint8_t>(level),
                    .chunker = {},
                    .size_bytes = size_bytes_,
                    .entries = std::move(levels_[level].pending)};
        if (!levels_[level].pending.empty()) emit(level, levels_[level].pending.size());
    }
    return {};
}

void for_each_chunk(const Recipe& recipe, const ObjectId& id, const std::function<Bytes(const ObjectId&)>& read_piece,
                    const std::function<void(const RecipeEntry&)>& visit) {
    for (const auto& entry : recipe.entries) {
        if (recipe.level == 0) {
            if (entry.size_bytes > recipe.chunker.max_bytes()) throw invalid(id, "names a chunk that is too large");
            visit(entry);
            continue;
        }
        for_each_chunk(Recipe::below(recipe, entry, read_piece(entry.id), id), id, read_piece, visit);
    }
}

}  // namespace mlo::store
