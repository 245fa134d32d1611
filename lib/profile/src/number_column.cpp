// SPDX-License-Identifier: Apache-2.0
#include "number_column.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <mlo/stats/random.hpp>

namespace mlo::profile {
namespace {

constexpr std::size_t most_bins = 20;
constexpr std::size_t most_single_bins = 40;  ///< up to here each value has a bin of its own
constexpr std::size_t grid = 2000;            ///< quantiles that bins are found from

/// Of tables with many columns the blocks of all together must not fill the memory.
constexpr std::uint16_t few_quantiles = 64;
constexpr std::size_t usual_block = 8192;
constexpr std::size_t small_block = 1024;

/// What DuckDB has for infinite times.
constexpr auto infinite_time = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t infinite_date = std::numeric_limits<std::int32_t>::max();

std::int64_t times(std::int64_t value, std::int64_t factor) noexcept {
    std::int64_t result;
    if (!__builtin_mul_overflow(value, factor, &result)) return result;
    return value < 0 ? std::numeric_limits<std::int64_t>::min() : std::numeric_limits<std::int64_t>::max();
}

std::int64_t in_microseconds(std::int64_t value, table::TimeUnit unit) noexcept {
    switch (unit) {
        case table::TimeUnit::second:
            return times(value, 1'000'000);
        case table::TimeUnit::millisecond:
            return times(value, 1'000);
        case table::TimeUnit::nanosecond:
            return value / 1'000 - (value % 1'000 < 0 ? 1 : 0);
        case table::TimeUnit::microsecond:
        case table::TimeUnit::day:
            break;
    }
    return value;
}

}  // namespace

NumberColumn::NumberColumn(const table::ColumnType& type, const Detail& detail, std::uint64_t seed,
                           std::optional<stats::Edges> frame)
    : block_size_{detail.quantiles < few_quantiles ? small_block : usual_block},
      type_{type},
      detail_{detail},
      numbers_{.moments = {},
               .quantiles = stats::QuantileSketch{detail.quantiles, seed},
               .sample = stats::BottomSample{detail.sample, seed},
               .values = {},
               .frame = {}},
      has_frame_{frame.has_value()} {
    column_.type = type.type;
    column_.distinct = stats::DistinctSketch{detail.distinct};
    if (frame) {
        numbers_.frame.counts.inside.resize(frame->bins());
        numbers_.frame.edges = std::move(frame);
    }
}

void NumberColumn::read(const table::ColumnView& view, Use use) {
    const bool counts_all = use == Use::everything;
    if (view.type() == table::Type::real) {
        const auto reals = view.reals();
        for (std::size_t row = 0; row < reals.size(); ++row) {
            if (!view.is_valid(row)) {
                column_.missing += counts_all ? 1 : 0;
            } else if (std::isfinite(reals[row])) [[likely]] {
                put(reals[row] == 0 ? 0 : reals[row], use);
            } else if (counts_all) {
                (std::isnan(reals[row]) ? column_.not_a_number
                 : reals[row] > 0       ? column_.plus_infinite
                                        : column_.minus_infinite) += 1;
            }
        }
        return;
    }
    const auto integers = view.integers();
    const auto infinity = view.type() == table::Type::timestamp ? infinite_time
                          : view.type() == table::Type::date    ? infinite_date
                                                                : 0;
    for (std::size_t row = 0; row < integers.size(); ++row) {
        if (!view.is_valid(row)) {
            column_.missing += counts_all ? 1 : 0;
            continue;
        }
        auto value = integers[row];
        if (infinity != 0 && (value == infinity || value == -infinity)) {
            if (counts_all) (value > 0 ? column_.plus_infinite : column_.minus_infinite) += 1;
            continue;
        }
        if (view.type() == table::Type::timestamp) value = in_microseconds(value, type_.unit);
        if (counts_all) {
            const bool is_first = numbers_.count() == 0 && block_.empty();
            numbers_.least = is_first ? value : std::min(numbers_.least, value);
            numbers_.greatest = is_first ? value : std::max(numbers_.greatest, value);
        }
        put(static_cast<double>(value), use);
    }
}

void NumberColumn::count_values(const stats::SortedSample& values) {
    numbers_.frame.counts.merge(stats::count(values, *numbers_.frame.edges));
}

/// Calls `visit` with each different value and how often it is there.
template <class Visit>
void for_each_run(std::span<const double> sorted, const Visit& visit) {
    for (std::size_t i = 0; i < sorted.size();) {
        const auto first = i;
        while (i < sorted.size() && sorted[i] == sorted[first]) ++i;
        visit(sorted[first], i - first);
    }
}

void NumberColumn::know(double value, std::uint64_t times) {
    const auto place = std::ranges::lower_bound(known_, value, {}, [](const auto& known) { return known.first; });
    if (place != known_.end() && place->first == value)
        place->second += times;
    else if (known_.size() < detail_.frequent)
        known_.insert(place, {value, times});
    else
        knows_all_ = false;
}

void NumberColumn::flush(Use use) {
    if (block_.empty()) return;
    // In order, each different value is looked at once, and bins are counted by their edges alone.
    const auto sorted = stats::SortedSample::sort(block_, scratch_);
    if (use == Use::counting) {
        count_values(sorted);
        block_.clear();
        return;
    }
    const auto first = numbers_.count();
    numbers_.moments.add(block_);
    numbers_.quantiles.add(block_);
    numbers_.sample.add(block_, first);
    for_each_run(block_, [&](double value, std::uint64_t times) {
        column_.distinct.add(stats::mixed(std::bit_cast<std::uint64_t>(value)));
        numbers_.zeros += value == 0 ? times : 0;
        numbers_.negatives += value < 0 ? times : 0;
        if (knows_all_) know(value, times);
    });
    if (has_frame_)
        count_values(sorted);
    else if (keeps_)
        kept_.insert(kept_.end(), block_.begin(), block_.end());
    block_.clear();
}

void NumberColumn::add(const table::ColumnView& view) { read(view, Use::everything); }
void NumberColumn::count(const table::ColumnView& view) { read(view, Use::counting); }

void NumberColumn::drop_kept() {
    keeps_ = false;
    kept_ = {};
}

stats::Edges NumberColumn::find_edges() const {
    if (knows_all_ && known_.size() <= most_single_bins) {
        std::vector<double> edges;
        for (const auto& [value, count] : known_) edges.push_back(value);
        edges.push_back(std::nextafter(edges.back(), std::numeric_limits<double>::infinity()));
        if (std::isinf(edges.back())) return stats::Edges{{std::nextafter(edges.front(), 0.0), edges.front()}};
        return stats::Edges{std::move(edges)};
    }
    std::vector<double> shares(grid + 1);
    for (std::size_t i = 0; i <= grid; ++i) shares[i] = static_cast<double>(i) / grid;
    const auto quantiles = numbers_.quantiles.quantiles(shares);
    return stats::Edges::quantiles(stats::SortedSample::of_sorted(quantiles), most_bins);
}

bool NumberColumn::freeze() {
    flush(Use::everything);
    if (numbers_.count() == 0 || has_frame_) return false;
    numbers_.frame.edges = find_edges();
    numbers_.frame.counts.inside.resize(numbers_.frame.edges->bins());
    if (!keeps_) return true;
    for (std::span<const double> rest{kept_}; !rest.empty();) {
        const auto block = rest.first(std::min(rest.size(), block_size_));
        count_values(stats::SortedSample::of_sorted(block));
        rest = rest.subspan(block.size());
    }
    kept_ = {};
    return false;
}

Column NumberColumn::take(std::string name) {
    flush(Use::counting);
    if (knows_all_) numbers_.values.emplace(known_.begin(), known_.end());
    column_.name = std::move(name);
    column_.numbers = std::move(numbers_);
    return std::move(column_);
}

}  // namespace mlo::profile
