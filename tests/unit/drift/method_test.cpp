// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include <cmath>
#include <limits>
#include <mlo/drift/compare.hpp>
#include <mlo/stats/random.hpp>
#include <refused.hpp>
#include <set>
#include <string>

#include "made_table.hpp"

namespace mlo::drift {
namespace {

using Catch::Matchers::Contains;
using test::MadeTable;
using test::refused;
using Reals = std::vector<std::optional<double>>;
using Texts = std::vector<std::optional<std::string>>;

double score(Method method, const std::vector<double>& a, const std::vector<double>& b) {
    stats::Moments old_moments, new_moments;
    old_moments.add(a);
    new_moments.add(b);
    MethodInput input;
    input.reference = stats::SortedSample::of_sorted(a);
    input.current = stats::SortedSample::of_sorted(b);
    input.reference_moments = &old_moments;
    input.current_moments = &new_moments;
    return row_of(method).score(input);
}

double score(Method method, const std::vector<std::uint64_t>& a, const std::vector<std::uint64_t>& b) {
    MethodInput input;
    input.reference_counts = a;
    input.current_counts = b;
    return row_of(method).score(input);
}

/// Numbers of a seeded generator, and what asks for them.
class MadeValues final : public ValueSource {
public:
    std::optional<std::vector<double>> numbers(Side side, std::string_view column) override {
        asked.emplace_back(column);
        return side == Side::reference ? reference : current;
    }
    std::optional<Occurrences> texts(Side /*side*/, std::string_view /*column*/) override { return std::nullopt; }

