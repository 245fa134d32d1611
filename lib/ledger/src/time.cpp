// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <chrono>

#include "rules.hpp"

namespace mlo::ledger {
namespace {

constexpr std::string_view pattern = "0000-00-00T00:00:00";

int number_at(std::string_view text, std::size_t at, std::size_t digits) noexcept {
    int value = 0;
    for (const char c : text.substr(at, digits)) value = value * 10 + (c - '0');
    return value;
}

}  // namespace

std::optional<Timestamp> parse_rfc3339(std::string_view text) noexcept {
    using namespace std::chrono;
    if (text.size() <= pattern.size() || text.back() != 'Z' || text.size() > pattern.size() + 11) return std::nullopt;
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    for (std::size_t i = 0; i < pattern.size(); ++i)
        if (pattern[i] == '0' ? !is_digit(text[i]) : text[i] != pattern[i]) return std::nullopt;
    const year_month_day day{year{number_at(text, 0, 4)}, month{static_cast<unsigned>(number_at(text, 5, 2))},
                             std::chrono::day{static_cast<unsigned>(number_at(text, 8, 2))}};
    const int hour = number_at(text, 11, 2);
    const int minute = number_at(text, 14, 2);
    const int second = number_at(text, 17, 2);
    // The years whose nanoseconds fit into 64 bits, without the last half year at either end.
    if (!day.ok() || day.year() < year{1678} || day.year() > year{2261} || hour > 23 || minute > 59 || second > 59)
        return std::nullopt;
    auto fraction = text.substr(pattern.size(), text.size() - pattern.size() - 1);
    std::int64_t nanosecond = 0;
    if (!fraction.empty()) {
        fraction.remove_prefix(1);
        if (text[pattern.size()] != '.' || fraction.empty() || fraction.back() == '0' ||
            !std::all_of(fraction.begin(), fraction.end(), is_digit))
            return std::nullopt;
        for (std::size_t i = 0; i < 9; ++i)
            nanosecond = nanosecond * 10 + (i < fraction.size() ? fraction[i] - '0' : 0);
    }
    return Timestamp{sys_days{day} + hours{hour} + minutes{minute} + seconds{second} + nanoseconds{nanosecond}};
}

}  // namespace mlo::ledger
