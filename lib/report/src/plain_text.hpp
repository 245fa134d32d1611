// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace mlo::report {

inline constexpr std::string_view replacement_character = "\xef\xbf\xbd";

/// One character of UTF-8, or one byte that begins none.
struct Character {
    std::uint32_t code = 0;  ///< U+FFFD for what is none
    std::size_t size_bytes = 1;
    bool is_valid = false;
};
/// The first one of `text`, which is not empty.
[[nodiscard]] Character first_character(std::string_view text) noexcept;

/// As UTF-8 of characters that XML 1.0 can have; others become U+FFFD.
[[nodiscard]] std::string xml_characters(std::string_view bytes);

/// "1.5 s", "2 min 3 s", "4 h 5 min".
[[nodiscard]] std::string duration(std::int64_t milliseconds);

}  // namespace mlo::report
