// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace mlo::report {

/// One value of a curve.
struct CurvePoint {
    std::int64_t step = 0;
    std::int64_t time_ms = 0;  ///< since 1970
    double value = 0;          ///< any: NaN and the infinities are drawn as marks
    friend bool operator==(const CurvePoint&, const CurvePoint&) = default;
};

/// The numbers of one stretch of a curve, for smoothing: NaN and the infinities apart.
struct CurveMean {
    double step = 0;  ///< the mean
    double time_ms = 0;
    double value = 0;
    std::uint64_t count = 0;
};

/// What is drawn of a curve.
struct Curve {
    std::vector<CurvePoint> points;  ///< members of the curve in its order, none made up
    std::vector<CurveMean> means;    ///< of the stretches; empty where all points are here
    std::uint64_t total = 0;         ///< points that the curve has
    std::uint64_t nan_count = 0;     ///< of those
    std::uint64_t plus_infinities = 0;
    std::uint64_t minus_infinities = 0;

    [[nodiscard]] bool is_whole() const noexcept { return points.size() == total; }
};

/// Thins a curve that is handed over point by point: of each of `stretches` stretches with equally many points the
/// first, the last, the least and the greatest number, and the first NaN and infinity of each kind are kept. Where that
/// would not save any, all points are. Not thread-safe.
class CurveSampler {
public:
    /// `expected` points will come. If it are more, the last stretch is longer.
    CurveSampler(std::uint64_t expected, std::uint32_t stretches);
    void add(const CurvePoint& point);
    [[nodiscard]] Curve take();

    /// Points that are kept of a stretch at most.
    static constexpr std::uint32_t kept_per_stretch = 4;

private:
    struct Kept {
        std::uint64_t index = 0;
        CurvePoint point;
    };
    struct Stretch {
        std::optional<Kept> first, last, min, max, nan, plus_infinity, minus_infinity;
        CurveMean sum;
        CurvePoint origin;  ///< sums are taken of differences to it: steps may be huge
    };
    void end_stretch();

    std::uint64_t expected_;
    std::uint32_t stretches_;
    bool keeps_all_;
    std::uint64_t number_ = 0;  ///< of the stretch
    Stretch stretch_;
    Curve curve_;
};

/// What curves are drawn against: the step, the time, or the time since the start of the run.
enum class CurveAxis : std::uint8_t { step, time, relative };

/// A place on the plane. NaN is a gap.
struct XY {
    double x = 0;
    double y = 0;
};

/// The drawn points against an axis: steps, or seconds since 1970 or since `origin_ms`.
[[nodiscard]] std::vector<XY> place(const Curve& curve, CurveAxis axis, std::int64_t origin_ms);

/// The moving average in which what lies one thousandth of the drawn width (`x_range`) back weighs `weight` (0 to below
/// 1) of what is here: exponential, without the pull to zero at its begin, and the same however densely points lie.
/// Taken of all points: of the means of the stretches where the curve was thinned.
[[nodiscard]] std::vector<XY> smooth(const Curve& curve, CurveAxis axis, std::int64_t origin_ms, double weight,
                                     double x_range);

}  // namespace mlo::report
