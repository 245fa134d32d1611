// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <mlo/profile/profile.hpp>

namespace mlo::profile {
namespace {

bool is_time(table::Type type) noexcept { return type == table::Type::date || type == table::Type::timestamp; }

table::TimeUnit unit_of(table::Type type) noexcept {
    return type == table::Type::date ? table::TimeUnit::day : table::TimeUnit::microsecond;
}

std::string shown_extreme(const Column& column, std::int64_t whole, double real) {
    if (column.numbers->count() == 0) return {};
    if (is_time(column.type)) return table::time_text(column.type, unit_of(column.type), whole);
    return column.type == table::Type::integer ? fmt::format("{}", whole) : shown(column, real);
}

}  // namespace

std::string shown(const Column& column, double value) {
    if (!std::isfinite(value)) return fmt::format("{}", value);
    constexpr double furthest = 9e18;
    if (is_time(column.type) && std::abs(value) < furthest)
        return table::time_text(column.type, unit_of(column.type), static_cast<std::int64_t>(std::floor(value)));
    return fmt::format("{:.6g}", value);
}

std::string shown_least(const Column& column) {
    return shown_extreme(column, column.numbers->least, column.numbers->moments.min());
}

std::string shown_greatest(const Column& column) {
    return shown_extreme(column, column.numbers->greatest, column.numbers->moments.max());
}

std::string shown_share(std::uint64_t part, std::uint64_t whole) {
    if (whole == 0 || part == 0) return "0 %";
    if (part == whole) return "100 %";
    const double percent = 100 * static_cast<double>(part) / static_cast<double>(whole);
    if (percent < 0.01) return "< 0.01 %";
    if (percent > 99.99) return "> 99.99 %";
    return fmt::format("{:.{}f} %", percent, percent < 1 || percent > 99 ? 2 : 1);
}

}  // namespace mlo::profile
