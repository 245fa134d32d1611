// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <mlo/stats/errors.hpp>
#include <mlo/stats/permutation.hpp>
#include <mlo/stats/random.hpp>
#include <mlo/stats/two_sample.hpp>
#include <vector>

#include "pooled.hpp"
#include "require.hpp"

namespace mlo::stats {
namespace {

/// Counts how many rounds reach the observed statistic.
template <class Round>
PermutationResult run(double observed, const PermutationOptions& options, Round round) {
    require_size(options.rounds, 1, "a permutation test");
    PermutationResult result{observed, 1, 0};
    // Arrangements that are equal in truth may differ in their last digits.
    const double limit = observed - 1e-12 * std::abs(observed);
    for (std::uint32_t i = 0; i < options.rounds; ++i) result.hits += round() >= limit ? 1u : 0u;
    const double added = options.p == PermutationP::plus_one ? 1 : 0;
    result.p = (result.hits + added) / (options.rounds + added);
    return result;
}

}  // namespace

PermutationResult permutation_test(std::uint64_t n, std::uint64_t m,
                                   const std::function<double(std::span<const std::uint8_t>)>& statistic,
                                   const PermutationOptions& options) {
    require_size(n, 1, "a permutation test");
    require_size(m, 1, "a permutation test");
    std::vector<std::uint8_t> labels(n + m, 0);
    std::fill_n(labels.begin(), n, std::uint8_t{1});
    const double observed = statistic(labels);
    Generator generator{options.seed};
    return run(observed, options, [&] {
        // Fisher & Yates; std::shuffle differs between libraries.
        for (auto last = labels.size() - 1; last > 0; --last)
            std::swap(labels[last], labels[generator.below(last + 1)]);
        return statistic(labels);
    });
}

PermutationResult permutation_test_of_counts(
    std::span<const std::uint64_t> a, std::span<const std::uint64_t> b,
    const std::function<double(std::span<const std::uint64_t>, std::span<const std::uint64_t>)>& statistic,
    const PermutationOptions& options) {
    require_same_length(a.size(), b.size());
    const auto total_a = require_total(a, "a permutation test");
    const auto total_b = require_total(b, "a permutation test");
    Generator generator{options.seed};
    std::vector<std::uint64_t> new_a(a.size());
    std::vector<std::uint64_t> new_b(a.size());
    return run(statistic(a, b), options, [&] {
        auto left = total_a + total_b;
        auto wanted = total_a;
        for (std::size_t i = 0; i < a.size(); ++i) {
            const auto both = a[i] + b[i];
            new_a[i] = generator.hypergeometric(left, both, wanted);
            new_b[i] = both - new_a[i];
            left -= both;
            wanted -= new_a[i];
        }
        return statistic(new_a, new_b);
    });
}

PermutationResult anderson_darling_permutation(const SortedSample& a, const SortedSample& b,
                                               const PermutationOptions& options) {
    const double observed = anderson_darling(a, b).statistic;
    // Of the statistic only the weighted squares vary: sum over ties of l (N M - B n)^2 / (B (N - B) - N l / 4).
    struct Group {
        std::size_t end;
        double expected;
        double weight;
    };
    std::vector<Group> groups;
    const auto n = static_cast<double>(a.size());
    const auto total = static_cast<double>(a.size() + b.size());
    std::vector<std::uint8_t> labels;
    labels.reserve(a.size() + b.size());
    for_each_tie(a, b, [&](const Tie& tie) {
        const auto ties = static_cast<double>(tie.in_a + tie.in_b);
        const double place = static_cast<double>(tie.before_a + tie.before_b) + ties / 2;
        labels.insert(labels.end(), static_cast<std::size_t>(tie.in_a), 1);
        labels.insert(labels.end(), static_cast<std::size_t>(tie.in_b), 0);
        groups.push_back({labels.size(), place * n / total, ties / (place * (total - place) - total * ties / 4)});
    });
    const auto spread = [&] {
        double sum = 0;
        double before = 0;
        std::size_t i = 0;
        for (const auto& group : groups) {
            double here = 0;
            for (; i < group.end; ++i) here += labels[i];
            const double gap = before + here / 2 - group.expected;
            sum += gap * gap * group.weight;
            before += here;
        }
        return sum;
    };
    Generator generator{options.seed};
    auto result = run(spread(), options, [&] {
        for (auto last = labels.size() - 1; last > 0; --last)
            std::swap(labels[last], labels[generator.below(last + 1)]);
        return spread();
    });
    result.statistic = observed;
    return result;
}

PermutationResult total_variation_permutation(std::span<const std::uint64_t> a, std::span<const std::uint64_t> b,
                                              const PermutationOptions& options) {
    const auto total_a = static_cast<double>(require_total(a, "total_variation"));
    const auto total_b = static_cast<double>(require_total(b, "total_variation"));
    const auto distance = [&](std::span<const std::uint64_t> left, std::span<const std::uint64_t> right) {
        Sum sum;
        for (std::size_t i = 0; i < left.size(); ++i)
            sum.add(std::abs(static_cast<double>(left[i]) / total_a - static_cast<double>(right[i]) / total_b));
        return sum.value() / 2;
    };
    return permutation_test_of_counts(a, b, distance, options);
}

}  // namespace mlo::stats
