// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <mlo/stats/errors.hpp>
#include <mlo/stats/quantile_sketch.hpp>
#include <mlo/stats/random.hpp>

#include "require.hpp"

namespace mlo::stats {
namespace {

constexpr std::uint32_t magic = 0x314C4C4B;  // "KLL1"
constexpr std::size_t least_capacity = 8;
constexpr std::size_t most_levels = 60;
constexpr std::uint64_t most_count = std::uint64_t{1} << 56u;  // of a level, so that sums fit

std::uint64_t bits_of(double value) noexcept { return std::bit_cast<std::uint64_t>(value); }

}  // namespace

QuantileSketch::QuantileSketch(std::uint16_t k, std::uint64_t seed) : k_{k}, seed_{seed}, room_{k}, levels_(1) {
    if (k < least_k) throw Error{errors::out_of_domain, fmt::format("k must be at least {}, not {}", least_k, k)};
}

std::size_t QuantileSketch::capacity(std::size_t level) const noexcept {
    // The top level has k, each below two thirds of the one above; but the lowest has k too, so that what comes in is
    // sorted in large blocks.
    double room = k_;
    if (level == 0) return k_;
    for (auto depth = levels_.size() - 1 - level; depth > 0 && room > least_capacity; --depth) room *= 2.0 / 3;
    return std::max(least_capacity, static_cast<std::size_t>(std::ceil(room)));
}

void QuantileSketch::halve(std::size_t level) {
    if (level + 1 == levels_.size()) levels_.emplace_back();
    auto& from = levels_[level];
    auto& to = levels_[level + 1];
    // Level 0 is as it came; the others are kept in order, so that sorting is merging.
    if (level == 0 && !std::ranges::is_sorted(from)) std::ranges::sort(from);
    const auto whole = from.size() / 2 * 2;
    const auto coin = mixed(seed_ + 0x9E3779B97F4A7C15u * ++throws_) >> 63u;
    const auto middle = static_cast<std::ptrdiff_t>(to.size());
    for (auto i = static_cast<std::size_t>(coin); i < whole; i += 2) to.push_back(from[i]);
    std::inplace_merge(to.begin(), to.begin() + middle, to.end());
    // Of an odd number the last stays.
    from.erase(from.begin(), from.begin() + static_cast<std::ptrdiff_t>(whole));
    kept_ -= whole / 2;
}

void QuantileSketch::compress() {
    while (kept_ > room_) {
        for (std::size_t level = 0; level < levels_.size(); ++level) {
            if (levels_[level].size() < std::max<std::size_t>(2, capacity(level))) continue;
            const auto height = levels_.size();
            halve(level);
            if (levels_.size() != height) {
                room_ = 0;
                for (std::size_t i = 0; i < levels_.size(); ++i) room_ += capacity(i);
            }
            break;
        }
    }
}

void QuantileSketch::add(double value) { add(std::span{&value, 1}); }

void QuantileSketch::add(std::span<const double> values) {
    if (std::ranges::any_of(values, [](double value) { return std::isnan(value); }))
        throw Error{errors::not_a_number, "a quantile sketch takes no NaN"};
    for (const auto given : values) {
        const double value = given == 0 ? 0 : given;  // -0 and 0 are one number and have one spelling
        min_ = count_ == 0 ? value : std::min(min_, value);
        max_ = count_ == 0 ? value : std::max(max_, value);
        levels_[0].push_back(value);
        ++count_;
        if (++kept_ > room_) compress();
    }
}

void QuantileSketch::merge(const QuantileSketch& other) {
    if (other.k_ != k_)
        throw Error{errors::sketches_differ, fmt::format("quantile sketches have k = {} and {}", k_, other.k_)};
    if (other.count_ == 0) return;
    const auto copy = &other == this ? other.levels_ : std::vector<std::vector<double>>{};
    const auto& theirs = &other == this ? copy : other.levels_;
    min_ = count_ == 0 ? other.min_ : std::min(min_, other.min_);
    max_ = count_ == 0 ? other.max_ : std::max(max_, other.max_);
    kept_ += other.kept_;
    count_ += other.count_;
    throws_ += other.throws_;
    if (levels_.size() < theirs.size()) levels_.resize(theirs.size());
    room_ = 0;
    for (std::size_t i = 0; i < levels_.size(); ++i) {
        room_ += capacity(i);
        if (i >= theirs.size()) continue;
        const auto middle = static_cast<std::ptrdiff_t>(levels_[i].size());
        levels_[i].insert(levels_[i].end(), theirs[i].begin(), theirs[i].end());
        if (i > 0) std::inplace_merge(levels_[i].begin(), levels_[i].begin() + middle, levels_[i].end());
    }
    compress();
}

double QuantileSketch::min() const noexcept { return count_ == 0 ? std::numeric_limits<double>::quiet_NaN() : min_; }
double QuantileSketch::max() const noexcept { return count_ == 0 ? std::numeric_limits<double>::quiet_NaN() : max_; }

double QuantileSketch::rank_error() const noexcept { return levels_.size() == 1 ? 0 : 2.3 / std::pow(k_, 0.9); }

std::vector<QuantileSketch::Item> QuantileSketch::items() const {
    std::vector<Item> all;
    all.reserve(kept_);
    for (std::size_t level = 0; level < levels_.size(); ++level)
        for (const auto value : levels_[level]) all.push_back({value, std::uint64_t{1} << level});
    std::ranges::sort(all, [](const Item& left, const Item& right) { return left.value < right.value; });
    return all;
}

double QuantileSketch::rank(double value) const {
    require_size(std::min<std::uint64_t>(count_, 1), 1, "rank");
    if (value < min_) return 0;
    if (value >= max_) return 1;
    std::uint64_t below = 0;
    for (std::size_t level = 0; level < levels_.size(); ++level)
        for (const auto item : levels_[level]) below += item <= value ? std::uint64_t{1} << level : 0;
    return static_cast<double>(below) / static_cast<double>(count_);
}

double QuantileSketch::quantile(double q) const { return quantiles(std::span{&q, 1}).front(); }

std::vector<double> QuantileSketch::quantiles(std::span<const double> shares) const {
    require_size(std::min<std::uint64_t>(count_, 1), 1, "quantile");
    const auto all = items();
    std::vector<std::uint64_t> up_to;
    up_to.reserve(all.size());
    std::uint64_t sum = 0;
    for (const auto& item : all) up_to.push_back(sum += item.weight);
    std::vector<double> result;
    for (const auto q : shares) {
        if (!(q >= 0 && q <= 1)) require_within(q, 0, 1, "a quantile");
        const double wanted = std::max(1.0, std::ceil(q * static_cast<double>(count_)));
        const auto place = std::ranges::lower_bound(up_to, static_cast<std::uint64_t>(wanted)) - up_to.begin();
        const auto index = std::min(static_cast<std::size_t>(place), all.size() - 1);
        result.push_back(q == 0 ? min_ : q == 1 ? max_ : all[index].value);
    }
    return result;
}

Bytes QuantileSketch::encode() const {
    Bytes bytes;
    append_le(bytes, magic);
    append_le(bytes, k_);
    append_le(bytes, static_cast<std::uint16_t>(levels_.size()));
    for (const auto number : {seed_, throws_, count_, bits_of(min_), bits_of(max_)}) append_le(bytes, number);
    for (const auto& level : levels_) append_le(bytes, static_cast<std::uint32_t>(level.size()));
    for (auto level : levels_) {
        std::ranges::sort(level);
        for (const auto value : level) append_le(bytes, bits_of(value));
    }
    return bytes;
}

QuantileSketch QuantileSketch::decode(ByteView bytes, std::string_view file) {
    const auto require = [&](bool holds, std::string_view what) {
        if (!holds)
            throw Error{errors::sketch_corrupt, fmt::format("not a quantile sketch: {}", what)}.at(std::string{file});
    };
    ByteReader reader{bytes};
    require(reader.integer<std::uint32_t>() == magic, "it does not start as one");
    const auto k = reader.integer<std::uint16_t>();
    const auto height = reader.integer<std::uint16_t>();
    require(k >= least_k && height >= 1 && height <= most_levels, "its sizes are impossible");
    QuantileSketch sketch{k, reader.integer<std::uint64_t>()};
    sketch.throws_ = reader.integer<std::uint64_t>();
    sketch.count_ = reader.integer<std::uint64_t>();
    sketch.min_ = std::bit_cast<double>(reader.integer<std::uint64_t>());
    sketch.max_ = std::bit_cast<double>(reader.integer<std::uint64_t>());
    sketch.levels_.resize(height);
    std::vector<std::uint32_t> sizes(height);
    for (auto& size : sizes) sketch.kept_ += size = reader.integer<std::uint32_t>();
    require(!reader.failed() && reader.remaining() == sketch.kept_ * sizeof(double), "its length is not what it says");
    sketch.room_ = 0;
    std::uint64_t stood_for = 0;
    bool in_order = true;
    bool possible = true;
    double least = std::numeric_limits<double>::infinity();
    double greatest = -least;
    for (std::size_t i = 0; i < height; ++i) {
        sketch.room_ += sketch.capacity(i);
        possible = possible && sizes[i] <= most_count >> i;
        stood_for += std::uint64_t{sizes[i]} << i;
        auto& level = sketch.levels_[i];
        level.reserve(sizes[i]);
        for (std::uint32_t j = 0; j < sizes[i]; ++j) {
            const auto bits = reader.integer<std::uint64_t>();
            const auto value = std::bit_cast<double>(bits);
            in_order =
                in_order && !std::isnan(value) && bits != bits_of(-0.0) && (level.empty() || level.back() <= value);
            level.push_back(value);
            least = std::min(least, value);
            greatest = std::max(greatest, value);
        }
    }
    require(in_order, "its numbers are not in order");
    require(possible && stood_for == sketch.count_ && sketch.kept_ <= sketch.room_, "its counts do not add up");
    // Extremes may have been thrown away from the levels, but lie outside of all that was kept.
    const bool extremes = sketch.count_ == 0
                              ? bits_of(sketch.min_) == 0 && bits_of(sketch.max_) == 0
                              : sketch.min_ <= least && sketch.max_ >= greatest &&
                                    bits_of(sketch.min_) != bits_of(-0.0) && bits_of(sketch.max_) != bits_of(-0.0);
    require(extremes, "its extremes are not those of its numbers");
    require(height == 1 || !sketch.levels_.back().empty(), "its last level is empty");
    return sketch;
}

}  // namespace mlo::stats
