// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <mlo/util/document.hpp>
#include <mlo/util/error.hpp>

/// How documents are walked, and how what is wrong in them is told: with its place, what was expected, and a hint.
namespace mlo::pipeline {

/// `name` must be <expected>, not <what it is>; `example` is the hint. Unlike Value::fail_type, the cost does not grow
/// with the document.
[[noreturn]] void refuse_type(const Value& value, std::string_view name, std::string_view expected,
                              std::string_view example);

/// key_unknown at `key`, with a guess or the names that there are.
[[nodiscard]] Error unknown_key(const Value& key, std::string_view owner, std::span<const std::string_view> known);

/// The value, if it is of `kind`.
[[nodiscard]] std::string_view string_of(const Value& value, std::string_view name, std::string_view example);
[[nodiscard]] bool truth_of(const Value& value, std::string_view name);
[[nodiscard]] std::vector<Value> items_of(const Value& value, std::string_view name, std::string_view expected,
                                          std::string_view example);
[[nodiscard]] std::vector<Member> members_of(const Value& value, std::string_view name, std::string_view expected,
                                             std::string_view example);

/// The members of a mapping by the index of their name in `names`. Throws wrong_type, key_unknown.
class Fields {
public:
    Fields(const Value& mapping, std::string_view owner, std::span<const std::string_view> names,
           std::string_view example);
    [[nodiscard]] const std::optional<Value>& operator[](std::size_t index) const { return values_[index]; }

private:
    static constexpr std::size_t most = 32;
    std::array<std::optional<Value>, most> values_{};
};

}  // namespace mlo::pipeline
