// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <mlo/stats/distributions.hpp>
#include <mlo/stats/random.hpp>
#include <mlo/util/error.hpp>
#include <numeric>
#include <unordered_set>

#include "pooled.hpp"

namespace mlo::stats {

std::uint64_t Generator::bits() noexcept {
    constexpr std::uint64_t golden = 0x9E3779B97F4A7C15u;
    return mixed(state_ += golden);
}

double Generator::uniform() noexcept { return (static_cast<double>(bits() >> 11u) + 0.5) * 0x1p-53; }

std::uint64_t Generator::below(std::uint64_t bound) noexcept {
    auto product = static_cast<Wide>(bits()) * bound;
    if (static_cast<std::uint64_t>(product) < bound) {
        const std::uint64_t least = (0 - bound) % bound;
        while (static_cast<std::uint64_t>(product) < least) product = static_cast<Wide>(bits()) * bound;
    }
    return static_cast<std::uint64_t>(product >> 64u);
}

std::uint64_t Generator::hypergeometric(std::uint64_t total, std::uint64_t good, std::uint64_t draws) {
    MLO_ASSERT(good <= total && draws <= total);
    const auto least = draws + good > total ? draws + good - total : 0;
    const auto most = std::min(good, draws);
    if (least == most) return least;
    // Inversion that starts at the mode and goes outward on both sides, so that it takes about a standard deviation of
    // steps.
    const auto whole = [](std::uint64_t count) { return static_cast<double>(count); };
    const auto mode =
        std::clamp(static_cast<std::uint64_t>(static_cast<Wide>(draws + 1) * (good + 1) / (total + 2)), least, most);
    const double at_mode = hypergeometric_pmf(mode, total, good, draws);
    for (;;) {
        double left = uniform() - at_mode;
        if (left < 0) return mode;
        double up = at_mode;
        double down = at_mode;
        auto high = mode;
        auto low = mode;
        while (high < most || low > least) {
            if (high < most) {
                up *= whole(good - high) / whole(high + 1) *
                      (whole(draws - high) / whole(total + high + 1 - good - draws));
                ++high;
                left -= up;
                if (left < 0) return high;
            }
            if (low > least) {
                down *=
                    whole(low) / whole(good - low + 1) * (whole(total + low - good - draws) / whole(draws - low + 1));
                --low;
                left -= down;
                if (left < 0) return low;
            }
        }
        // What rounding left over of the sum of all: drawn again.
    }
}

std::vector<std::size_t> subset(std::size_t population, std::size_t count, std::uint64_t seed) {
    std::vector<std::size_t> chosen;
    if (count >= population) {
        chosen.resize(population);
        std::iota(chosen.begin(), chosen.end(), std::size_t{0});
        return chosen;
    }
    Generator generator{seed};
    std::unordered_set<std::size_t> taken;
    for (auto last = population - count; last < population; ++last) {
        const auto drawn = static_cast<std::size_t>(generator.below(last + 1));
        chosen.push_back(taken.insert(drawn).second ? drawn : last);
        if (chosen.back() == last) taken.insert(last);
    }
    std::ranges::sort(chosen);
    return chosen;
}

}  // namespace mlo::stats
