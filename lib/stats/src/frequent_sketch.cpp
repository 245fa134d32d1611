// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <mlo/stats/errors.hpp>
#include <mlo/stats/frequent_sketch.hpp>

namespace mlo::stats {

FrequentSketch::FrequentSketch(std::uint32_t capacity) : capacity_{capacity} {
    if (capacity == 0) throw Error{errors::out_of_domain, "the capacity of a frequent sketch must be positive"};
}

std::uint64_t FrequentSketch::excess() const {
    if (counts_.size() <= capacity_) return 0;
    std::vector<std::uint64_t> counts;
    counts.reserve(counts_.size());
    for (const auto& [name, count] : counts_) counts.push_back(count);
    const auto place = counts.begin() + static_cast<std::ptrdiff_t>(capacity_);
    std::nth_element(counts.begin(), place, counts.end(), std::greater<>{});
    return *place;
}

void FrequentSketch::prune() {
    const auto taken = excess();
    if (taken == 0) return;
    error_ += taken;
    std::erase_if(counts_, [taken](const auto& entry) { return entry.second <= taken; });
    for (auto& [name, count] : counts_) count -= taken;
}

void FrequentSketch::add(std::string_view name, std::uint64_t times) {
    if (times == 0) return;
    count_ += times;
    if (const auto found = counts_.find(name); found != counts_.end()) {
        found->second += times;
        return;
    }
    counts_.emplace(name, times);
    // Twice the capacity is let in, so that pruning costs a constant for each thing that comes.
    if (counts_.size() > std::size_t{2} * capacity_) prune();
}

void FrequentSketch::merge(const FrequentSketch& other) {
    if (other.capacity_ != capacity_)
        throw Error{errors::sketches_differ,
                    fmt::format("frequent sketches have capacities {} and {}", capacity_, other.capacity_)};
    if (&other == this) {
        for (auto& [name, count] : counts_) count *= 2;
        count_ *= 2;
        error_ *= 2;
        return;
    }
    for (const auto& [name, count] : other.counts_) counts_[name] += count;
    count_ += other.count_;
    error_ += other.error_;
    prune();
}

std::uint64_t FrequentSketch::error() const { return error_ + excess(); }

std::vector<FrequentSketch::Item> FrequentSketch::items() const {
    const auto taken = excess();
    std::vector<Item> all;
    all.reserve(std::min<std::size_t>(counts_.size(), capacity_));
    for (const auto& [name, count] : counts_)
        if (count > taken) all.push_back({name, count - taken});
    std::ranges::sort(all, [](const Item& left, const Item& right) {
        return left.count != right.count ? left.count > right.count : left.name < right.name;
    });
    return all;
}

FrequentSketch FrequentSketch::from_items(std::uint32_t capacity, std::uint64_t count, std::uint64_t error,
                                          std::span<const Item> items) {
    FrequentSketch sketch{capacity};
    std::uint64_t sum = 0;
    for (const auto& item : items) {
        const bool fits =
            item.count > 0 && item.count <= count - sum && sketch.counts_.emplace(item.name, item.count).second;
        if (!fits) throw Error{errors::sketch_corrupt, "not a frequent sketch: its counts do not add up"};
        sum += item.count;
    }
    const bool is_whole = error == 0 ? sum == count : error <= count;
    if (items.size() > capacity || !is_whole)
        throw Error{errors::sketch_corrupt, "not a frequent sketch: its counts do not add up"};
    sketch.count_ = count;
    sketch.error_ = error;
    return sketch;
}

}  // namespace mlo::stats
