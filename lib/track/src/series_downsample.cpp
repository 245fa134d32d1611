// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <mlo/track/series.hpp>
#include <mlo/util/error.hpp>

#include "series_format.hpp"

namespace mlo::track {
namespace {

/// Cuts an axis into stretches of equal width.
class Axis {
public:
    Axis(CurveAxis axis, const Point& first, const Point& last, std::uint64_t count, std::uint32_t buckets)
        : axis_{axis}, start_{first.step}, buckets_{buckets} {
        MLO_ASSERT(buckets > 0);
        const auto width = axis == CurveAxis::step ? format::difference(last.step, first.step) : count - 1;
        width_ = static_cast<long double>(width) + 1;
    }
    /// The stretch of the point number `index` with this step.
    [[nodiscard]] std::uint32_t bucket(std::uint64_t index, std::int64_t step) const noexcept {
        const auto at = axis_ == CurveAxis::step ? format::difference(step, start_) : index;
        // 64 bits of mantissa: exact enough that equal positions fall together, and monotone
        const auto bucket = static_cast<std::uint32_t>(static_cast<long double>(at) / width_ * buckets_);
        return std::min(bucket, buckets_ - 1);
    }

private:
    CurveAxis axis_;
    std::int64_t start_;
    std::uint32_t buckets_;
    long double width_ = 1;
};

/// Collects stretches from points and whole blocks, in order.
class Collector {
public:
    explicit Collector(const Axis& axis) : axis_{axis} {}

    void add_points(std::uint64_t index, std::span<const Point> points) {
        for (std::size_t i = 0; i < points.size();) {
            const auto bucket = axis_.bucket(index + i, points[i].step);
            // Stretches ascend with the points: the border is searched for, not walked to.
            const auto rest = points.subspan(i, std::min(points.size() - i, block_points));
            const auto border = std::ranges::partition_point(rest, [&](const Point& point) {
                return axis_.bucket(index + static_cast<std::uint64_t>(&point - points.data()), point.step) == bucket;
            });
            const auto end = i + static_cast<std::size_t>(border - rest.begin());
            add(bucket, index + i, end - i, format::describe(points.subspan(i, end - i)));
            i = end;
        }
    }
    void add(std::uint32_t number, std::uint64_t index, std::uint64_t count, const BlockEntry& entry) {
        const auto has_number = entry.nan_count < count;
        if (buckets_.empty() || number != number_) {
            number_ = number;
            buckets_.push_back({index, count, entry.nan_count, entry.first, entry.last, entry.min, entry.max});
            return;
        }
        auto& bucket = buckets_.back();
        const auto had_number = bucket.nan_count < bucket.count;
        if (has_number && (!had_number || entry.min.value < bucket.min.value)) bucket.min = entry.min;
        if (has_number && (!had_number || entry.max.value > bucket.max.value)) bucket.max = entry.max;
        bucket.last = entry.last;
        bucket.count += count;
        bucket.nan_count += entry.nan_count;
    }
    [[nodiscard]] std::vector<CurveBucket> take() { return std::move(buckets_); }

private:
    Axis axis_;
    std::uint32_t number_ = 0;
    std::vector<CurveBucket> buckets_;
};

}  // namespace

std::vector<CurveBucket> downsample(const SeriesFile& file, const SeriesFile::Series& series, CurveAxis axis,
                                    std::uint32_t buckets) {
    const Axis cut{axis, series.blocks.front().first, series.blocks.back().last, series.count, buckets};
    Collector collector{cut};
    std::vector<Point> points;
    auto offset = series.offset;
    for (std::size_t block = 0; block < series.blocks.size(); ++block) {
        const auto& entry = series.blocks[block];
        const auto index = std::uint64_t{block} * block_points;
        const auto count = std::min<std::uint64_t>(block_points, series.count - index);
        const auto bucket = cut.bucket(index, entry.first.step);
        if (bucket == cut.bucket(index + count - 1, entry.last.step)) {
            collector.add(bucket, index, count, entry);
        } else {
            file.decode(series, block, offset, points);
            collector.add_points(index, points);
        }
        offset += entry.size_bytes;
    }
    return collector.take();
}

std::vector<CurveBucket> downsample(std::span<const Point> points, CurveAxis axis, std::uint32_t buckets) {
    if (points.empty()) return {};
    const Axis cut{axis, points.front(), points.back(), points.size(), buckets};
    Collector collector{cut};
    collector.add_points(0, points);
    return collector.take();
}

}  // namespace mlo::track
