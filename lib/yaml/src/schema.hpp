// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>
#include <variant>

namespace mlo::yaml {

struct OutOfRange {};

/// What a plain scalar is under the YAML 1.2 core schema: null (monostate), bool, integer, number, or text. An integer
/// is an int64 wherever it fits.
using Resolved = std::variant<std::monostate, bool, std::int64_t, std::uint64_t, double, std::string_view, OutOfRange>;

[[nodiscard]] Resolved resolve_plain(std::string_view text) noexcept;
/// The same, but numbers as ruamel.yaml takes them: underscores in them, `0b11`, signs before `0o` and `0x`.
[[nodiscard]] Resolved resolve_plain_for_dvc(std::string_view text);

}  // namespace mlo::yaml
