// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <mlo/profile/profile.hpp>

namespace mlo::profile {
namespace {

/// What the sketches of all columns may take together, as they are: base64 adds a third.
constexpr std::size_t sketch_bytes = std::size_t{288} << 10u;
/// A unit of k costs this much: 33 bytes of quantiles, 8 of the sample, 8 of distinct values.
constexpr std::size_t bytes_for_k = 50;

}  // namespace

Detail detail_for(std::size_t columns) noexcept {
    const auto k = std::clamp<std::size_t>(sketch_bytes / bytes_for_k / std::max<std::size_t>(columns, 1), 32, 512);
    Detail detail;
    detail.quantiles = static_cast<std::uint16_t>(k);
    detail.sample = static_cast<std::uint32_t>(k / 2);
    detail.distinct = static_cast<std::uint8_t>(std::bit_width(4 * k));
    detail.frequent = static_cast<std::uint32_t>(std::clamp<std::size_t>(k, 48, 256));
    detail.patterns = static_cast<std::uint32_t>(std::clamp<std::size_t>(k / 8, 8, 32));
    return detail;
}

double Numbers::quantile(double q) const {
    if (count() == 0) return std::numeric_limits<double>::quiet_NaN();
    if (!values) return quantiles.quantile(q);
    const auto wanted = std::max(1.0, std::ceil(q * static_cast<double>(count())));
    std::uint64_t sum = 0;
    for (const auto& [value, times] : *values) {
        sum += times;
        if (static_cast<double>(sum) >= wanted) return value;
    }
    return values->rbegin()->first;
}

stats::Histogram estimate(const Numbers& numbers, const stats::Edges& edges) {
    stats::Histogram histogram;
    histogram.inside.resize(edges.bins());
    const auto all = edges.values();
    const auto put = [&](double value, std::uint64_t times) {
        if (value < all.front()) {
            histogram.below += times;
        } else if (value > all.back()) {
            histogram.above += times;
        } else {
            const auto bin = static_cast<std::size_t>(std::ranges::upper_bound(all, value) - all.begin()) - 1;
            histogram.inside[std::min(bin, edges.bins() - 1)] += times;
        }
    };
    if (numbers.values)
        for (const auto& [value, times] : *numbers.values) put(value, times);
    else
        for (const auto& item : numbers.quantiles.items()) put(item.value, item.weight);
    return histogram;
}

bool Column::knows_all_values() const {
    return numbers ? numbers->values.has_value() : categories && categories->values.error() == 0;
}

std::uint64_t Column::distinct_values() const {
    if (numbers && numbers->values) return numbers->values->size();
    if (categories && categories->values.error() == 0) return categories->values.items().size();
    // A column has no more different values than values.
    const auto count = numbers ? numbers->count() : categories ? categories->count() : 0;
    return std::min(count, static_cast<std::uint64_t>(std::llround(distinct.estimate())));
}

const Column* Profile::find(std::string_view name) const noexcept {
    const auto found = std::ranges::find(columns, name, &Column::name);
    return found == columns.end() ? nullptr : &*found;
}

}  // namespace mlo::profile
