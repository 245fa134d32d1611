// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <mlo/stats/bottom_sample.hpp>
#include <mlo/stats/errors.hpp>
#include <mlo/stats/random.hpp>

namespace mlo::stats {
namespace {

constexpr std::uint32_t magic = 0x314B5442;  // "BTK1"
constexpr std::uint32_t most_capacity = std::uint32_t{1} << 24u;

}  // namespace

BottomSample::BottomSample(std::uint32_t capacity, std::uint64_t seed) : capacity_{capacity}, seed_{seed} {
    if (capacity == 0 || capacity > most_capacity)
        throw Error{errors::out_of_domain,
                    fmt::format("the capacity of a sample must be 1 to {}, not {}", most_capacity, capacity)};
}

void BottomSample::offer(const Kept& kept) {
    if (kept_.size() < capacity_) {
        kept_.push_back(kept);
        std::push_heap(kept_.begin(), kept_.end());
    } else if (kept < kept_.front()) {
        std::pop_heap(kept_.begin(), kept_.end());
        kept_.back() = kept;
        std::push_heap(kept_.begin(), kept_.end());
    }
}

void BottomSample::add(std::span<const double> values, std::uint64_t first) {
    if (std::ranges::any_of(values, [](double value) { return std::isnan(value); }))
        throw Error{errors::not_a_number, "a sample takes no NaN"};
    for (const auto given : values) {
        const double value = given == 0 ? 0 : given;
        // The value has a part in its hash so that places of partitions, which all start at 0, are not chosen together.
        const auto hash = mixed(mixed(seed_ + 0x9E3779B97F4A7C15u * ++first) ^ std::bit_cast<std::uint64_t>(value));
        if (kept_.size() < capacity_ || hash <= kept_.front().hash) offer({hash, value});
    }
}

void BottomSample::merge(const BottomSample& other) {
    if (other.capacity_ != capacity_ || other.seed_ != seed_)
        throw Error{errors::sketches_differ, fmt::format("samples have capacities {} and {}, seeds {} and {}",
                                                         capacity_, other.capacity_, seed_, other.seed_)};
    const auto theirs = other.kept_;
    for (const auto& kept : theirs) offer(kept);
}

std::vector<double> BottomSample::values() const {
    std::vector<double> values;
    values.reserve(kept_.size());
    for (const auto& kept : kept_) values.push_back(kept.value);
    std::ranges::sort(values);
    return values;
}

Bytes BottomSample::encode() const {
    auto sorted = kept_;
    std::sort(sorted.begin(), sorted.end());
    Bytes bytes;
    append_le(bytes, magic);
    append_le(bytes, capacity_);
    append_le(bytes, seed_);
    for (const auto& kept : sorted) append_le(bytes, kept.hash);
    for (const auto& kept : sorted) append_le(bytes, std::bit_cast<std::uint64_t>(kept.value));
    return bytes;
}

BottomSample BottomSample::decode(ByteView bytes, std::string_view file) {
    const auto require = [&](bool holds, std::string_view what) {
        if (!holds) throw Error{errors::sketch_corrupt, fmt::format("not a sample: {}", what)}.at(std::string{file});
    };
    ByteReader reader{bytes};
    require(reader.integer<std::uint32_t>() == magic, "it does not start as one");
    const auto capacity = reader.integer<std::uint32_t>();
    const auto seed = reader.integer<std::uint64_t>();
    const auto size = reader.remaining() / (2 * sizeof(std::uint64_t));
    require(!reader.failed() && capacity > 0 && capacity <= most_capacity && size <= capacity &&
                reader.remaining() == size * 2 * sizeof(std::uint64_t),
            "its sizes are impossible");
    BottomSample sample{capacity, seed};
    sample.kept_.resize(size);
    for (auto& kept : sample.kept_) kept.hash = reader.integer<std::uint64_t>();
    for (auto& kept : sample.kept_) {
        const auto bits = reader.integer<std::uint64_t>();
        kept.value = std::bit_cast<double>(bits);
        require(!std::isnan(kept.value) && bits != std::bit_cast<std::uint64_t>(-0.0), "it holds what is no number");
    }
    require(std::is_sorted(sample.kept_.begin(), sample.kept_.end()), "it is not in order");
    std::make_heap(sample.kept_.begin(), sample.kept_.end());
    return sample;
}

}  // namespace mlo::stats
