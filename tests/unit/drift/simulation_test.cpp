// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include <fmt/format.h>

#include <cmath>
#include <fstream>
#include <full.hpp>
#include <mlo/drift/compare.hpp>
#include <mlo/stats/distributions.hpp>
#include <mlo/stats/random.hpp>

#include "made_table.hpp"

namespace mlo::drift {
namespace {

/// A table of kinds of columns that drift tests get wrong: heavy tails, ties, rare categories, many of them, holes.
/// `shift` moves the normal column by so many standard deviations.
test::MadeTable drawn(stats::Generator& random, std::size_t rows, double shift = 0) {
    std::vector<std::optional<double>> normal, heavy, few, ids;
    std::vector<std::optional<std::string>> common, many;
    for (std::size_t row = 0; row < rows; ++row) {
        normal.emplace_back(stats::normal_quantile(random.uniform()) + shift);
        heavy.emplace_back(std::exp(2 * stats::normal_quantile(random.uniform())));
        few.emplace_back(std::floor(6 * random.uniform() * random.uniform()));
        const double u = random.uniform();
        common.emplace_back(u < 0.6 ? "a" : u < 0.9 ? "b" : u < 0.98 ? "c" : u < 0.999 ? "d" : "e");
        many.emplace_back(fmt::format("w{}", static_cast<int>(1 / (random.uniform() + 0.005))));
        if (random.below(20) == 0) heavy.back().reset();
        if (random.below(200) == 0) many.back().reset();
    }
    test::MadeTable table;
    table.add("normal", table::Type::real, normal);
    table.add("heavy", table::Type::real, heavy);
    table.add("few", table::Type::integer, few);
    table.add("common", common);
    table.add("many", many);
    return table;
}

/// In how many of `rounds` a drift is told.
int alarms(std::uint64_t seed, std::size_t reference_rows, std::size_t current_rows, int rounds, double shift = 0) {
    stats::Generator random{seed};
    int count = 0;
    for (int i = 0; i < rounds; ++i) {
        const auto reference = drawn(random, reference_rows).profile();
        const auto current = drawn(random, current_rows, shift).profile(&reference);
        count += compare(reference, current, {}).outcome == Outcome::drift ? 1 : 0;
    }
    return count;
}

/// What chance makes of a rate of 5 %, but for one time in a thousand.
int tolerated(int rounds) {
    const double mean = 0.05 * rounds;
    return static_cast<int>(std::ceil(mean + 3.1 * std::sqrt(mean * 0.95)));
}

}  // namespace

TEST_CASE("a table that has not changed is called drifted at most once in twenty times, at every size") {
    struct Case {
        std::size_t reference;
        std::size_t current;
        int rounds;
    };
    const auto given =
        GENERATE(Case{30, 30, 120}, Case{100, 30, 120}, Case{30, 1000, 40}, Case{2000, 30, 60}, Case{100, 100, 80},
                 Case{300, 300, 40}, Case{1000, 100, 60}, Case{1000, 1000, 20}, Case{5000, 5000, 4});
    const int rounds = test::full_run() ? given.rounds * 8 : given.rounds;
    INFO(given.reference << " against " << given.current);
    CHECK(alarms(given.reference * 31 + given.current, given.reference, given.current, rounds) <= tolerated(rounds));
}

TEST_CASE("a large table that has not changed is not called drifted") {
    // Effects of chance are far below any threshold here: not one alarm is tolerated.
    CHECK(alarms(5, 50'000, 50'000, 1) == 0);
    if (!test::full_run()) return;
    CHECK(alarms(6, 1'000'000, 30, 40) <= tolerated(40));
    CHECK(alarms(7, 1'000'000, 1'000'000, 2) == 0);
}

TEST_CASE("a shift is found where the rows suffice, and is no drift where it is small") {
    CHECK(alarms(1, 1000, 300, 10, 1.0) == 10);
    CHECK(alarms(2, 2000, 300, 10, 0.5) >= 9);
    CHECK(alarms(3, 300, 100, 10, 1.0) >= 9);
    // A tenth of a standard deviation is certain at this size, and below the threshold.
    CHECK(alarms(4, 20'000, 20'000, 1, 0.1) == 0);
}

TEST_CASE("the manual page says how much is found, as a simulation does") {
    std::ifstream page{DRIFT_PAGE};
    const std::string text{std::istreambuf_iterator<char>{page}, {}};
    constexpr int rounds = 200;
    for (const std::size_t rows : {30u, 100u, 300u, 1000u, 3000u, 10'000u}) {
        if (rows > 300 && !test::full_run()) break;
        auto lines = fmt::format("|  {}\n", rows);
        for (const double shift : {0.0, 0.1, 0.25, 0.5, 1.0}) {
            stats::Generator random{rows};
            int found = 0;
            for (int i = 0; i < rounds; ++i) {
                std::vector<std::optional<double>> old_values, new_values;
                for (std::size_t row = 0; row < rows; ++row) {
                    old_values.emplace_back(stats::normal_quantile(random.uniform()));
                    new_values.emplace_back(stats::normal_quantile(random.uniform()) + shift);
                }
                test::MadeTable old_table, new_table;
                old_table.add("x", table::Type::real, old_values);
                new_table.add("x", table::Type::real, new_values);
                const auto reference = old_table.profile();
                found += compare(reference, new_table.profile(&reference), {}).outcome == Outcome::drift ? 1 : 0;
            }
            lines += fmt::format(":  {} %\n", found / 2.0);
        }
        INFO(lines);
        CHECK(text.find(lines) != text.npos);
    }
}

}  // namespace mlo::drift
