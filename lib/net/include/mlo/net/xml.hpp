// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pugi {
class xml_document;
struct xml_node_struct;
}  // namespace pugi

namespace mlo::net {

/// An element of an XmlDocument: a view of one word, valid as long as its document. Names are without their namespace
/// prefix, here and where one is asked for. Reading is thread-safe.
class XmlElement {
public:
    [[nodiscard]] std::string_view name() const noexcept;
    /// The text directly in the element, that of its children left out; references are resolved, white space is kept.
    [[nodiscard]] std::string text() const;
    /// The elements directly in this one, in their order; of that name, if one is given.
    [[nodiscard]] std::vector<XmlElement> children() const;
    [[nodiscard]] std::vector<XmlElement> children(std::string_view name) const;
    /// The first of that name, if any.
    [[nodiscard]] std::optional<XmlElement> child(std::string_view name) const;
    /// The text of the first child of that name; empty if there is none.
    [[nodiscard]] std::string child_text(std::string_view name) const;

private:
    friend class XmlDocument;
    explicit XmlElement(pugi::xml_node_struct* node) noexcept : node_{node} {}

    pugi::xml_node_struct* node_;
};

/// An answer in XML, as S3 and WebDAV give them: elements and text. Attributes, comments and processing instructions
/// are skipped.
class XmlDocument {
public:
    static constexpr int max_depth = 64;

    /// Reads `text`, UTF-8; `source` is what messages call it ("the answer of host:port"). Refuses a document type
    /// declaration, more than one root and elements deeper than max_depth. Memory is a small multiple of the text,
    /// whose size is the caller's to bound. Throws bad_xml.
    XmlDocument(std::string_view text, std::string_view source);
    ~XmlDocument();
    XmlDocument(XmlDocument&&) noexcept;
    XmlDocument& operator=(XmlDocument&&) noexcept;

    [[nodiscard]] XmlElement root() const noexcept;

private:
    std::unique_ptr<pugi::xml_document> document_;
};

}  // namespace mlo::net
