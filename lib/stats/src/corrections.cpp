// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <algorithm>
#include <mlo/stats/corrections.hpp>
#include <mlo/stats/errors.hpp>
#include <numeric>

namespace mlo::stats {

std::vector<double> adjusted(std::span<const double> p, Correction correction) {
    for (const auto value : p)
        if (!(value >= 0 && value <= 1)) throw Error{errors::out_of_domain, fmt::format("{} is not a p-value", value)};
    std::vector<double> result(p.begin(), p.end());
    const auto tests = static_cast<double>(p.size());
    if (correction == Correction::none) return result;
    if (correction == Correction::bonferroni) {
        for (auto& value : result) value = std::min(1.0, value * tests);
        return result;
    }
    std::vector<std::size_t> order(p.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, [&](std::size_t left, std::size_t right) { return p[left] < p[right]; });
    if (correction == Correction::holm) {
        double greatest = 0;
        for (std::size_t i = 0; i < order.size(); ++i) {
            greatest = std::max(greatest, std::min(1.0, (tests - static_cast<double>(i)) * p[order[i]]));
            result[order[i]] = greatest;
        }
        return result;
    }
    double least = 1;
    for (auto i = order.size(); i-- > 0;) {
        least = std::min(least, p[order[i]] * (tests / static_cast<double>(i + 1)));
        result[order[i]] = least;
    }
    return result;
}

}  // namespace mlo::stats
