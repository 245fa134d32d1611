// SPDX-License-Identifier: Apache-2.0
// Tests and descriptions of samples against SciPy, numpy and mpmath: tests/data/stats/make_golden.py says which, where.
#include <fmt/format.h>
#include <catch2/catch.hpp>

#include <map>
#include <mlo/stats/descriptive.hpp>
#include <mlo/stats/distributions.hpp>
#include <mlo/stats/two_sample.hpp>

#include "golden.hpp"
#include "samples.hpp"

using namespace mlo;
using namespace mlo::stats;
using namespace mlo::test;

namespace {

Alternative alternative_of(const Value& value) {
    static const std::map<std::string_view, Alternative> names{
        {"two_sided", Alternative::two_sided}, {"less", Alternative::less}, {"greater", Alternative::greater}};
    return names.at(value.get("alternative").as_string());
}

PMethod method_of(const Value& value) {
    return value.get("p_method").as_string() == "exact" ? PMethod::exact : PMethod::asymptotic;
}

double real(const Value& value, std::string_view key) { return value.get(key).as_real(); }

/// Checks a method of two samples whose result has a statistic and a p.
template <class Test>
void check_test(std::string_view method, Test test, double absolute = 0, double relative_p = 1e-9) {
    for_each_golden(method, [&](const Value& entry) {
        const Numbers a{spec_of(entry.get("a"))};
        const Numbers b{spec_of(entry.get("b"))};
        const auto result = test(a, b, entry);
        INFO(fmt::format("{} {} {} {}", result.statistic, real(entry, "statistic"), result.p, real(entry, "p")));
        CHECK(statistic_agrees(result.statistic, real(entry, "statistic"), absolute));
        CHECK(p_agrees(result.p, real(entry, "p"), relative_p));
    });
}

template <class Tail>
void check_tail(std::string_view method, Tail tail, double relative = 1e-12) {
    for_each_golden(method, [&](const Value& entry) {
        const double ours = tail(entry);
        INFO(fmt::format("{} {}", ours, real(entry, "p")));
        CHECK(p_agrees(ours, real(entry, "p"), relative));
    });
}

std::uint64_t whole(const Value& value, std::string_view key) { return value.get(key).as_unsigned(); }

}  // namespace

TEST_CASE("Kolmogorov-Smirnov has SciPy's statistic and p, exact and asymptotic, in both tails") {
    check_test("ks", [](const Numbers& a, const Numbers& b, const Value& entry) {
        return ks(a, b, {.alternative = alternative_of(entry), .method = method_of(entry)});
    });
}

TEST_CASE("Cramer-von Mises has SciPy's statistic and exact p, and the limit's p to all its digits") {
    check_test("cramer_von_mises", [](const Numbers& a, const Numbers& b, const Value& entry) {
        return cramer_von_mises(a, b, method_of(entry));
    });
    check_tail("cramer_von_mises_limit_sf",
               [](const Value& entry) { return cramer_von_mises_limit_sf(real(entry, "x")); });
}

TEST_CASE("Mann-Whitney has SciPy's statistic and p for every alternative, with ties and without") {
    check_test("mann_whitney", [](const Numbers& a, const Numbers& b, const Value& entry) {
        const auto continuity =
            entry.get("continuity").as_string() == "none" ? Continuity::none : Continuity::corrected;
        return mann_whitney(
            a, b, {.alternative = alternative_of(entry), .method = method_of(entry), .continuity = continuity});
    });
}

TEST_CASE("Anderson-Darling has SciPy's normalised statistic and its p, clipped at both ends") {
    // The statistic is a difference from its expectation 1, so its digits are those of 1.
    check_test(
        "anderson_darling", [](const Numbers& a, const Numbers& b, const Value&) { return anderson_darling(a, b); },
        1e-12);
}

TEST_CASE("Epps-Singleton has SciPy's statistic and p") {
    // The statistic is a quadratic form in the inverse of a covariance that may be nearly singular: numpy's own digits
    // end there as well, as mpmath shows.
    check_test(
        "epps_singleton", [](const Numbers& a, const Numbers& b, const Value&) { return epps_singleton(a, b); }, 1e-10);
}

TEST_CASE("Student's and Welch's t have the exact statistic and mpmath's p") {
    check_test("t_test", [](const Numbers& a, const Numbers& b, const Value& entry) {
        Moments moments_a;
        Moments moments_b;
        moments_a.add(a.sample().values());
        moments_b.add(b.sample().values());
        const auto variances = entry.get("variances").as_string() == "equal" ? Variances::equal : Variances::unequal;
        const auto result = t_test(moments_a, moments_b, variances, alternative_of(entry));
        CHECK(statistic_agrees(result.degrees, real(entry, "degrees")));
        return result;
    });
}

