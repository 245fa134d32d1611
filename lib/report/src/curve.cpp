// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cmath>
#include <mlo/report/curve.hpp>
#include <mlo/util/error.hpp>
#include <utility>

namespace mlo::report {
namespace {

double x_of(double step, double time_ms, CurveAxis axis, std::int64_t origin_ms) {
    switch (axis) {
        case CurveAxis::step:
            return step;
        case CurveAxis::time:
            return time_ms / 1000;
        default:
            return (time_ms - static_cast<double>(origin_ms)) / 1000;
    }
}

}  // namespace

CurveSampler::CurveSampler(std::uint64_t expected, std::uint32_t stretches)
    : expected_{std::max<std::uint64_t>(expected, 1)},
      stretches_{stretches},
      keeps_all_{expected <= std::uint64_t{stretches} * kept_per_stretch} {
    MLO_ASSERT(stretches > 0);
}

void CurveSampler::add(const CurvePoint& point) {
    const auto index = curve_.total++;
    if (std::isnan(point.value)) ++curve_.nan_count;
    if (std::isinf(point.value)) ++(point.value > 0 ? curve_.plus_infinities : curve_.minus_infinities);
    if (keeps_all_) {
        curve_.points.push_back(point);
        return;
    }
    // 64 bits of mantissa: exact for every count that fits a disk
    const auto number = std::min<std::uint64_t>(
        static_cast<std::uint64_t>(static_cast<long double>(index) * stretches_ / static_cast<long double>(expected_)),
        stretches_ - 1);
    if (number != number_) end_stretch();
    number_ = number;

    const Kept kept{index, point};
    auto& stretch = stretch_;
    if (!stretch.first) {
        stretch.first = kept;
        stretch.origin = point;
    }
    stretch.last = kept;
    if (std::isnan(point.value)) {
        if (!stretch.nan) stretch.nan = kept;
        return;
    }
    if (std::isinf(point.value)) {
        auto& mark = point.value > 0 ? stretch.plus_infinity : stretch.minus_infinity;
        if (!mark) mark = kept;
        return;
    }
    if (!stretch.min || point.value < stretch.min->point.value) stretch.min = kept;
    if (!stretch.max || point.value > stretch.max->point.value) stretch.max = kept;
    // A running mean neither overflows nor loses small numbers behind large ones.
    auto& mean = stretch.sum;
    const auto share = 1 / static_cast<double>(++mean.count);
    mean.step += (static_cast<double>(point.step) - static_cast<double>(stretch.origin.step) - mean.step) * share;
    mean.time_ms += (static_cast<double>(point.time_ms - stretch.origin.time_ms) - mean.time_ms) * share;
    mean.value += point.value * share - mean.value * share;
}

void CurveSampler::end_stretch() {
    auto stretch = std::exchange(stretch_, {});
    std::array kept{stretch.first, stretch.last,          stretch.min,           stretch.max,
                    stretch.nan,   stretch.plus_infinity, stretch.minus_infinity};
    // Absent ones stand in front, equal ones beside each other.
    std::ranges::sort(kept, {}, [](const std::optional<Kept>& each) { return each ? each->index + 1 : 0; });
    std::optional<std::uint64_t> before;
    for (const auto& each : kept) {
        if (!each || each->index == before) continue;
        before = each->index;
        curve_.points.push_back(each->point);
    }
    if (stretch.sum.count == 0) return;
    stretch.sum.step += static_cast<double>(stretch.origin.step);
    stretch.sum.time_ms += static_cast<double>(stretch.origin.time_ms);
    curve_.means.push_back(stretch.sum);
}

Curve CurveSampler::take() {
    end_stretch();
    if (curve_.is_whole()) curve_.means.clear();
    return std::exchange(curve_, {});
}

std::vector<XY> place(const Curve& curve, CurveAxis axis, std::int64_t origin_ms) {
    std::vector<XY> places;
    places.reserve(curve.points.size());
    for (const auto& point : curve.points)
        places.push_back(
            {x_of(static_cast<double>(point.step), static_cast<double>(point.time_ms), axis, origin_ms), point.value});
    return places;
}

std::vector<XY> smooth(const Curve& curve, CurveAxis axis, std::int64_t origin_ms, double weight, double x_range) {
    MLO_ASSERT(weight >= 0 && weight < 1);
    std::vector<XY> line;
    double sum = 0;
    double debias = 0;
    double before = 0;
    const auto add = [&](double x, double value, double count) {
        const auto moved = line.empty() || x_range <= 0 ? 0 : std::max(0.0, x - before) / x_range * 1000;
        const auto decay = line.empty() ? 0 : std::pow(weight, moved);
        before = x;
        debias = debias * decay + count;
        // The share of what is new: sums of huge numbers would overflow.
        const auto share = count / debias;
        sum = line.empty() ? value : sum * (1 - share) + value * share;
        line.push_back({x, sum});
    };
    if (curve.means.empty()) {
        for (const auto& point : curve.points)
            if (std::isfinite(point.value))
                add(x_of(static_cast<double>(point.step), static_cast<double>(point.time_ms), axis, origin_ms),
                    point.value, 1);
    } else {
        for (const auto& mean : curve.means)
            add(x_of(mean.step, mean.time_ms, axis, origin_ms), mean.value, static_cast<double>(mean.count));
    }
    return line;
}

}  // namespace mlo::report
