// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <mlo/report/text_chart.hpp>

namespace mlo::report {
namespace {

/// The smallest of 1, 2, 5 times a power of ten that is not below `width`.
double round_up(double width) {
    const auto power = std::pow(10, std::floor(std::log10(width)));
    for (const double factor : {1.0, 2.0, 5.0})
        if (factor * power >= width * (1 - 1e-9)) return factor * power;
    return 10 * power;
}

/// The multiples of `step` within [low, high].
std::vector<double> multiples(double low, double high, double step) {
    const auto first = std::ceil(low / step - 1e-9);
    const auto last = std::floor(high / step + 1e-9);
    // Where numbers lie closer than doubles can tell, there is nothing round between them.
    if (!std::isfinite(first) || !std::isfinite(last) || std::abs(first) > 1e15 || last - first > 1000)
        return {low, high};
    std::vector<double> values;
    const auto count = static_cast<int>(last - first) + 1;
    for (int i = 0; i < count; ++i) values.push_back(first + i == 0 ? 0 : (first + i) * step);
    return values;
}

}  // namespace

std::vector<double> ticks(double low, double high, std::size_t wanted) {
    // Halves, since the difference of two numbers may be too large for one.
    const auto half = high / 2 - low / 2;
    if (!(half > 0)) return {low};
    return multiples(low, high, round_up(half / static_cast<double>(std::max<std::size_t>(wanted, 1)) * 2));
}

std::vector<double> duration_ticks(double low, double high, std::size_t wanted) {
    constexpr double minute = 60;
    constexpr double hour = 3600;
    constexpr double day = 86'400;
    const auto width = (high - low) / static_cast<double>(std::max<std::size_t>(wanted, 1));
    if (width > 1 && width <= day)
        for (const double step : {2.0, 5.0, 10.0, 20.0, 30.0, minute, 2 * minute, 5 * minute, 10 * minute, 20 * minute,
                                  30 * minute, hour, 2 * hour, 3 * hour, 6 * hour, 12 * hour, day})
            if (step >= width) return multiples(low, high, step);
    if (width <= day) return ticks(low, high, wanted);
    auto days = ticks(low / day, high / day, wanted);
    for (auto& value : days) value *= day;
    return days;
}

std::vector<double> log_ticks(double low, double high, std::size_t wanted) {
    const auto first = static_cast<int>(std::floor(std::log10(low)));
    const auto last = static_cast<int>(std::ceil(std::log10(high)));
    const auto decades = static_cast<std::size_t>(std::max(1, last - first));
    const auto every = static_cast<int>(std::max<std::size_t>(1, decades / std::max<std::size_t>(wanted, 1)));
    std::vector<double> values;
    for (int power = first; power <= last; power += every) {
        for (const double factor : {1.0, 2.0, 5.0}) {
            const auto value = factor * std::pow(10, power);
            if ((factor == 1 || decades <= 2) && value >= low * (1 - 1e-9) && value <= high * (1 + 1e-9))
                values.push_back(value);
        }
    }
    if (values.size() >= 2) return values;
    auto linear = ticks(low, high, wanted);
    std::erase_if(linear, [](double value) { return value <= 0; });
    return linear;
}

std::string short_number(double value) {
    if (std::isnan(value)) return "nan";
    if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
    return fmt::format("{:.6g}", value);
}

}  // namespace mlo::report
