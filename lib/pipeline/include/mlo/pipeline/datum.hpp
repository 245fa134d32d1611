// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <mlo/util/document.hpp>

namespace mlo::json {
class CanonicalWriter;
}

namespace mlo::pipeline {

/// A value that owns what it holds: what a file of parameters says of a key, what a template yields. As in a Document,
/// `std::uint64_t` is met only above INT64_MAX.
struct Datum {
    struct Member;
    using List = std::vector<Datum>;
    using Mapping = std::vector<Member>;  ///< in written order, names distinct

    std::variant<std::monostate, bool, std::int64_t, std::uint64_t, double, std::string, List, Mapping> content;

    [[nodiscard]] bool is_null() const noexcept { return content.index() == 0; }
    /// A list or a mapping.
    [[nodiscard]] bool is_composite() const noexcept;
    /// The member of a mapping; null if this is none, or has no such member.
    [[nodiscard]] const Datum* find(std::string_view name) const noexcept;
};

struct Datum::Member {
    std::string name;
    Datum value;
};

/// The same kinds and values; members in any order. NaN equals NaN, and 1 is not 1.0.
[[nodiscard]] bool operator==(const Datum& a, const Datum& b);

[[nodiscard]] Datum to_datum(const Value& value);
/// As one element of what is being written. Throws nothing but what the writer does: texts are UTF-8.
void write(json::CanonicalWriter& out, const Datum& datum);
/// The canonical JSON (lib/json): equal data have equal text.
[[nodiscard]] std::string canonical(const Datum& datum);

}  // namespace mlo::pipeline
