// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mlo/dvc/cache.hpp>
#include <string_view>
#include <vector>

namespace mlo::dvc {

/// The entries of a `.dir` object, in its order. Throws listing_invalid, which calls it `file`.
[[nodiscard]] std::vector<Cache::Entry> parse_listing(std::string_view text, std::string_view file);

}  // namespace mlo::dvc
