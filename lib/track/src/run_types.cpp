// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cmath>
#include <mlo/track/run.hpp>

namespace mlo::track {
namespace {

constexpr std::array<std::string_view, 6> state_names{"RUNNING", "SCHEDULED", "FINISHED", "FAILED", "KILLED", "LOST"};

}  // namespace

std::string_view to_string(RunState state) noexcept { return state_names.at(static_cast<std::size_t>(state)); }

std::optional<RunState> parse_run_state(std::string_view text) noexcept {
    for (std::size_t i = 0; i < state_names.size(); ++i)
        if (state_names.at(i) == text) return static_cast<RunState>(i);
    return std::nullopt;
}

std::string_view to_string(InputRole role) noexcept {
    switch (role) {
        case InputRole::observed:
            return "observed";
        case InputRole::present:
            return "present";
        case InputRole::declared:
            break;
    }
    return "declared";
}

std::strong_ordering operator<=>(const Point& a, const Point& b) noexcept {
    if (const auto steps = a.step <=> b.step; steps != 0) return steps;
    if (const auto times = a.time_ms <=> b.time_ms; times != 0) return times;
    if (std::isnan(a.value) || std::isnan(b.value)) return std::isnan(a.value) <=> std::isnan(b.value);
    if (a.value < b.value) return std::strong_ordering::less;
    return a.value > b.value ? std::strong_ordering::greater : std::strong_ordering::equal;
}

void MetricSummary::add(const Point& point) noexcept {
    if (count++ == 0 || point > last) last = point;
    if (std::isnan(point.value)) return;
    if (!min || point.value < min->value || (point.value == min->value && point < *min)) min = point;
    if (!max || point.value > max->value || (point.value == max->value && point < *max)) max = point;
}

}  // namespace mlo::track
