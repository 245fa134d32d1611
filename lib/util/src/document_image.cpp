// SPDX-License-Identifier: Apache-2.0
#include <cstring>
#include <limits>
#include <type_traits>

#include <mlo/util/document_builder.hpp>

#include "document_data.hpp"

namespace mlo {

namespace {

static_assert(std::is_trivially_copyable_v<DocumentNode>);

/// Nodes, keys and text follow. Another layout of nodes has another size or gets another number here.
struct Header {
    std::uint32_t magic = 0x6d6c6f31;  // "mlo1", which reads otherwise on a machine of the other byte order
    std::uint32_t node_bytes = sizeof(DocumentNode);
    std::uint64_t nodes = 0;
    std::uint64_t sorted_keys = 0;
    std::uint64_t text_bytes = 0;
};

template <class Element>
void append(std::string& to, const Element* elements, std::size_t count) {
    to.append(reinterpret_cast<const char*>(elements), count * sizeof(Element));
}

template <class Element>
bool take(std::string_view& from, std::vector<Element>& into, std::uint64_t count) {
    if (count > from.size() / sizeof(Element)) return false;
    into.resize(static_cast<std::size_t>(count));
    if (count > 0) std::memcpy(into.data(), from.data(), into.size() * sizeof(Element));
    from.remove_prefix(into.size() * sizeof(Element));
    return true;
}

/// Whether a walk over the nodes stays among them, and within the limits.
class Check {
public:
    explicit Check(const DocumentData& data) : data_{data} {}

    [[nodiscard]] bool is_well_formed(const DocumentLimits& limits) {
        const auto& nodes = data_.nodes;
        if (nodes.empty() || nodes.size() > most_nodes || nodes.front().end != nodes.size()) return false;
        if (nodes.front().height > limits.depth) return false;
        before_.reserve(nodes.size() + 1);
        for (std::uint32_t i = 0; i < nodes.size(); ++i) {
            if (!is_node(i)) return false;
            before_.push_back(before_.back() + (nodes[i].is_alias != 0 ? nodes[i].high() : 1));
        }
        return before_.back() <= limits.nodes;
    }

private:
    [[nodiscard]] bool is_node(std::uint32_t index) const {
        const auto& node = data_.nodes[index];
        if (node.kind > last_kind || node.end <= index || node.end > data_.nodes.size()) return false;
        if (node.is_alias != 0) return node.end == index + 1 && names_what_has_ended(index);
        if (node.kind == ValueKind::list || node.kind == ValueKind::mapping) return holds_children(index);
        const bool is_in_text = node.kind != ValueKind::string ||
                                (node.low() <= data_.text.size() && node.high() <= data_.text.size() - node.low());
        return is_in_text && node.height == 0 && node.end == index + 1;
    }

    /// So nothing holds itself; and it counts as much as it stands for.
    [[nodiscard]] bool names_what_has_ended(std::uint32_t index) const {
        const auto& node = data_.nodes[index];
        if (node.low() >= index) return false;
        const auto& target = data_.nodes[node.low()];
        return target.is_alias == 0 && target.end <= index && target.kind == node.kind &&
               target.height == node.height && before_[target.end] - before_[node.low()] == node.high();
    }

    [[nodiscard]] bool holds_children(std::uint32_t index) const {
        const auto& nodes = data_.nodes;
        const auto& node = nodes[index];
        const bool is_mapping = node.kind == ValueKind::mapping;
        std::uint64_t children = 0;
        std::uint32_t child = index + 1;
        for (; child < node.end; child = nodes[child].end, ++children) {
            if (nodes[child].end <= child || nodes[child].height >= node.height) return false;
            const bool is_key = is_mapping && children % 2 == 0;
            if (is_key && (nodes[child].kind != ValueKind::string || nodes[child].is_alias != 0)) return false;
        }
        if (child != node.end || children != std::uint64_t{node.low()} * (is_mapping ? 2 : 1)) return false;
        return !is_mapping || node.high() == no_sorted_keys || has_keys(node);
    }

    [[nodiscard]] bool has_keys(const DocumentNode& mapping) const {
        const auto& keys = data_.sorted_keys;
        if (mapping.high() > keys.size() || mapping.low() > keys.size() - mapping.high()) return false;
        const auto* const first = keys.data() + mapping.high();
        for (const auto* key = first; key != first + mapping.low(); ++key)
            if (*key + std::uint64_t{1} >= data_.nodes.size() || data_.nodes[*key].kind != ValueKind::string)
                return false;
        return true;
    }

    static constexpr auto last_kind = ValueKind::mapping;
    static constexpr auto most_nodes = std::numeric_limits<std::uint32_t>::max() >> 1U;
    const DocumentData& data_;
    std::vector<std::uint64_t> before_{0};  ///< what the nodes before each stand for, aliases resolved
};

}  // namespace

std::string DocumentBuilder::image_of(const Document& document) {
    const auto& data = *document.data_;
    const Header header{
        .nodes = data.nodes.size(), .sorted_keys = data.sorted_keys.size(), .text_bytes = data.text.size()};
    std::string image;
    image.reserve(sizeof(header) + data.nodes.size() * sizeof(DocumentNode) +
                  data.sorted_keys.size() * sizeof(std::uint32_t) + data.text.size());
    append(image, &header, 1);
    append(image, data.nodes.data(), data.nodes.size());
    append(image, data.sorted_keys.data(), data.sorted_keys.size());
    return image + data.text;
}

std::optional<Document> DocumentBuilder::from_image(std::string_view image, std::string file,
                                                    const DocumentLimits& limits) {
    const Header expected;
    Header header;
    if (image.size() < sizeof(header)) return std::nullopt;
    std::memcpy(&header, image.data(), sizeof(header));
    image.remove_prefix(sizeof(header));
    if (header.magic != expected.magic || header.node_bytes != expected.node_bytes) return std::nullopt;
    auto data = std::make_shared<DocumentData>();
    data->file = std::move(file);
    if (!take(image, data->nodes, header.nodes) || !take(image, data->sorted_keys, header.sorted_keys) ||
        image.size() != header.text_bytes)
        return std::nullopt;
    data->text = image;
    if (!Check{*data}.is_well_formed(limits)) return std::nullopt;
    return Document{std::move(data)};
}

}  // namespace mlo
