// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <mlo/util/document.hpp>

namespace mlo {

/// One value or key. Nodes lie in the order of the text: the first child of a list or mapping follows it, `end` is
/// where the next sibling lies. `payload` is the number itself, or two halves: offset and size of a string's bytes; the
/// count of children and the position in `sorted_keys` (mappings of many members); target and weight of an alias.
struct DocumentNode {
    std::uint64_t payload = 0;
    TextPlace place;
    std::uint32_t end : 31 = 0;
    std::uint32_t is_alias : 1 = 0;
    ValueKind kind = ValueKind::null;
    std::uint8_t height = 0;   ///< levels of lists and mappings from here down
    std::uint16_t unused = 0;  ///< so that no byte of an image is undefined

    [[nodiscard]] std::uint32_t low() const noexcept { return static_cast<std::uint32_t>(payload); }
    [[nodiscard]] std::uint32_t high() const noexcept { return static_cast<std::uint32_t>(payload >> 32); }
    void set(std::uint32_t low, std::uint32_t high) noexcept { payload = std::uint64_t{high} << 32 | low; }
};

/// Mappings with more members than this have their keys sorted for find().
inline constexpr std::uint32_t small_mapping = 16;
inline constexpr std::uint32_t no_sorted_keys = 0xffff'ffff;

struct DocumentData {
    std::string file;
    std::string text;  ///< the bytes of all strings, one after the other
    std::vector<DocumentNode> nodes;
    std::vector<std::uint32_t> sorted_keys;  ///< per large mapping, the indexes of its keys, sorted by name

    [[nodiscard]] std::string_view string_at(std::uint32_t index) const noexcept {
        const auto& node = nodes[index];
        return std::string_view{text}.substr(node.low(), node.high());
    }
    /// What stands at `index`, through an alias.
    [[nodiscard]] Value value(std::uint32_t index) const noexcept {
        const auto& node = nodes[index];
        return Value{*this, node.is_alias != 0 ? node.low() : index};
    }
};

}  // namespace mlo
