// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "scope.hpp"

namespace mlo::pipeline {

/// A duration as text, or a number of seconds.
[[nodiscard]] std::chrono::nanoseconds read_duration(const Value& value, std::string_view name, Scope& scope);
/// A whole number within [least, most].
[[nodiscard]] std::uint64_t read_count(const Value& value, std::string_view name, std::uint64_t least,
                                       std::uint64_t most, Scope& scope);
/// A number within [least, most].
[[nodiscard]] double read_number(const Value& value, std::string_view name, double least, double most, Scope& scope);
/// A size in bytes: "4GiB", or a whole number.
[[nodiscard]] std::uint64_t read_size(const Value& value, std::string_view name, Scope& scope);

/// value_invalid: `name` takes <expected>, not <found>.
[[noreturn]] void refuse_value(const Value& value, std::string_view name, std::string_view expected, const Datum& found,
                               std::string_view example);

}  // namespace mlo::pipeline
