// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mlo {

/// `unsigned_integer` is met only above INT64_MAX: every integer that fits is an `integer`.
enum class ValueKind : std::uint8_t { null, boolean, integer, unsigned_integer, real, string, list, mapping };

/// As messages say it: "a string", "a list".
[[nodiscard]] std::string_view name_of(ValueKind kind) noexcept;

/// What a text may at most hold. `nodes` counts values and keys, those behind YAML aliases as often as they are
/// referred to.
struct DocumentLimits {
    std::uint64_t size_bytes = std::uint64_t{16} << 20;  ///< at most 1 GiB
    std::uint32_t nodes = 2'000'000;
    std::uint8_t depth = 100;  ///< lists and mappings within each other
};

/// A place in a text; both count from 1, columns in characters (code points).
struct TextPlace {
    std::uint32_t line = 1;
    std::uint32_t column = 1;
    friend bool operator==(const TextPlace&, const TextPlace&) = default;
};

/// `file:line:column`.
[[nodiscard]] std::string format_place(std::string_view file, TextPlace place);

struct DocumentData;
struct Member;

/// A value in a Document: a view of two words, valid as long as its Document. Everything thrown here is of kind config
/// and says where in the text the trouble is. Reading is thread-safe.
class Value {
public:
    [[nodiscard]] ValueKind kind() const noexcept;
    [[nodiscard]] bool is(ValueKind kind) const noexcept { return this->kind() == kind; }
    [[nodiscard]] bool is_null() const noexcept { return is(ValueKind::null); }
    /// Where the value starts; for what a YAML alias refers to, where that was written.
    [[nodiscard]] TextPlace text_place() const noexcept;
    /// `file:line:column`: what Error::at takes.
    [[nodiscard]] std::string place() const;
    /// The way from the top for messages: `stages.fit.deps[2]`; "the document" for the top itself. Linear in the
    /// document.
    [[nodiscard]] std::string path() const;

    /// The typed value. Throws document_wrong_type.
    [[nodiscard]] bool as_boolean() const;
    [[nodiscard]] std::int64_t as_integer() const;
    [[nodiscard]] std::uint64_t as_unsigned() const;
    [[nodiscard]] double as_real() const;  ///< integers too
    [[nodiscard]] std::string_view as_string() const;
    /// The elements of a list. Throws document_wrong_type.
    [[nodiscard]] std::vector<Value> items() const;
    /// The members of a mapping as written. Throws document_wrong_type.
    [[nodiscard]] std::vector<Member> members() const;
    /// Number of elements or members. Throws document_wrong_type.
    [[nodiscard]] std::size_t size() const;

    /// The value of `key`, if there is one. O(log n) in large mappings. Throws document_wrong_type if this is no
    /// mapping.
    [[nodiscard]] std::optional<Value> find(std::string_view key) const;
    /// The value of `key`. Throws document_key_missing, document_wrong_type.
    [[nodiscard]] Value get(std::string_view key) const;
    /// Throws document_unknown_key, with a guess at what was meant, for the first key that is not one of `keys`.
    void allow_only(std::span<const std::string_view> keys) const;
    void allow_only(std::initializer_list<std::string_view> keys) const {
        allow_only(std::span{keys.begin(), keys.size()});
    }
    /// Throws document_wrong_type: `'path' must be <expected>, not <what it is>`. For checks beyond those above.
    [[noreturn]] void fail_type(std::string_view expected) const;

private:
    friend class Document;
    friend struct DocumentData;
    Value(const DocumentData& data, std::uint32_t index) noexcept : data_{&data}, index_{index} {}
    void require(ValueKind kind) const;

    const DocumentData* data_;
    std::uint32_t index_;
};

struct Member {
    Value key;  ///< a string with a place of its own
    Value value;

    [[nodiscard]] std::string_view name() const { return key.as_string(); }
};

/// True if both hold the same values in the same order; places do not count, NaN equals NaN.
[[nodiscard]] bool same_content(const Value& a, const Value& b);

/// A parsed text: immutable, compact (24 bytes per value and key, and the bytes of its strings). Made by json::parse
/// and yaml::parse.
class Document {
public:
    [[nodiscard]] Value root() const noexcept { return Value{*data_, 0}; }
    [[nodiscard]] const std::string& file() const noexcept;

private:
    friend class DocumentBuilder;
    explicit Document(std::shared_ptr<const DocumentData> data) noexcept : data_{std::move(data)} {}
    std::shared_ptr<const DocumentData> data_;
};

}  // namespace mlo
