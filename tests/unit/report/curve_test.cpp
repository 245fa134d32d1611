// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <mlo/report/curve.hpp>

using namespace mlo::report;

namespace {

constexpr auto inf = std::numeric_limits<double>::infinity();
const auto no_number = std::nan("");

Curve sample(const std::vector<double>& values, std::uint32_t stretches) {
    CurveSampler sampler{values.size(), stretches};
    for (std::size_t i = 0; i < values.size(); ++i)
        sampler.add({static_cast<std::int64_t>(i), 1000 * static_cast<std::int64_t>(i), values[i]});
    return sampler.take();
}

std::vector<std::int64_t> steps(const Curve& curve) {
    std::vector<std::int64_t> all;
    for (const auto& point : curve.points) all.push_back(point.step);
    return all;
}

/// The moving average as it is defined, of all points.
std::vector<double> reference(const std::vector<XY>& points, double weight, double range) {
    std::vector<double> line;
    double sum = 0;
    double debias = 0;
    for (std::size_t i = 0; i < points.size(); ++i) {
        const auto decay = i == 0 ? 0 : std::pow(weight, (points[i].x - points[i - 1].x) / range * 1000);
        sum = sum * decay + points[i].y;
        debias = debias * decay + 1;
        line.push_back(sum / debias);
    }
    return line;
}

}  // namespace

TEST_CASE("a curve that is short enough is kept as it is") {
    const auto curve = sample({3, no_number, 1, inf, 2, -inf, 7, 8}, 2);
    CHECK(steps(curve) == std::vector<std::int64_t>{0, 1, 2, 3, 4, 5, 6, 7});
    CHECK(curve.is_whole());
    CHECK(curve.means.empty());
    CHECK(curve.total == 8);
    CHECK(curve.nan_count == 1);
    CHECK(curve.plus_infinities == 1);
    CHECK(curve.minus_infinities == 1);
}

TEST_CASE("of each stretch the first, last, least and greatest stay, in order and once") {
    //                 0  1  2  3  4  5 | 6  7  8  9 10 11
    const auto curve = sample({5, 1, 1, 9, 9, 4, 7, 6, 5, 4, 3, 2}, 2);
    CHECK(steps(curve) == std::vector<std::int64_t>{0, 1, 3, 5, 6, 11});
    CHECK(curve.total == 12);
    CHECK_FALSE(curve.is_whole());
    REQUIRE(curve.means.size() == 2);
    CHECK(curve.means[0].count == 6);
    CHECK(curve.means[0].value == Approx(29.0 / 6));
    CHECK(curve.means[0].step == Approx(2.5));
    CHECK(curve.means[1].time_ms == Approx(8500));
}

TEST_CASE("no peak, no NaN and no infinity is lost, wherever it is") {
    constexpr std::size_t count = 10'000;
    for (const std::size_t at : {0U, 1U, 17U, 4'999U, 5'000U, 9'998U, 9'999U}) {
        for (const double odd : {1e300, -1e300, no_number, inf, -inf}) {
            std::vector<double> values(count);
            for (std::size_t i = 0; i < count; ++i) values[i] = std::sin(static_cast<double>(i) / 50);
            values[at] = odd;
            const auto curve = sample(values, 100);
            CHECK(curve.points.size() <= 7 * 100);
            CHECK(std::ranges::count(curve.points, static_cast<std::int64_t>(at), &CurvePoint::step) == 1);
            CHECK(std::ranges::is_sorted(curve.points, {}, &CurvePoint::step));
            CHECK(curve.points.front().step == 0);
            CHECK(curve.points.back().step == count - 1);
            const auto odd_ones = curve.nan_count + curve.plus_infinities + curve.minus_infinities;
            CHECK(odd_ones == (std::isfinite(odd) ? 0 : 1));
        }
    }
}

