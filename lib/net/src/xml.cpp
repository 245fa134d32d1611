// SPDX-License-Identifier: Apache-2.0
#include <mlo/net/xml.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <mlo/net/errors.hpp>
#include <mlo/util/text.hpp>
#include <pugixml.hpp>

namespace mlo::net {
namespace {

std::string_view local_name(const pugi::xml_node& node) noexcept {
    const std::string_view name{node.name()};
    return name.substr(name.rfind(':') + 1);  // npos + 1 is 0
}

bool is_element(const pugi::xml_node& node) noexcept { return node.type() == pugi::node_element; }

bool is_text(const pugi::xml_node& node) noexcept {
    return node.type() == pugi::node_pcdata || node.type() == pugi::node_cdata;
}

[[noreturn]] void fail(std::string_view source, std::string_view why) {
    throw Error{errors::bad_xml, fmt::format("{} is not the XML that was expected: {}", source, why)};
}

/// The library takes bytes that XML 1.0 has no place for, and what stands behind them would be lost.
bool is_xml_text(std::string_view text) noexcept {
    const auto is_control = [](char c) {
        return static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n' && c != '\r';
    };
    return is_valid_utf8(text) && std::none_of(text.begin(), text.end(), is_control);
}

/// The same for characters that are written as numbers: &#0; would end a text early, &#xD800; is no character.
bool has_sound_references(std::string_view text) noexcept {
    for (auto at = text.find("&#"); at != text.npos; at = text.find("&#", at + 1)) {
        auto digits = text.substr(at + 2, text.find(';', at) - at - 2);
        const int base = digits.starts_with('x') ? 16 : 10;
        if (base == 16) digits.remove_prefix(1);
        std::uint32_t code = 0;
        const auto end = digits.data() + digits.size();
        const auto result = std::from_chars(digits.data(), end, code, base);
        if (result.ec != std::errc{} || result.ptr != end) return false;
        if (code == 0 || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) return false;
    }
    return true;
}

struct CheckDepth final : pugi::xml_tree_walker {
    bool for_each(pugi::xml_node& node) override { return depth() < XmlDocument::max_depth || !is_element(node); }
};

}  // namespace

std::string_view XmlElement::name() const noexcept { return local_name(pugi::xml_node{node_}); }

std::string XmlElement::text() const {
    std::string text;
    for (const auto& node : pugi::xml_node{node_}.children())
        if (is_text(node)) text += node.value();
    return text;
}

std::vector<XmlElement> XmlElement::children() const {
    std::vector<XmlElement> found;
    for (const auto& node : pugi::xml_node{node_}.children())
        if (is_element(node)) found.push_back(XmlElement{node.internal_object()});
    return found;
}

std::vector<XmlElement> XmlElement::children(std::string_view name) const {
    auto found = children();
    std::erase_if(found, [&](const XmlElement& element) { return element.name() != name; });
    return found;
}

std::optional<XmlElement> XmlElement::child(std::string_view name) const {
    for (const auto& node : pugi::xml_node{node_}.children())
        if (is_element(node) && local_name(node) == name) return XmlElement{node.internal_object()};
    return std::nullopt;
}

std::string XmlElement::child_text(std::string_view name) const {
    const auto found = child(name);
    return found ? found->text() : std::string{};
}

XmlDocument::XmlDocument(std::string_view text, std::string_view source)
    : document_{std::make_unique<pugi::xml_document>()} {
    constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
    if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
    if (!is_xml_text(text)) fail(source, "it holds bytes that are not UTF-8 text");
    if (!has_sound_references(text)) fail(source, "it refers to a character that does not exist");
    // White space alone is kept where it is all that an element holds: a key may be a blank.
    constexpr unsigned options =
        pugi::parse_cdata | pugi::parse_escapes | pugi::parse_eol | pugi::parse_doctype | pugi::parse_ws_pcdata_single;
    const auto result = document_->load_buffer(text.data(), text.size(), options, pugi::encoding_utf8);
    if (!result) {
        std::string why{result.description()};
        std::transform(why.begin(), why.begin() + 1, why.begin(), [](char c) { return static_cast<char>(c | 0x20); });
        fail(source, fmt::format("{} at byte {}", why, result.offset));
    }
    int roots = 0;
    for (const auto& node : document_->children()) {
        if (node.type() == pugi::node_doctype) fail(source, "it declares a document type");
        if (is_element(node)) ++roots;
    }
    if (roots != 1) fail(source, "it has more than one root");
    CheckDepth check;
    if (!document_->traverse(check)) fail(source, fmt::format("it is nested deeper than {} elements", max_depth));
}

XmlDocument::~XmlDocument() = default;
XmlDocument::XmlDocument(XmlDocument&&) noexcept = default;
XmlDocument& XmlDocument::operator=(XmlDocument&&) noexcept = default;

XmlElement XmlDocument::root() const noexcept { return XmlElement{document_->document_element().internal_object()}; }

}  // namespace mlo::net
