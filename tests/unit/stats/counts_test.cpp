// SPDX-License-Identifier: Apache-2.0
// Tests and distances of counts, bins, corrections and effects against tests/data/stats/make_counts.py.
#include <fmt/format.h>
#include <catch2/catch.hpp>

#include <cmath>
#include <map>
#include <mlo/stats/corrections.hpp>
#include <mlo/stats/counts.hpp>
#include <mlo/stats/distributions.hpp>
#include <mlo/stats/divergences.hpp>
#include <mlo/stats/effects.hpp>
#include <mlo/stats/errors.hpp>
#include <mlo/stats/histogram.hpp>
#include <mlo/stats/mmd.hpp>
#include <mlo/stats/permutation.hpp>
#include <refused.hpp>

#include "golden.hpp"
#include "samples.hpp"

using namespace mlo;
using namespace mlo::stats;
using namespace mlo::test;
using Catch::Matchers::StartsWith;
using Counts = std::vector<std::uint64_t>;

namespace {

double real(const Value& value, std::string_view key) { return value.get(key).as_real(); }

Counts counts_of(const Value& list) {
    Counts counts;
    for (const auto& item : list.items()) counts.push_back(item.as_unsigned());
    return counts;
}

std::vector<double> reals_of(const Value& list) {
    std::vector<double> numbers;
    for (const auto& item : list.items()) numbers.push_back(item.as_real());
    return numbers;
}

void check_counts(const CountsResult& ours, const Value& entry) {
    INFO(fmt::format("{} {} {} {}", ours.statistic, real(entry, "statistic"), ours.p, real(entry, "p")));
    CHECK(statistic_agrees(ours.statistic, real(entry, "statistic"), 1e-30));
    CHECK(ours.degrees == real(entry, "degrees"));
    CHECK(p_agrees(ours.p, real(entry, "p")));
}

Divergence divergence_of(const Value& entry) {
    return entry.get("divergence").as_string() == "pearson" ? Divergence::pearson : Divergence::log_likelihood;
}

void check_list(const std::vector<double>& ours, const Value& list) {
    const auto reference = reals_of(list);
    REQUIRE(ours.size() == reference.size());
    for (std::size_t i = 0; i < ours.size(); ++i) CHECK(statistic_agrees(ours[i], reference[i]));
}

}  // namespace

TEST_CASE("Chi-squared and G tests of counts agree with mpmath and SciPy, with and without Yates' correction") {
    for_each_golden("homogeneity", [](const Value& entry) {
        const auto yates = entry.get("yates").as_boolean() ? Continuity::corrected : Continuity::none;
        check_counts(homogeneity(counts_of(entry.get("a")), counts_of(entry.get("b")),
                                 {.divergence = divergence_of(entry), .yates = yates}),
                     entry);
    });
    for_each_golden("goodness_of_fit", [](const Value& entry) {
        check_counts(goodness_of_fit(counts_of(entry.get("a")), counts_of(entry.get("b")),
                                     {.divergence = divergence_of(entry), .rescale = Rescale::yes}),
                     entry);
    });
}

TEST_CASE("A category that is new makes Evidently's chi-squared infinite, and homogeneity does not mind") {
    const Counts observed{5, 5, 1};
    const Counts expected{5, 6, 0};
    CHECK(goodness_of_fit(observed, expected).p == 0);
    CHECK(std::isinf(goodness_of_fit(observed, expected).statistic));
    CHECK(homogeneity(observed, expected).p > 0.5);
    const Counts one{9};
    CHECK(homogeneity(one, Counts{4}).p == 1);
    const auto refusal = refused([&] {
        (void)goodness_of_fit(Counts{1, 2}, Counts{2, 2}, {.divergence = Divergence::pearson, .rescale = Rescale::no});
    });
    CHECK_THAT(refusal, StartsWith("Q007"));
    CHECK_THAT(refused([&] { (void)homogeneity(one, expected); }), StartsWith("Q007"));
    CHECK_THAT(refused([&] { (void)homogeneity(Counts{0}, one); }), StartsWith("Q001"));
    CHECK_THAT(refused([&] { (void)homogeneity(Counts{std::uint64_t{1} << 62u}, one); }), StartsWith("Q006"));
}

