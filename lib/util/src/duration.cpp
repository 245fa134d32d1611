// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <charconv>
#include <cmath>
#include <mlo/util/duration.hpp>

namespace mlo {

std::chrono::nanoseconds duration_of(double seconds) noexcept {
    return std::chrono::nanoseconds{static_cast<std::int64_t>(std::llround(seconds * 1e9))};
}

std::optional<std::chrono::nanoseconds> parse_duration(std::string_view text) {
    struct Unit {
        std::string_view name;
        double seconds;
    };
    constexpr std::array<Unit, 5> units{{{"ms", 1e-3}, {"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86400}}};
    double number = 0;
    const auto* const end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data(), end, number, std::chars_format::fixed);
    if (parsed.ec != std::errc{} || text.starts_with('-')) return std::nullopt;
    const std::string_view rest{parsed.ptr, static_cast<std::size_t>(end - parsed.ptr)};
    for (const auto& unit : units) {
        if (rest != unit.name) continue;
        const auto seconds = number * unit.seconds;
        // Written so that NaN is refused.
        return seconds <= longest_duration_s ? std::optional{duration_of(seconds)} : std::nullopt;
    }
    return std::nullopt;
}

}  // namespace mlo