TEST_CASE("infinities do not hide the least and the greatest number of their stretch") {
    std::vector<double> values(1000, 1);
    values[10] = inf;
    values[20] = -inf;
    values[30] = 5;
    values[40] = -5;
    const auto curve = sample(values, 1);
    CHECK(steps(curve) == std::vector<std::int64_t>{0, 10, 20, 30, 40, 999});
    CHECK(curve.means.at(0).count == 998);
    CHECK(std::isfinite(curve.means.at(0).value));
}

TEST_CASE("points beyond those expected are kept too") {
    CurveSampler sampler{1000, 10};
    for (int i = 0; i < 1500; ++i) sampler.add({i, i, i == 1400 ? 99.0 : 0.0});
    const auto curve = sampler.take();
    CHECK(curve.total == 1500);
    CHECK(curve.points.back().step == 1499);
    CHECK(std::ranges::count(curve.points, 1400, &CurvePoint::step) == 1);
    CHECK(sample({}, 10).points.empty());
}

TEST_CASE("huge values and steps have finite means") {
    constexpr auto most = std::numeric_limits<double>::max();
    std::vector<double> values(1000, most);
    CHECK(sample(values, 1).means.at(0).value == Approx(most));
    CurveSampler sampler{1000, 1};
    for (int i = 0; i < 1000; ++i) sampler.add({std::numeric_limits<std::int64_t>::max() - 1000 + i, 0, 1});
    CHECK(sampler.take().means.at(0).step == Approx(9.223372036854775e18));
}

TEST_CASE("curves are placed against steps, times and the time since the start") {
    const Curve curve{{{5, 2500, 1}, {6, 4500, 2}}, {}, 2};
    CHECK(place(curve, CurveAxis::step, 2000)[1].x == 6);
    CHECK(place(curve, CurveAxis::time, 2000)[1].x == 4.5);
    CHECK(place(curve, CurveAxis::relative, 2000)[1].x == 2.5);
}

TEST_CASE("smoothing is the moving average of its definition") {
    std::vector<double> values;
    for (int i = 0; i < 200; ++i) values.push_back(std::cos(i / 9.0) + (i % 7) * 0.1);
    const auto curve = sample(values, 200);
    const auto points = place(curve, CurveAxis::step, 0);
    for (const double weight : {0.0, 0.3, 0.9, 0.999}) {
        const auto line = smooth(curve, CurveAxis::step, 0, weight, 199);
        const auto expected = reference(points, weight, 199);
        REQUIRE(line.size() == expected.size());
        for (std::size_t i = 0; i < line.size(); ++i) CHECK(line[i].y == Approx(expected[i]).epsilon(1e-9));
    }
}

TEST_CASE("smoothing leaves out what is no number, and does not overflow") {
    const auto curve = sample({1, no_number, 1, inf, 1, -inf, 1}, 10);
    const auto line = smooth(curve, CurveAxis::step, 0, 0.9, 6);
    REQUIRE(line.size() == 4);
    for (const auto& point : line) CHECK(point.y == Approx(1));
    constexpr auto most = std::numeric_limits<double>::max();
    for (const auto& point : smooth(sample({most, most, most}, 10), CurveAxis::step, 0, 0.99, 2))
        CHECK(point.y == Approx(most));
}

TEST_CASE("a thinned curve is smoothed as all of its points are") {
    constexpr int count = 100'000;
    std::vector<double> values;
    for (int i = 0; i < count; ++i) values.push_back(std::exp(-i / 3e4) + (i % 13 == 0 ? 0.5 : 0) + (i % 101) * 0.001);
    const auto thinned = sample(values, 1000);
    const auto whole = sample(values, count);
    REQUIRE(whole.is_whole());
    REQUIRE(thinned.points.size() <= 4000);
    const auto expected = smooth(whole, CurveAxis::step, 0, 0.98, count - 1);
    for (const auto& [x, y] : smooth(thinned, CurveAxis::step, 0, 0.98, count - 1)) {
        if (x < 1000) continue;
        CHECK(y == Approx(expected.at(static_cast<std::size_t>(x)).y).epsilon(0.01));
    }
}