TEST_CASE("Wasserstein and energy distances are SciPy's") {
    for_each_golden("wasserstein", [](const Value& entry) {
        const double ours = wasserstein(Numbers{spec_of(entry.get("a"))}, Numbers{spec_of(entry.get("b"))});
        CAPTURE(ours, real(entry, "statistic"));
        CHECK(statistic_agrees(ours, real(entry, "statistic")));
    });
    for_each_golden("energy_distance", [](const Value& entry) {
        const double ours = energy_distance(Numbers{spec_of(entry.get("a"))}, Numbers{spec_of(entry.get("b"))});
        CAPTURE(ours, real(entry, "statistic"));
        CHECK(statistic_agrees(ours, real(entry, "statistic")));
    });
}

TEST_CASE("Tails of the normal, t and chi-squared distributions keep their digits") {
    check_tail("normal_sf", [](const Value& entry) { return normal_sf(real(entry, "x")); });
    check_tail("student_t_sf", [](const Value& e) { return student_t_sf(real(e, "x"), real(e, "degrees")); });
    check_tail("chi_squared_sf", [](const Value& e) { return chi_squared_sf(real(e, "x"), real(e, "degrees")); });
    for_each_golden("normal_quantile", [](const Value& entry) {
        CHECK(statistic_agrees(normal_quantile(real(entry, "x")), real(entry, "p")));
    });
}

TEST_CASE("Tails of Kolmogorov's distributions, finite and limiting, agree with SciPy and with Smirnov's sum") {
    check_tail("kolmogorov_limit_sf", [](const Value& entry) { return kolmogorov_limit_sf(real(entry, "x")); });
    check_tail(
        "ks_one_sided_sf", [](const Value& e) { return ks_one_sided_sf(whole(e, "n"), real(e, "x")); }, 1e-11);
    check_tail(
        "kolmogorov_sf", [](const Value& e) { return kolmogorov_sf(whole(e, "n"), real(e, "x")); }, 1e-10);
}

TEST_CASE("Binomial and hypergeometric probabilities agree with exact fractions") {
    check_tail("binomial_pmf",
               [](const Value& e) { return binomial_pmf(real(e, "k"), real(e, "n"), real(e, "x"), 1 - real(e, "x")); });
    check_tail("hypergeometric_pmf", [](const Value& e) {
        return hypergeometric_pmf(whole(e, "k"), whole(e, "total"), whole(e, "good"), whole(e, "draws"));
    });
}

TEST_CASE("Moments agree with those of exact fractions, however far from zero and however large") {
    for_each_golden("moments", [](const Value& entry) {
        Moments moments;
        moments.add(unsorted(spec_of(entry.get("a"))));
        CAPTURE(moments.mean(), moments.standard_deviation(), moments.skewness(), moments.excess_kurtosis());
        CHECK(statistic_agrees(moments.mean(), real(entry, "mean")));
        CHECK(statistic_agrees(moments.standard_deviation(), real(entry, "deviation")));
        const auto skewness = entry.find("skewness");
        CHECK(std::isnan(moments.skewness()) == !skewness);
        if (skewness) CHECK(statistic_agrees(moments.skewness(), skewness->as_real(), 1e-12));
        if (skewness) CHECK(statistic_agrees(moments.excess_kurtosis(), real(entry, "kurtosis"), 1e-12));
    });
}

TEST_CASE("Quantiles are numpy's by each of its methods") {
    static const std::map<std::string_view, QuantileMethod> methods{
        {"linear", QuantileMethod::linear},
        {"lower", QuantileMethod::lower},
        {"higher", QuantileMethod::higher},
        {"nearest", QuantileMethod::nearest},
        {"midpoint", QuantileMethod::midpoint},
        {"inverted_cdf", QuantileMethod::inverted_cdf},
        {"averaged_inverted_cdf", QuantileMethod::averaged_inverted_cdf},
        {"closest_observation", QuantileMethod::closest_observation},
        {"interpolated_inverted_cdf", QuantileMethod::interpolated_inverted_cdf},
        {"hazen", QuantileMethod::hazen},
        {"weibull", QuantileMethod::weibull},
        {"median_unbiased", QuantileMethod::median_unbiased},
        {"normal_unbiased", QuantileMethod::normal_unbiased}};
    for_each_golden("quantile", [&](const Value& entry) {
        const Numbers numbers{spec_of(entry.get("a"))};
        const auto at = entry.get("at").items();
        const auto values = entry.get("values").items();
        for (std::size_t i = 0; i < at.size(); ++i) {
            const double ours =
                quantile(numbers, at[i].as_real(), methods.at(entry.get("quantile_method").as_string()));
            CAPTURE(at[i].as_real(), ours, values[i].as_real(), entry.get("quantile_method").as_string());
            CHECK(statistic_agrees(ours, values[i].as_real()));
        }
    });
    for_each_golden("median_absolute_deviation", [](const Value& e) {
        CHECK(statistic_agrees(median_absolute_deviation(Numbers{spec_of(e.get("a"))}), real(e, "statistic"), 1e-15));
    });
    for_each_golden("trimmed_mean", [](const Value& e) {
        CHECK(statistic_agrees(trimmed_mean(Numbers{spec_of(e.get("a"))}, real(e, "x")), real(e, "statistic"), 1e-15));
    });
}
