// SPDX-License-Identifier: Apache-2.0
// What parsers need to make a Document; everybody else reads document.hpp.
#pragma once

#include <mlo/util/document.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace mlo {

/// Turns byte offsets into places. Meant to be asked in nearly ascending order: the cost is the distance from the last
/// offset.
class PlaceCounter {
public:
    /// `text` must outlive the object.
    explicit PlaceCounter(std::string_view text) noexcept : text_{text} {}
    [[nodiscard]] TextPlace at(std::size_t offset) noexcept;

private:
    std::string_view text_;
    std::size_t offset_ = 0;
    TextPlace place_;
};

/// Makes a Document from a parser's events, in order. Throws document_too_large beyond the limits and
/// document_duplicate_key.
class DocumentBuilder {
public:
    DocumentBuilder(std::string file, const DocumentLimits& limits);

    /// A value where the last event left off; the result names it for alias().
    std::uint32_t null(TextPlace place);
    std::uint32_t boolean(TextPlace place, bool value);
    std::uint32_t integer(TextPlace place, std::int64_t value);
    std::uint32_t unsigned_integer(TextPlace place, std::uint64_t value);
    std::uint32_t real(TextPlace place, double value);
    std::uint32_t string(TextPlace place, std::string_view value);
    std::uint32_t begin_list(TextPlace place);
    std::uint32_t begin_mapping(TextPlace place);
    std::uint32_t key(TextPlace place, std::string_view name);
    /// Ends the innermost list or mapping.
    void end();
    /// The value `target` once more, not copied; nothing and false if `target` has not ended yet (it would contain
    /// itself).
    [[nodiscard]] bool alias(TextPlace place, std::uint32_t target);

    /// Names and values (for alias()) of a mapping's members: those so far, if it has not ended.
    struct NamedValue {
        std::string name;
        std::uint32_t value;
    };
    [[nodiscard]] std::vector<NamedValue> members(std::uint32_t mapping) const;
    /// What `value` is, through an alias.
    [[nodiscard]] ValueKind kind(std::uint32_t value) const noexcept;

    /// True between members of a mapping.
    [[nodiscard]] bool expects_key() const noexcept;
    [[nodiscard]] std::string place_text(TextPlace place) const;
    /// The document, once its root has ended. The builder is spent.
    [[nodiscard]] Document finish();

    /// A document as it lies in memory, for caches of this machine.
    [[nodiscard]] static std::string image_of(const Document& document);
    /// The document of an image, as if `file` had been parsed. Nothing if the bytes are none, or beyond the limits:
    /// whatever they are, what is returned can be walked. Texts, places and the order of keys are believed.
    [[nodiscard]] static std::optional<Document> from_image(std::string_view image, std::string file,
                                                            const DocumentLimits& limits);

private:
    struct Frame {
        std::uint32_t index;
        std::uint32_t children = 0;
        std::uint8_t height = 0;
    };
    std::uint32_t add(ValueKind kind, TextPlace place, std::uint64_t payload);
    std::uint32_t begin(ValueKind kind, TextPlace place);
    void check_depth(std::size_t levels, TextPlace place) const;
    void count_child(std::uint8_t height) noexcept;
    void count_nodes(std::uint64_t nodes, TextPlace place);
    void index_keys(std::uint32_t mapping);

    std::shared_ptr<DocumentData> data_;
    DocumentLimits limits_;
    std::vector<Frame> open_;
    std::uint64_t nodes_ = 0;
};

/// Checks size and encoding before a parser sees the text. Throws document_too_large, document_not_utf8 (with the
/// line).
void check_document_text(std::string_view text, std::string_view file, const DocumentLimits& limits);

}  // namespace mlo