TEST_CASE("Fisher's exact test agrees with exact fractions for every alternative") {
    static const std::map<std::string_view, Alternative> names{
        {"two_sided", Alternative::two_sided}, {"less", Alternative::less}, {"greater", Alternative::greater}};
    for_each_golden("fisher_exact", [](const Value& entry) {
        const auto cells = counts_of(entry.get("table"));
        const double ours =
            fisher_exact({cells[0], cells[1], cells[2], cells[3]}, names.at(entry.get("alternative").as_string())).p;
        INFO(fmt::format("{} {}", ours, real(entry, "p")));
        CHECK(p_agrees(ours, real(entry, "p")));
    });
    CHECK(fisher_exact({3, 1, 1, 3}).statistic == 9);
    CHECK(std::isnan(fisher_exact({0, 4, 0, 6}).statistic));
    const auto large = fisher_exact({500'000, 500'000, 499'000, 501'000});
    const auto normal = z_test(500'000, 1'000'000, 499'000, 1'000'000);
    CHECK(std::abs(large.p / normal.p - 1) < 0.01);
}

TEST_CASE("Distances of shares agree with mpmath to all their digits, with each way to fill zeros") {
    static const std::map<std::string_view, ZeroFill> fills{
        {"none", ZeroFill::none}, {"evidently", ZeroFill::evidently}, {"half_count", ZeroFill::half_count}};
    for_each_golden("distances", [](const Value& entry) {
        const auto fill = fills.at(entry.get("fill").as_string());
        const auto p = shares(counts_of(entry.get("a")), fill);
        const auto q = shares(counts_of(entry.get("b")), fill);
        // Shares are rounded before they are compared, so their last digits, times their slope, are noise.
        const auto check = [&](std::string_view name, double ours, double noise) {
            const auto reference = entry.find(name);
            INFO(fmt::format("{} {} {}", name, ours, reference ? reference->as_real() : -1));
            CHECK(std::isinf(ours) == !reference);
            if (reference) CHECK(statistic_agrees(ours, reference->as_real(), noise));
        };
        check("kullback_leibler", kullback_leibler(p, q), 1e-19);
        check("psi", psi(p, q), 1e-19);
        check("jensen_shannon", jensen_shannon_distance(p, q), 1e-16);
        check("jensen_shannon_bits", jensen_shannon_distance(p, q, LogBase::two), 1e-16);
        check("hellinger", hellinger(p, q), 1e-16);
        check("total_variation", total_variation(p, q), 2e-16);
        check("l_infinity", l_infinity(p, q), 2e-16);
    });
    CHECK(jensen_shannon_distance(std::vector<double>{1, 0}, std::vector<double>{0.5, 0.5}) ==
          Approx(0.46450140402245893).epsilon(1e-15));
    CHECK_THAT(refused([] { (void)psi(std::vector<double>{-1}, std::vector<double>{1}); }), StartsWith("Q008"));
}

TEST_CASE("Edges and counts of bins are numpy's") {
    for_each_golden("edges", [](const Value& entry) {
        const Numbers numbers{spec_of(entry.get("a"))};
        Moments moments;
        moments.add(numbers.sample().values());
        const auto edges = entry.get("rule").as_string() == "doane"
                               ? Edges::doane(moments)
                               : Edges::sturges(moments.min(), moments.max(), moments.count());
        const auto reference = reals_of(entry.get("edges"));
        REQUIRE(edges.values().size() == reference.size());
        for (std::size_t i = 0; i < reference.size(); ++i)
            CHECK(statistic_agrees(edges.values()[i], reference[i], 1e-15));
        const auto histogram = count(numbers, edges);
        CHECK(histogram.inside == counts_of(entry.get("counts")));
        CHECK(histogram.below + histogram.above == 0);
        CHECK(count_unsorted(unsorted(spec_of(entry.get("a"))), edges) == histogram);
    });
}

