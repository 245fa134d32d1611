// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include <mlo/util/document.hpp>

namespace mlo::toml {

/// Refuses a text that nests deeper, or holds more, than `limits` allows, before the library builds all of it: it frees
/// what it built by recursion, and "a.a.a.a..." is enough to run out of stack. Lets through what exceeds the limits by
/// a little; a text that is not TOML may get either answer. Throws document_too_large.
void check_extent(std::string_view text, std::string_view file, const DocumentLimits& limits);

}  // namespace mlo::toml
