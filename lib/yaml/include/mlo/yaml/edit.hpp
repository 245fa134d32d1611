// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace mlo::yaml {

/// What a key can be set to. A list is written in flow style: `[reflink, copy]`.
using Setting = std::variant<bool, std::int64_t, double, std::string, std::vector<std::string>>;

/// `text` with the key at `path` (from the top mapping down) set to `setting`, and every other byte as it was:
/// comments, order, line ends. Missing mappings on the way are made. The result is parsed and compared with what it
/// should be before it is returned. Throws what parse throws; document_wrong_type where `path` leads through something
/// that is no mapping; not_editable where the layout does not allow it (a key inside of `{...}`).
[[nodiscard]] std::string set_key(std::string_view text, std::string_view file, std::span<const std::string> path,
                                  const Setting& setting);

/// `text` without the key at `path`, and without the mappings that thereby become empty; `text` itself if there is no
/// such key. Comments within the removed lines go, those above stay. Throws as set_key does.
[[nodiscard]] std::string remove_key(std::string_view text, std::string_view file, std::span<const std::string> path);

}  // namespace mlo::yaml
