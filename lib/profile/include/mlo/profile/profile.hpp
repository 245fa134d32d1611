// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <mlo/stats/bottom_sample.hpp>
#include <mlo/stats/descriptive.hpp>
#include <mlo/stats/distinct_sketch.hpp>
#include <mlo/stats/frequent_sketch.hpp>
#include <mlo/stats/histogram.hpp>
#include <mlo/stats/quantile_sketch.hpp>
#include <mlo/table/column.hpp>

/// Summaries of tables that merge, and that a table can be compared with in its stead. What holds:
/// lib/profile/README.md.
namespace mlo::profile {

/// How much is kept of each column. It follows from the number of columns, so that a profile has a few hundred
/// kilobytes; profiles of different detail do not merge.
struct Detail {
    std::uint16_t quantiles = 512;  ///< k of the quantile sketch
    std::uint32_t sample = 256;     ///< numbers of the seeded sample
    std::uint8_t distinct = 12;     ///< precision of the distinct sketch
    std::uint32_t frequent = 256;   ///< values whose counts are kept
    std::uint32_t patterns = 32;    ///< patterns of texts whose counts are kept
    friend bool operator==(const Detail&, const Detail&) = default;
};
[[nodiscard]] Detail detail_for(std::size_t columns) noexcept;

/// The bins and categories that a column's values are counted in. They are found for one profile, and frozen: whatever
/// is compared with it is counted in the same ones.
struct NumberFrame {
    /// Empty: there were no numbers. Each value of a column that has few, else the quantiles.
    std::optional<stats::Edges> edges;
    stats::Histogram counts;
    /// Whether the counts are those of all values; else some of them were estimated from a quantile sketch, when
    /// profiles with other edges were merged into this one.
    bool is_exact = true;
    friend bool operator==(const NumberFrame&, const NumberFrame&) = default;
};
struct CategoryFrame {
    std::vector<stats::FrequentSketch::Item> categories;
    std::uint64_t rest = 0;  ///< values that are none of them
    bool is_exact = true;
    friend bool operator==(const CategoryFrame&, const CategoryFrame&) = default;
};

/// A column of integers, reals, dates (in days) or timestamps (in microseconds), from 1970 on. Finite values only.
struct Numbers {
    stats::Moments moments;
    stats::QuantileSketch quantiles;
    stats::BottomSample sample;
    std::uint64_t zeros = 0;
    std::uint64_t negatives = 0;
    /// Of integers, dates and timestamps, where doubles lack digits; 0 of no values.
    std::int64_t least = 0;
    std::int64_t greatest = 0;
    /// How often each value occurs; nothing once there were more than Detail::frequent.
    std::optional<std::map<double, std::uint64_t>> values;
    NumberFrame frame;

    [[nodiscard]] std::uint64_t count() const noexcept { return moments.count(); }
    /// Exact where all values are known. NaN of no values.
    [[nodiscard]] double quantile(double q) const;
    /// By how much the share of values below a quantile may be off; 0: it is exact.
    [[nodiscard]] double rank_error() const noexcept { return values ? 0 : quantiles.rank_error(); }
};

/// A column of texts, or of booleans as "false" and "true". Texts beyond 200 bytes are known by their start and a hash.
struct Categories {
    stats::FrequentSketch values;
    CategoryFrame frame;
    [[nodiscard]] std::uint64_t count() const noexcept { return values.count(); }
};

/// What texts look like.
struct Shapes {
    std::uint64_t empty = 0;
    std::uint64_t blank = 0;         ///< white space only, at least one character
    std::uint64_t least_length = 0;  ///< in characters; 0 of no texts
    std::uint64_t greatest_length = 0;
    std::uint64_t total_length = 0;
    /// Letters, digits and the rest: "Aaaa 99", runs beyond four as "a+".
    stats::FrequentSketch patterns;
};

struct Column {
    std::string name;
    table::Type type = table::Type::text;
    std::uint64_t missing = 0;  ///< rows without a value
    std::uint64_t not_a_number = 0;
    std::uint64_t minus_infinite = 0;
    std::uint64_t plus_infinite = 0;
    stats::DistinctSketch distinct;
    std::optional<Numbers> numbers;
    std::optional<Categories> categories;
    std::optional<Shapes> shapes;  ///< of texts

    /// Exact where all values are known.
    [[nodiscard]] std::uint64_t distinct_values() const;
    [[nodiscard]] bool knows_all_values() const;
};

struct Profile {
    std::uint64_t rows = 0;
    std::uint64_t seed = 0;
    Detail detail;
    std::vector<Column> columns;

    [[nodiscard]] const Column* find(std::string_view name) const noexcept;
};

/// Adds the profile of another part of the same table. Counts, extremes, distinct values and samples are those of the
/// whole, moments up to rounding, quantiles and frequent values within the bounds of their sketches; a frame stays
/// exact if both have the same, else `into` keeps its own. Throws profiles_differ; then nothing has changed.
void merge(Profile& into, const Profile& other);

/// The share that a value must have to be a category of the frame for certain: rarer ones may be missing there.
[[nodiscard]] double least_category_share(const Categories& categories) noexcept;

/// How many of the values fall into each of any bins: exact where all values are known, else by the quantile sketch,
/// and then off by at most rank_error() at each edge.
[[nodiscard]] stats::Histogram estimate(const Numbers& numbers, const stats::Edges& edges);

/// A value of a column, or a mean of some, in six digits; dates and timestamps as table::time_text has them.
[[nodiscard]] std::string shown(const Column& column, double value);
/// The least and the greatest value of numbers, with all digits that integers have.
[[nodiscard]] std::string shown_least(const Column& column);
[[nodiscard]] std::string shown_greatest(const Column& column);
/// "2.5 %", with as many digits as tell it from 0 and 100.
[[nodiscard]] std::string shown_share(std::uint64_t part, std::uint64_t whole);

}  // namespace mlo::profile
