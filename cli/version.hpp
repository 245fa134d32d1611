// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace mlo::cli {

inline constexpr std::string_view version_number = MLO_VERSION;
inline constexpr std::string_view tagline = MLO_TAGLINE;

}  // namespace mlo::cli