    std::optional<std::vector<double>> reference;
    std::optional<std::vector<double>> current;
    std::vector<std::string> asked;
};

std::vector<double> uniform(std::uint64_t seed, std::size_t rows, double from) {
    stats::Generator random{seed};
    std::vector<double> values;
    for (std::size_t i = 0; i < rows; ++i) values.push_back(from + random.uniform());
    return values;
}

MadeTable table_of(const std::vector<double>& values) {
    MadeTable made;
    made.add("x", table::Type::real, Reals{values.begin(), values.end()});
    return made;
}

TEST_CASE("methods of numbers say what SciPy says") {
    const std::vector<double> a{0.1, 0.4, 0.5, 0.9, 1.3, 1.8, 2.2, 2.9, 3.1, 4.0};
    const std::vector<double> b{0.7, 1.4, 1.9, 2.5, 3.3, 3.6, 4.1, 4.4, 5.2, 5.9, 6.3};
    const auto close = [](double expected) { return Approx(expected).epsilon(1e-9); };
    // SciPy 1.17.1: ks_2samp, cramervonmises_2samp, anderson_ksamp, mannwhitneyu, ttest_ind, epps_singleton_2samp,
    // wasserstein_distance over numpy.std, energy_distance.
    CHECK(score(Method::ks, a, b) == close(0.05781988908923893));
    CHECK(score(Method::cramer_von_mises, a, b) == close(0.022856916045770535));
    CHECK(score(Method::anderson, a, b) == close(0.017069655995452133));
    CHECK(score(Method::mannw, a, b) == close(0.01832430775151698));
    CHECK(score(Method::t_test, a, b) == close(0.016032996910506553));
    CHECK(score(Method::es, a, b) == close(0.22239049066071984));
    CHECK(score(Method::wasserstein, a, b) == close(1.491228205876869));
    CHECK(score(Method::energy, a, b) == close(1.1229830404288879));
    CHECK(score(Method::empirical_mmd, a, {10.1, 10.4, 10.5, 10.9, 11.3, 11.8, 12.2, 12.9}) < 0.01);
    // Of ties SciPy's Cramer-von Mises says 0.0253 here, of which nothing is true: each value is as frequent in both.
    std::vector<double> many, few;
    for (int value = 20; value < 60; ++value) {
        many.insert(many.end(), 50, value);
        few.insert(few.end(), 7, value);
    }
    CHECK(score(Method::cramer_von_mises, many, few) > 0.99);
    CHECK(row_of(Method::cramer_von_mises).score != row_of(Method::cramer_von_mises).evidently);
}

TEST_CASE("methods of counts say what SciPy says, and a category that neither side has changes nothing") {
    const auto close = [](double expected) { return Approx(expected).epsilon(1e-9); };
    for (const bool has_more : {false, true}) {
        std::vector<std::uint64_t> a{50, 30, 20}, b{30, 45, 5}, c{60, 40}, d{35, 45};
        if (has_more)
            for (auto* const counts : {&a, &b, &c, &d}) counts->insert(counts->begin() + 1, 0);
        // scipy.stats.chi2_contingency without correction, with lambda_="log-likelihood", and fisher_exact.
        CHECK(score(Method::chisquare, a, b) == close(0.000563552534445695));
        CHECK(score(Method::g_test, a, b) == close(0.0004341636067898117));
        CHECK(score(Method::fisher_exact, c, d) == close(0.03578557439579744));
        // 2 norm.sf(|0.4 - 0.5625| / sqrt(p (1 - p) (1/100 + 1/80))), p = 85/180
        CHECK(score(Method::z, c, d) == close(0.030005478743284197));
        // scipy.spatial.distance.jensenshannon; of shares of counts and a half: entropy(p, q), sum (p - q) ln(p / q).
        CHECK(score(Method::jensenshannon, a, b) == close(0.20906599791061098));
        CHECK(score(Method::kl_div, a, b) == close(0.17696065667458258));
        CHECK(score(Method::psi, a, b) == close(0.3422274956921344));
        CHECK(score(Method::hellinger, a, b) == close(0.21069404619949927));
        CHECK(score(Method::l_infinity, a, b) == close(0.2625));
        CHECK(score(Method::total_variation, a, b) <= 0.002);
        CHECK(refused([&] { (void)score(Method::z, a, b); }) == "Q008  the method takes columns of two values");
    }
}

TEST_CASE("a score is beyond its threshold on the side of its kind, and at it as Evidently has it") {
    CHECK(is_beyond(row_of(Method::ks), 0.05, 0.05));
    CHECK_FALSE(is_beyond(row_of(Method::t_test), 0.05, 0.05));
    CHECK(is_beyond(row_of(Method::t_test), 0.049, 0.05));
    CHECK_FALSE(is_beyond(row_of(Method::ks), 0.051, 0.05));
    CHECK(is_beyond(row_of(Method::psi), 0.1, 0.1));
    CHECK_FALSE(is_beyond(row_of(Method::energy), 0.1, 0.1));
    CHECK_FALSE(is_beyond(row_of(Method::psi), 0.09, 0.1));
}

TEST_CASE("a method that is asked for decides the distribution, by its own threshold or the one that is given") {
    MadeTable a, b;
    Texts old_words(200, "x"), new_words(200, "x");
    for (std::size_t i = 0; i < 100; ++i) old_words[i] = "y";
    for (std::size_t i = 0; i < 60; ++i) new_words[i] = "y";
    a.add("w", old_words);
    b.add("w", new_words);
    const auto reference = a.profile();
    const auto current = b.profile(&reference);
    const auto finding = [&](const Rules& rules) { return compare(reference, current, rules).findings.at(0); };
    CHECK_FALSE(finding({}).score);
    const auto psi = finding({.method = Method::psi});
    REQUIRE(psi.score);
    CHECK(psi.score->method == Method::psi);
    // ((0.5 - 60.5 / 201) ln(0.5 / (60.5 / 201)) + ..., with half a count in each.
    CHECK(psi.score->value == Approx(0.16763).epsilon(1e-3));
    CHECK(psi.score->threshold == 0.1);
    CHECK(psi.score->noise_floor == Approx(0.01));
    CHECK(psi.outcome == Outcome::drift);
    CHECK(finding({.threshold = 0.2, .method = Method::psi}).outcome == Outcome::none);
    // What is large and not sure is no drift of a distance; a p decides alone, corrected.
    CHECK(finding({.method = Method::psi, .alpha = 1e-9}).outcome == Outcome::none);
    const auto chi2 = finding({.method = Method::chisquare});
    CHECK(chi2.test == Test::method);
    CHECK(chi2.p == chi2.score->value);
    CHECK(chi2.adjusted_p > chi2.p);
    CHECK(chi2.outcome == Outcome::drift);
    CHECK(finding({.threshold = 1e-9, .method = Method::chisquare}).outcome == Outcome::none);
    // The most special method counts.
    CHECK(finding({.method = Method::psi, .type_methods = {{table::Type::text, Method::hellinger}}}).score->method ==
          Method::hellinger);
    CHECK(finding({.method = Method::psi,
                   .type_methods = {{table::Type::text, Method::hellinger}},
                   .column_methods = {{"w", Method::kl_div}}})
              .score->method == Method::kl_div);
    CHECK(finding({.least_values = 300}).outcome == Outcome::undecided);
}

TEST_CASE("a method that does not fit a column is passed over, or refused if it was asked for there") {
    MadeTable a;
    a.add("w", Texts(100, "x"));
    const auto reference = a.profile();
    const auto report = compare(reference, reference, {.method = Method::ks});
    CHECK_FALSE(report.findings.at(0).score);
    CHECK(report.notes == std::vector<std::string>{"'w': ks takes numbers: compared without it"});
    CHECK_THAT(refused([&] {
                   (void)compare(reference, reference, {.column_methods = {{"w", Method::ks}}});
               }),
               Contains("K020") && Contains("ks takes numbers, and 'w' is not such a column"));
    CHECK_THAT(refused([&] {
                   (void)compare(reference, reference, {.type_methods = {{table::Type::text, Method::es}}});
               }),
               Contains("K020"));
    CHECK_THAT(refused([&] {
                   (void)compare(reference, reference, {.column_methods = {{"v", Method::psi}}});
               }),
               Contains("K002"));
    // No answer is no drift, and is told.
    const auto flat = table_of(std::vector<double>(100, 3.0)).profile();
    const auto constant = compare(flat, flat, {.method = Method::wasserstein});
    CHECK_FALSE(constant.findings.at(0).score);
    REQUIRE(constant.notes.size() == 1);
    CHECK_THAT(constant.notes[0], Contains("'x': wasserstein has no answer ("));
    CHECK(constant.outcome == Outcome::none);
}

TEST_CASE("values are read of columns whose profile does not know them, and only for methods that need them") {
    MadeValues values;
    values.reference = uniform(1, 3000, 0);
    values.current = uniform(2, 2000, 0.5);
    const auto reference = table_of(*values.reference).profile();
    const auto current = table_of(*values.current).profile(&reference);
    REQUIRE_FALSE(reference.columns[0].knows_all_values());
    const auto by_psi = compare(reference, current, {.method = Method::psi}, &values);
    CHECK(values.asked.empty());
    CHECK(by_psi.outcome == Outcome::drift);
    const auto by_ks = compare(reference, current, {.method = Method::wasserstein}, &values);
    CHECK(values.asked == std::vector<std::string>{"x", "x"});
    // Half a unit, of which a uniform column has sqrt(1/12) as its deviation.
    CHECK(by_ks.findings.at(0).score->value == Approx(0.5 * std::sqrt(12)).epsilon(0.05));
    CHECK(by_ks.findings.at(0).score->noise_floor < 0.05);
    CHECK_THAT(refused([&] { (void)compare(reference, current, {.method = Method::ks}); }),
               Contains("K021") && Contains("ks") && Contains("the reference is a profile"));
    values.current.reset();
    CHECK_THAT(refused([&] { (void)compare(reference, current, {.method = Method::ks}, &values); }),
               Contains("K021") && Contains("the table is a profile"));
    // A profile that knows all of its values needs no table.
    const auto small = table_of({1, 2, 3, 4, 5, 6}).profile();
    CHECK(compare(small, small, {.method = Method::ks}).findings.at(0).score->value == 1);
}

TEST_CASE("each method is found by its name and by its alias, and by no other text") {
    std::set<std::string_view> names;
    for (const auto& row : methods()) {
        CHECK(names.insert(row.name).second);
        CHECK(method_named(row.name) == row.method);
        if (!row.alias.empty()) {
            CHECK(names.insert(row.alias).second);
            CHECK(method_named(row.alias) == row.method);
        }
        CHECK(row_of(row.method).name == row.name);
        CHECK(row.threshold > 0);
    }
    CHECK_FALSE(method_named(""));
    CHECK_FALSE(method_named("KS"));
}

}  // namespace
}  // namespace mlo::drift
