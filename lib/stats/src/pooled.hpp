// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <cstdint>
#include <mlo/stats/sample.hpp>

namespace mlo::stats {

__extension__ using Wide = unsigned __int128;
__extension__ using SignedWide = __int128;

/// Equal values of both samples: how many there are of each, and how many values are smaller.
struct Tie {
    double value;
    std::int64_t in_a;
    std::int64_t in_b;
    std::int64_t before_a;
    std::int64_t before_b;
};

/// One merge of two sorted samples: calls visit(tie) for each different value in ascending order.
template <class Visit>
void for_each_tie(const SortedSample& a, const SortedSample& b, Visit&& visit) {
    const auto x = a.values();
    const auto y = b.values();
    std::size_t i = 0;
    std::size_t j = 0;
    while (i < x.size() || j < y.size()) {
        const double value = j == y.size() || (i < x.size() && x[i] <= y[j]) ? x[i] : y[j];
        Tie tie{value, 0, 0, static_cast<std::int64_t>(i), static_cast<std::int64_t>(j)};
        for (; i < x.size() && x[i] == value; ++i) ++tie.in_a;
        for (; j < y.size() && y[j] == value; ++j) ++tie.in_b;
        visit(tie);
    }
}

/// A sum whose error does not grow with the number of terms (Neumaier 1974).
class Sum {
public:
    void add(double term) noexcept {
        const double next = sum_ + term;
        lost_ += std::abs(sum_) >= std::abs(term) ? (sum_ - next) + term : (term - next) + sum_;
        sum_ = next;
    }
    [[nodiscard]] double value() const noexcept { return std::isfinite(lost_) ? sum_ + lost_ : sum_; }

private:
    double sum_ = 0;
    double lost_ = 0;
};

}  // namespace mlo::stats
