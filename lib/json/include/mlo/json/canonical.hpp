// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <mlo/util/document.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mlo::json {

/// Writes canonical JSON, whose bytes are hashed into ids: equal values have equal bytes, whatever the order of the
/// calls. The form is stated in lib/json/README.md and never changes.
///
/// Used like Writer. Keys and strings must be UTF-8 and keys distinct within their object (MLO_ASSERT). Holds the text
/// in memory. Not thread-safe.
class CanonicalWriter {
public:
    CanonicalWriter& begin_object();
    CanonicalWriter& end_object();
    CanonicalWriter& begin_array();
    CanonicalWriter& end_array();
    /// A leading '$' is escaped here.
    CanonicalWriter& key(std::string_view name);

    CanonicalWriter& null();
    CanonicalWriter& boolean(bool value);
    CanonicalWriter& integer(std::int64_t value);
    CanonicalWriter& unsigned_integer(std::uint64_t value);
    CanonicalWriter& real(double value);
    CanonicalWriter& string(std::string_view utf8);
    /// A string where the bytes are UTF-8, else {"$b":"<base64>"}.
    CanonicalWriter& bytes(std::span<const std::byte> bytes);
    /// Copies a value of a parsed document; its keys are plain, so a leading '$' is escaped.
    CanonicalWriter& value(const Value& value);

    /// The finished text. The writer starts anew afterwards.
    [[nodiscard]] std::string take();

private:
    struct MemberText {
        std::string key;
        std::string value;
    };
    struct Level {
        bool is_object = false;
        bool has_key = false;  ///< the last member's value is still to come
        std::vector<MemberText> members;
        std::string elements;
    };
    void add(std::string_view text);

    std::vector<Level> levels_;
    std::string text_;
};

/// The canonical JSON of a parsed value, as CanonicalWriter::value writes it.
[[nodiscard]] std::string canonical(const Value& value);

/// Reading canonical JSON back (after json::parse): a key without its escape.
[[nodiscard]] std::string_view canonical_key(const Member& member);
/// A number, or what {"$f":...} stands for. Throws document_wrong_type.
[[nodiscard]] double canonical_real(const Value& value);
/// A string's bytes, or what {"$b":...} stands for. Throws document_wrong_type.
[[nodiscard]] std::string canonical_bytes(const Value& value);

}  // namespace mlo::json
