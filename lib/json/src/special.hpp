// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <string_view>

namespace mlo::json {

/// Keys of the objects that stand for what JSON cannot say: {"$f":"nan"}, {"$b":"<base64>"}.
inline constexpr std::string_view real_marker = "$f";
inline constexpr std::string_view bytes_marker = "$b";

/// "nan", "inf" or "-inf".
[[nodiscard]] inline std::string_view name_of_special(double value) noexcept {
    if (std::isnan(value)) return "nan";
    return value < 0 ? "-inf" : "inf";
}

}  // namespace mlo::json
