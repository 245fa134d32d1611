// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <mlo/pipeline/datum.hpp>
#include <mlo/util/document.hpp>

namespace mlo::pipeline {

/// The largest file of parameters, metrics or the elements of a group.
inline constexpr std::uint64_t largest_params_bytes = std::uint64_t{1} << 30;
/// What one of so many bytes may hold: each of its values, and a million more behind aliases.
[[nodiscard]] DocumentLimits params_limits(std::uint64_t size_bytes) noexcept;

/// The content of a file of parameters or metrics, by the end of its name: `.toml`, `.json`, `.py` (the literals that
/// module, class and `__init__` level assign, as DVC reads them), YAML 1.2 for every other. An empty one is an empty
/// mapping. Throws what parsing throws, and params_not_a_mapping.
[[nodiscard]] Datum read_params(std::string_view content, std::string_view file, const DocumentLimits& limits);
/// With `params_limits`.
[[nodiscard]] Datum read_params(std::string_view content, std::string_view file);

/// What `key` names in `top`: names with dots between them, `[2]` or `.2` for elements of lists. A member whose own
/// name has dots ("a.b") is found too, if nothing else is. Null if there is nothing.
[[nodiscard]] const Datum* find_key(const Datum& top, std::string_view key);

}  // namespace mlo::pipeline
