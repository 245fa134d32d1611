// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <mlo/stats/errors.hpp>
#include <mlo/stats/sample.hpp>
#include <utility>

namespace mlo::stats {
namespace {

constexpr unsigned digit_bits = 11;
constexpr std::size_t digit_count = (64 + digit_bits - 1) / digit_bits;
constexpr std::size_t digit_values = std::size_t{1} << digit_bits;
constexpr std::uint64_t sign_bit = std::uint64_t{1} << 63u;

/// Keys order as integers the way their numbers do.
std::uint64_t key_of(double value) noexcept {
    const auto bits = std::bit_cast<std::uint64_t>(value);
    return (bits & sign_bit) != 0 ? ~bits : bits | sign_bit;
}

std::size_t digit_of(std::uint64_t key, std::size_t digit) noexcept {
    return (key >> (digit * digit_bits)) & (digit_values - 1);
}

[[noreturn]] void refuse_nan() { throw Error{errors::not_a_number, "a sample holds NaN"}; }

/// Least significant digit first, from one array to the other and back; digits that all numbers share are passed over.
void radix_sort(std::span<double> values, std::vector<double>& scratch) {
    std::vector<std::size_t> counts(digit_count * digit_values);
    bool has_nan = false;
    for (const auto value : values) {
        has_nan |= std::isnan(value);
        const auto key = key_of(value);
        for (std::size_t digit = 0; digit < digit_count; ++digit) ++counts[digit * digit_values + digit_of(key, digit)];
    }
    if (has_nan) refuse_nan();
    if (scratch.size() < values.size()) scratch.resize(values.size());
    auto from = values;
    auto to = std::span{scratch}.first(values.size());
    for (std::size_t digit = 0; digit < digit_count; ++digit) {
        const auto starts = std::span{counts}.subspan(digit * digit_values, digit_values);
        if (starts[digit_of(key_of(values.front()), digit)] == values.size()) continue;
        std::size_t start = 0;
        for (auto& count : starts) start += std::exchange(count, start);
        for (const auto value : from) to[starts[digit_of(key_of(value), digit)]++] = value;
        std::swap(from, to);
    }
    if (from.data() != values.data()) std::ranges::copy(from, values.begin());
}

}  // namespace

SortedSample SortedSample::sort(std::span<double> values, std::vector<double>& scratch) {
    constexpr std::size_t radix_from = 4096;  // below it the digits' counters cost more than comparisons
    if (values.size() >= radix_from) {
        radix_sort(values, scratch);
    } else {
        if (std::ranges::any_of(values, [](double value) { return std::isnan(value); })) refuse_nan();
        std::ranges::sort(values);
    }
    return SortedSample{values};
}

SortedSample SortedSample::of_sorted(std::span<const double> values) {
    if (!values.empty() && std::isnan(values.front())) refuse_nan();
    for (std::size_t i = 1; i < values.size(); ++i) {
        if (std::isnan(values[i])) refuse_nan();
        MLO_ASSERT(values[i - 1] <= values[i]);
    }
    return SortedSample{values};
}

bool SortedSample::is_finite() const noexcept {
    return values_.empty() || (std::isfinite(values_.front()) && std::isfinite(values_.back()));
}

std::size_t SortedSample::distinct() const noexcept {
    std::size_t count = values_.empty() ? 0 : 1;
    for (std::size_t i = 1; i < values_.size(); ++i) count += values_[i - 1] < values_[i] ? 1u : 0u;
    return count;
}

std::vector<double> midranks(const SortedSample& sample) {
    std::vector<double> ranks(sample.size());
    for (std::size_t i = 0; i < sample.size();) {
        auto end = i + 1;
        while (end < sample.size() && sample[end] == sample[i]) ++end;
        std::fill(ranks.begin() + static_cast<std::ptrdiff_t>(i), ranks.begin() + static_cast<std::ptrdiff_t>(end),
                  0.5 * static_cast<double>(i + 1 + end));
        i = end;
    }
    return ranks;
}

double pooled_order_statistic(const SortedSample& a, const SortedSample& b, std::size_t rank) {
    MLO_ASSERT(rank < a.size() + b.size());
    // How many of a's values are among the first `rank`: the least i for which a[i] is not below b's last one taken.
    std::size_t low = rank > b.size() ? rank - b.size() : 0;
    std::size_t high = std::min(rank, a.size());
    while (low < high) {
        const auto i = low + (high - low) / 2;
        if (b[rank - i - 1] > a[i]) {
            low = i + 1;
        } else {
            high = i;
        }
    }
    const auto j = rank - low;
    if (low == a.size()) return b[j];
    if (j == b.size()) return a[low];
    return std::min(a[low], b[j]);
}

}  // namespace mlo::stats
