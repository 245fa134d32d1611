// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <chrono>
#include <mlo/table/column.hpp>

namespace mlo::table {
namespace {

[[nodiscard]] std::int64_t per_second(TimeUnit unit) noexcept {
    switch (unit) {
        case TimeUnit::millisecond:
            return 1'000;
        case TimeUnit::microsecond:
            return 1'000'000;
        case TimeUnit::nanosecond:
            return 1'000'000'000;
        default:
            return 1;
    }
}

[[nodiscard]] std::string shown_day(std::int64_t days) {
    constexpr std::int64_t furthest = 11'000'000;  // some 30,000 years: what std::chrono can name
    if (days < -furthest || days > furthest) return fmt::format("day {}", days);
    const std::chrono::year_month_day date{std::chrono::sys_days{std::chrono::days{days}}};
    return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                       static_cast<unsigned>(date.day()));
}

/// "2024-01-02 03:04:05.5": as the engine reads it.
[[nodiscard]] std::string shown_timestamp(std::int64_t value, TimeUnit unit) {
    const auto scale = per_second(unit);
    auto seconds = value / scale;
    auto fraction = value % scale;
    if (fraction < 0) {
        fraction += scale;
        --seconds;
    }
    constexpr std::int64_t day = 86'400;
    const auto days = seconds >= 0 ? seconds / day : -((-seconds + day - 1) / day);
    const auto rest = seconds - days * day;
    auto text = fmt::format("{} {:02}:{:02}:{:02}", shown_day(days), rest / 3600, rest / 60 % 60, rest % 60);
    if (fraction != 0) {
        auto digits = fmt::format("{}", fraction + scale).substr(1);
        digits.erase(digits.find_last_not_of('0') + 1);
        text += "." + digits;
    }
    return text;
}

}  // namespace

std::string time_text(Type type, TimeUnit unit, std::int64_t value) {
    return type == Type::date ? shown_day(value) : shown_timestamp(value, unit);
}

}  // namespace mlo::table
