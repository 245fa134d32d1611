// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include <fmt/format.h>

#include <cmath>
#include <failure.hpp>
#include <mlo/drift/compare.hpp>
#include <mlo/stats/random.hpp>
#include <refused.hpp>
#include <tests.hpp>

#include "made_table.hpp"

namespace mlo::drift {
namespace {

using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;
using test::MadeTable;
using test::refused;
using Reals = std::vector<std::optional<double>>;
using Texts = std::vector<std::optional<std::string>>;

Reals uniform(std::uint64_t seed, std::size_t rows, double from = 0, double to = 1) {
    stats::Generator random{seed};
    Reals values;
    for (std::size_t i = 0; i < rows; ++i) values.emplace_back(from + (to - from) * random.uniform());
    return values;
}

Texts words(std::initializer_list<std::pair<std::string, int>> counts) {
    Texts values;
    for (const auto& [word, times] : counts)
        for (int i = 0; i < times; ++i) values.emplace_back(word);
    return values;
}

Report compared(const MadeTable& reference, const MadeTable& current, const Rules& rules = {}) {
    const auto old = reference.profile();
    return compare(old, current.profile(&old), rules);
}

Finding finding(const Report& report, std::string_view column, Aspect aspect) {
    for (const auto& each : report.findings)
        if (each.column == column && each.aspect == aspect) return each;
    FAIL("no such finding");
    throw 0;
}

bool has(const Report& report, std::string_view column, Aspect aspect) {
    return std::ranges::any_of(report.findings,
                               [&](const auto& each) { return each.column == column && each.aspect == aspect; });
}

TEST_CASE("the effect is the Jensen-Shannon distance in base 2") {
    MadeTable a, b;
    a.add("w", words({{"x", 50}, {"y", 50}}));
    b.add("w", words({{"x", 80}, {"y", 20}}));
    const auto report = compared(a, b);
    const auto& found = finding(report, "w", Aspect::distribution);
    // scipy.spatial.distance.jensenshannon([.5, .5], [.8, .2], base=2)
    CHECK(found.effect == Approx(0.2703775285).epsilon(1e-6));
    // scipy.stats.chi2_contingency([[50, 50], [80, 20]], correction=False).pvalue
    CHECK(found.p == Approx(8.687711677e-06).epsilon(1e-4));
    CHECK(found.test == Test::chi_squared);
    CHECK(found.outcome == Outcome::drift);
    CHECK(report.outcome == Outcome::drift);
    CHECK(report.drifted == 1);
    CHECK(found.noise_floor > 0.03);
    CHECK(*found.detectable > found.noise_floor);
}

TEST_CASE("a table is not called drifted for an effect without proof, nor for proof without an effect") {
    MadeTable a, few, many, same;
    a.add("w", words({{"x", 5000}, {"y", 5000}}));
    few.add("w", words({{"x", 21}, {"y", 15}}));
    const auto& unproven = finding(compared(a, few), "w", Aspect::distribution);
    CHECK(unproven.outcome == Outcome::none);
    many.add("w", words({{"x", 5300}, {"y", 4700}}));
    const auto report = compared(a, many);
    const auto& tiny = finding(report, "w", Aspect::distribution);
    CHECK(tiny.adjusted_p < 1e-3);
    CHECK(tiny.effect < 0.1);
    CHECK(tiny.outcome == Outcome::none);
    CHECK(report.outcome == Outcome::none);
    // The threshold is the user's.
    CHECK(compared(a, many, {.threshold = 0.02}).outcome == Outcome::drift);
    CHECK(compared(a, many, {.type_thresholds = {{table::Type::text, 0.02}}}).outcome == Outcome::drift);
    CHECK(compared(a, many, {.type_thresholds = {{table::Type::real, 0.02}}}).outcome == Outcome::none);
    CHECK(compared(a, many, {.threshold = 0.02, .column_thresholds = {{"w", 0.1}}}).outcome == Outcome::none);
    CHECK(compared(a, many, {.type_thresholds = {{table::Type::text, 0.1}}, .column_thresholds = {{"w", 0.02}}})
              .outcome == Outcome::drift);
    CHECK(refused([&] {
              (void)compared(a, many, {.column_thresholds = {{"v", 0.1}}});
          }) == "K002  neither table has a column 'v'");
}

TEST_CASE("too few values decide nothing, and a table of none at all neither") {
    MadeTable a, few, none;
    a.add("x", table::Type::real, uniform(1, 1000));
    few.add("x", table::Type::real, uniform(2, 20, 5, 6));
    const auto report = compared(a, few);
    CHECK(report.outcome == Outcome::undecided);
    CHECK(finding(report, "x", Aspect::distribution).outcome == Outcome::undecided);
    none.add("x", table::Type::real, {});
    CHECK(compared(a, none).outcome == Outcome::undecided);
    CHECK(compared(none, a).outcome == Outcome::undecided);
    // A column without values has no type that could differ.
    MadeTable empty;
    empty.add("x", Texts(1000));
    const auto gone = compared(a, empty);
    CHECK_FALSE(has(gone, "x", Aspect::type));
    CHECK(finding(gone, "x", Aspect::missing).outcome == Outcome::drift);
    CHECK(compared(a, few, {.least_values = 20}).outcome == Outcome::drift);
}

TEST_CASE("missing values, infinities, ranges and new values are findings of their own") {
    MadeTable a, b;
    auto old_numbers = uniform(1, 2000);
    auto new_numbers = uniform(2, 1000);
    for (std::size_t i = 0; i < 100; ++i) {
        new_numbers[i * 3].reset();
        new_numbers[i * 3 + 1] = std::numeric_limits<double>::infinity();
        new_numbers[i * 3 + 2] = 7 + static_cast<double>(i);
    }
    a.add("x", table::Type::real, old_numbers);
    b.add("x", table::Type::real, new_numbers);
    auto old_words = words({{"red", 1500}, {"blue", 480}, {"gone", 20}});
    auto new_words = words({{"red", 750}, {"blue", 230}, {"new", 20}});
    a.add("w", old_words);
    b.add("w", new_words);
    const auto report = compared(a, b);
    CHECK(finding(report, "x", Aspect::missing).outcome == Outcome::drift);
    CHECK(finding(report, "x", Aspect::missing).detail == "10.0 %, was 0 %");
    CHECK(finding(report, "x", Aspect::infinite).outcome == Outcome::drift);
    const auto& range = finding(report, "x", Aspect::range);
    CHECK(range.outcome == Outcome::drift);
    CHECK(range.p < 1e-20);
    CHECK_THAT(range.detail, StartsWith("12.5 % outside of"));
    const auto& came = finding(report, "w", Aspect::new_values);
    CHECK(came.detail == "'new' 2.0 %");
    CHECK(came.p < 1e-6);
    CHECK(came.effect == Approx(0.1).epsilon(0.02));
    const auto& gone = finding(report, "w", Aspect::vanished_values);
    CHECK(gone.detail == "'gone' 1.0 %");
    CHECK(gone.effect < 0.1);
    CHECK(gone.outcome == Outcome::none);
}

TEST_CASE("columns that are gone or of another type are drift, new ones are told") {
    MadeTable a, b;
    a.add("x", table::Type::real, uniform(1, 100));
    a.add("n", table::Type::integer, uniform(2, 100, 0, 50));
    a.add("gone", words({{"a", 100}}));
    a.add("retyped", words({{"a", 100}}));
    b.add("x", table::Type::real, uniform(3, 100));
    b.add("n", table::Type::real, uniform(4, 100, 0, 50));
    b.add("retyped", table::Type::integer, uniform(3, 100));
    b.add("new", table::Type::integer, uniform(3, 100));
    const auto report = compared(a, b);
    CHECK(finding(report, "gone", Aspect::column).outcome == Outcome::drift);
    CHECK(finding(report, "retyped", Aspect::type).detail == "integer, was text");
    CHECK(finding(report, "new", Aspect::column).outcome == Outcome::none);
    // Whole numbers may be written either way.
    CHECK_FALSE(has(report, "n", Aspect::type));
    CHECK(report.columns == 4);
    CHECK(report.drifted == 2);
    CHECK(report.outcome == Outcome::drift);
    CHECK(compared(a, b, {.share = 0.6}).outcome == Outcome::none);
    CHECK(compared(a, b, {.excluded = {"gone", "retyped"}}).outcome == Outcome::none);
    CHECK(compared(a, b, {.only = {"x"}}).columns == 1);
    CHECK_THAT(refused([&] { (void)compared(a, b, {.only = {"gon"}}); }), StartsWith("K002") && Contains("'gone'"));
    MadeTable other;
    other.add("elsewhere", words({{"a", 3}}));
    CHECK_THAT(refused([&] { (void)compared(a, other); }), StartsWith("K001"));
}

TEST_CASE("constant columns, dates, identifiers and free text are neither alarms nor silently left out") {
    MadeTable a, b;
    a.add("one", table::Type::integer, Reals(200, 1.0));
    b.add("one", table::Type::integer, Reals(300, 1.0));
    Reals ids, later;
    Texts free, other;
    for (int i = 0; i < 300; ++i) {
        if (i < 200) ids.emplace_back(i);
        later.emplace_back(1000 + i);
        if (i < 200) free.emplace_back(fmt::format("K-{:05}", i));
        other.emplace_back(fmt::format("K-{:05}", 70'000 + i));
    }
    a.add("day", table::Type::date, ids);
    b.add("day", table::Type::date, later);
    a.add("id", table::Type::integer, ids);
    b.add("id", table::Type::integer, later);
    a.add("code", free);
    b.add("code", other);
    const auto report = compared(a, b, {.excluded = {"id"}});
    CHECK(report.outcome == Outcome::none);
    CHECK(finding(report, "one", Aspect::distribution).effect == 0);
    CHECK_FALSE(has(report, "day", Aspect::distribution));
    const auto notes = fmt::format("{}", fmt::join(report.notes, "; "));
    CHECK_THAT(notes,
               Contains("'day': dates and times are not compared") && Contains("'code': hardly a text comes twice"));
    const auto with_id = compared(a, b);
    CHECK(with_id.outcome == Outcome::drift);
    CHECK_THAT(fmt::format("{}", fmt::join(with_id.notes, "; ")), Contains("'id': looks like an identifier"));
    // Another form of the codes is seen.
    MadeTable c;
    Texts changed;
    for (int i = 0; i < 300; ++i) changed.emplace_back(fmt::format("{:05}/K", i));
    c.add("code", changed);
    CHECK(finding(compared(a, c, {.only = {"code"}}), "code", Aspect::distribution).outcome == Outcome::drift);
}

TEST_CASE("a profile with bins of its own is compared with less certainty, never with more") {
    MadeTable a, b;
    a.add("x", table::Type::real, uniform(1, 20'000));
    b.add("x", table::Type::real, uniform(2, 20'000, 0.05, 1.05));
    const auto old = a.profile();
    const auto exact = compare(old, b.profile(&old), {});
    const auto estimated = compare(old, b.profile(), {});
    CHECK(finding(estimated, "x", Aspect::distribution).p >= finding(exact, "x", Aspect::distribution).p);
    CHECK(finding(estimated, "x", Aspect::distribution).effect ==
          Approx(finding(exact, "x", Aspect::distribution).effect).margin(0.03));
    CHECK(estimated.outcome == Outcome::drift);
}

TEST_CASE("findings are ranked: drift first, then by effect") {
    MadeTable a, b;
    for (int i = 0; i < 5; ++i) {
        const auto name = fmt::format("x{}", i);
        a.add(name, table::Type::real, uniform(1, 500));
        b.add(name, table::Type::real, uniform(2, 500, 0.1 * i, 1 + 0.1 * i));
    }
    const auto report = compared(a, b);
    bool was_drift = true;
    double last = 2;
    for (const auto& each : report.findings) {
        const bool is_drift = each.outcome == Outcome::drift;
        CHECK((was_drift || !is_drift));
        if (was_drift != is_drift) last = 2;
        CHECK(each.effect <= last);
        last = each.effect;
        was_drift = is_drift;
    }
    CHECK(report.findings.front().column == "x4");
}

TEST_CASE("the k greatest of all are on one side with a probability that is known") {
    CHECK(all_of_extremes(0, 5, 5) == 1);
    CHECK(all_of_extremes(1, 30, 10) == Approx(0.25));
    // 10 choose 3 over 40 choose 3
    CHECK(all_of_extremes(3, 30, 10) == Approx(120.0 / 9880));
    CHECK(all_of_extremes(11, 30, 10) == 0);
    CHECK(all_of_extremes(1'000'000, 1'000'000, 2'000'000) == 0);
}

}  // namespace
}  // namespace mlo::drift