TEST_CASE(
    "Edges at quantiles halve a sample evenly, give heavy values bins of their own, and catch what lies outside") {
    const Numbers bell{{.kind = "bell", .n = 10'000, .seed = 3}};
    for (const auto inside : count(bell, Edges::quantiles(bell, 20)).inside) CHECK((inside >= 499 && inside <= 501));
    std::vector<double> heavy(600, 0.0);
    for (int i = 1; i <= 400; ++i) heavy.push_back(i);
    const Numbers zeros{heavy};
    const auto edges = Edges::quantiles(zeros, 10);
    CHECK(count(zeros, edges).inside.front() == 600);
    CHECK(edges.values()[1] == std::numeric_limits<double>::denorm_min());
    const auto shifted = count(Numbers{{.kind = "bell", .n = 1000, .seed = 4, .shift = 100}}, edges).with_outside();
    CHECK(shifted.size() == edges.bins() + 2);
    CHECK(shifted.front() == 0);
    const Numbers ties{{.kind = "ties", .n = 50, .seed = 4}};
    const auto distinct = Edges::distinct(ties, Numbers{std::vector<double>{2, 9}});
    CHECK(distinct.bins() == 6);
    CHECK(count(Numbers{std::vector<double>{2, 9}}, distinct).inside == Counts{0, 0, 1, 0, 0, 1});
    auto left = count(bell, Edges::quantiles(bell, 20));
    const auto once = left;
    left.merge(once);
    CHECK(left.inside[3] == 2 * once.inside[3]);
    CHECK_THAT(refused([] { Edges{{1, 1}}; }), StartsWith("Q007"));
    CHECK_THAT(refused([] { Edges{{1}}; }), StartsWith("Q001"));
}

TEST_CASE("Corrections for several tests are those of Bonferroni, Holm, and Benjamini and Hochberg") {
    for_each_golden("adjusted", [](const Value& entry) {
        const auto p = reals_of(entry.get("p"));
        CHECK(adjusted(p, Correction::none) == p);
        check_list(adjusted(p, Correction::bonferroni), entry.get("bonferroni"));
        check_list(adjusted(p, Correction::holm), entry.get("holm"));
        check_list(adjusted(p, Correction::benjamini_hochberg), entry.get("benjamini_hochberg"));
    });
    CHECK(adjusted({}, Correction::holm).empty());
    CHECK_THAT(refused([] { (void)adjusted(std::vector<double>{std::nan("")}, Correction::holm); }),
               StartsWith("Q008"));
}

TEST_CASE("Wilson's interval is SciPy's, and the noncentrality gives the power that was asked for") {
    for_each_golden("wilson", [](const Value& entry) {
        const auto ours = wilson(entry.get("k").as_unsigned(), entry.get("n").as_unsigned(), real(entry, "confidence"));
        CHECK(statistic_agrees(ours.low, real(entry, "low"), 1e-16));
        CHECK(statistic_agrees(ours.high, real(entry, "high")));
    });
    for_each_golden("noncentrality", [](const Value& entry) {
        const double degrees = real(entry, "degrees");
        CHECK(statistic_agrees(chi_squared_isf(real(entry, "alpha"), degrees), real(entry, "critical")));
        const double ours = chi_squared_noncentrality(degrees, real(entry, "alpha"), real(entry, "power"));
        // P of the noncentral distribution as Poisson's mixture of central ones.
        double power = 0;
        double weight = std::exp(-ours / 2);
        for (int j = 0; j < 2000; ++j, weight *= ours / 2 / j)
            power += weight * chi_squared_sf(real(entry, "critical"), degrees + 2 * j);
        CHECK(power == Approx(real(entry, "power")).epsilon(1e-8));
    });
}

TEST_CASE(
    "MMD, its bandwidth and its standard error are those of the definition; p is reproducible and tells shift from "
    "none") {
    for_each_golden("mmd", [](const Value& entry) {
        const Numbers a{spec_of(entry.get("a"))};
        const Numbers b{spec_of(entry.get("b"))};
        const auto ours = mmd(a.sample().values(), b.sample().values());
        INFO(fmt::format("{} {} {}", ours.squared, ours.bandwidth, ours.standard_error));
        CHECK(statistic_agrees(ours.squared, real(entry, "squared"), 1e-14));
        CHECK(statistic_agrees(ours.bandwidth, real(entry, "bandwidth")));
        CHECK(ours.standard_error == Approx(real(entry, "standard_error")).epsilon(1e-9));
    });
    const auto a = unsorted({.kind = "bell", .n = 2000, .seed = 1});
    const auto same = unsorted({.kind = "bell", .n = 2000, .seed = 2});
    const auto other = unsorted({.kind = "bell", .n = 2000, .seed = 2, .shift = 0.5});
    const MmdOptions options{.subsample = 100, .permutation = {.seed = 9, .rounds = 99}};
    CHECK(mmd(a, same, options).p > 0.05);
    CHECK(mmd(a, other, options).p == 0.01);
    CHECK(mmd(a, other, options).squared == mmd(a, other, options).squared);
    CHECK(mmd(a, other, options).used_a == 100);
    CHECK_THAT(refused([&] { (void)mmd(std::vector<double>(9, 1.0), a); }), StartsWith("Q004"));
}
