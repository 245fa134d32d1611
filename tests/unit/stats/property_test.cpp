// SPDX-License-Identifier: Apache-2.0
// What must hold for every sample, over many made from seeds; and what happens at the ends of the doubles.
#include <fmt/format.h>
#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <mlo/stats/descriptive.hpp>
#include <mlo/stats/distributions.hpp>
#include <mlo/stats/divergences.hpp>
#include <mlo/stats/effects.hpp>
#include <mlo/stats/permutation.hpp>
#include <mlo/stats/two_sample.hpp>
#include <refused.hpp>

#include "golden.hpp"
#include "samples.hpp"

using namespace mlo;
using namespace mlo::stats;
using namespace mlo::test;
using Catch::Matchers::StartsWith;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

/// Calls check(a, b) with pairs of many sizes, shapes and ties.
template <class Check>
void for_pairs(Check check) {
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
        const std::string_view kinds[] = {"bell", "ties", "uniform", "heavy"};
        const SampleSpec first{.kind = kinds[seed % 4], .n = 5 + seed * seed % 97, .seed = seed};
        const SampleSpec second{.kind = kinds[seed / 2 % 4], .n = 5 + seed * 31 % 83, .seed = seed + 1000};
        CAPTURE(seed);
        check(Numbers{first}, Numbers{second});
    }
}

Numbers mapped(const SortedSample& sample, double (*map)(double)) {
    std::vector<double> values(sample.values().begin(), sample.values().end());
    for (auto& value : values) value = map(value);
    return Numbers{std::move(values)};
}

Moments moments_of(const SortedSample& sample) {
    Moments moments;
    moments.add(sample.values());
    return moments;
}

}  // namespace

TEST_CASE("Two-sided tests and distances are symmetric, and p is a probability") {
    for_pairs([](const Numbers& a, const Numbers& b) {
        const auto check = [](const auto& one, const auto& other) {
            CHECK(one.p == Approx(other.p).epsilon(1e-11));
            CHECK((one.p >= 0 && one.p <= 1));
        };
        check(ks(a, b), ks(b, a));
        CHECK(ks(a, b).statistic == ks(b, a).statistic);
        check(cramer_von_mises(a, b), cramer_von_mises(b, a));
        check(mann_whitney(a, b), mann_whitney(b, a));
        check(anderson_darling(a, b), anderson_darling(b, a));
        check(epps_singleton(a, b), epps_singleton(b, a));
        CHECK(wasserstein(a, b) == Approx(wasserstein(b, a)).epsilon(1e-13));
        CHECK(energy_distance(a, b) == Approx(energy_distance(b, a)).epsilon(1e-13));
        const auto pairs = static_cast<double>(a.sample().size() * b.sample().size());
        CHECK(mann_whitney(a, b).statistic + mann_whitney(b, a).statistic == pairs);
    });
}

TEST_CASE("Tests of ranks do not change under a monotone map, and the t-test not under an affine one") {
    for_pairs([](const Numbers& a, const Numbers& b) {
        const auto cube = [](double x) { return x * x * x + 5; };
        const auto cube_a = mapped(a, cube);
        const auto cube_b = mapped(b, cube);
        if (cube_a.sample().distinct() == a.sample().distinct() &&
            cube_b.sample().distinct() == b.sample().distinct() &&
            pooled_order_statistic(a, b, 0) < pooled_order_statistic(a, b, a.sample().size())) {
            CHECK(ks(a, b).p == ks(cube_a, cube_b).p);
            CHECK(cramer_von_mises(a, b).statistic == cramer_von_mises(cube_a, cube_b).statistic);
            CHECK(mann_whitney(a, b).p == mann_whitney(cube_a, cube_b).p);
            CHECK(anderson_darling(a, b).statistic == anderson_darling(cube_a, cube_b).statistic);
        }
        const auto affine = [](double x) { return 4 * x; };
        const auto four_a = mapped(a, affine);
        const auto four_b = mapped(b, affine);
        CHECK(t_test(moments_of(a), moments_of(b), Variances::unequal).statistic ==
              Approx(t_test(moments_of(four_a), moments_of(four_b), Variances::unequal).statistic).epsilon(1e-12));
        CHECK(wasserstein(four_a, four_b) == 4 * wasserstein(a, b));
        CHECK(energy_distance(four_a, four_b) == 2 * energy_distance(a, b));
    });
}

TEST_CASE("One-sided tests agree with the two-sided one and with each other") {
    for_pairs([](const Numbers& a, const Numbers& b) {
        const auto less = ks(a, b, {.alternative = Alternative::less});
        const auto greater = ks(a, b, {.alternative = Alternative::greater});
        const auto both = ks(a, b);
        CHECK(both.statistic == std::max(less.statistic, greater.statistic));
        CHECK(both.p <= 2 * std::min(less.p, greater.p) * (1 + 1e-12));
        CHECK(ks(b, a, {.alternative = Alternative::greater}).p == Approx(less.p).epsilon(1e-12));
        const auto t_less = t_test(moments_of(a), moments_of(b), Variances::equal, Alternative::less).p;
        const auto t_greater = t_test(moments_of(a), moments_of(b), Variances::equal, Alternative::greater).p;
        CHECK(t_less + t_greater == Approx(1).epsilon(1e-12));
    });
}

TEST_CASE("A sample has no distance to itself, and Wasserstein's distance to its shifted self is the shift") {
    const Numbers a{{.kind = "bell", .n = 1000, .seed = 3}};
    CHECK(ks(a, a).statistic == 0);
    CHECK(ks(a, a).p == 1);
    CHECK(wasserstein(a, a) == 0);
    CHECK(energy_distance(a, a) == 0);
    CHECK(mann_whitney(a, a).p == 1);
    const Numbers shifted{{.kind = "bell", .n = 1000, .seed = 3, .shift = 0.5}};
    CHECK(wasserstein(a, shifted) == Approx(0.5).epsilon(1e-13));
}

TEST_CASE("Moments of pieces merge into those of the whole, whatever the pieces") {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        const auto values = unsorted({.kind = "heavy", .n = 5000, .seed = seed, .shift = seed % 2 == 0 ? 1e6 : 0});
        Moments whole;
        whole.add(values);
        Moments merged;
        for (std::size_t from = 0; from < values.size();) {
            const auto size = std::min<std::size_t>(values.size() - from, 1 + from % (37 * seed));
            Moments piece;
            piece.add(std::span{values}.subspan(from, size));
            merged.merge(piece);
            from += size;
        }
        CHECK(merged.count() == whole.count());
        CHECK(merged.min() == whole.min());
        CHECK(merged.max() == whole.max());
        CHECK(merged.mean() == Approx(whole.mean()).epsilon(1e-14));
        CHECK(merged.variance() == Approx(whole.variance()).epsilon(1e-12));
        CHECK(merged.skewness() == Approx(whole.skewness()).epsilon(1e-11));
        CHECK(merged.excess_kurtosis() == Approx(whole.excess_kurtosis()).epsilon(1e-11));
        CHECK(Moments::from_parts(merged.parts()).parts() == merged.parts());
    }
    CHECK(Moments::from_parts({}).count() == 0);
    CHECK_THAT(refused([] { (void)Moments::from_parts({.count = 2, .min = 3, .max = 1}); }), StartsWith("Q009"));
}

TEST_CASE("Sorting by radix gives the order of comparison, for every kind of double") {
    auto values = unsorted({.kind = "heavy", .n = 10'000, .seed = 2});
    for (const double special : {infinity, -infinity, 0.0, -0.0, 5e-324, -5e-324, 1.7e308, -1.7e308})
        values.push_back(special);
    auto sorted = values;
    std::ranges::sort(sorted);
    std::vector<double> scratch;
    CHECK(std::ranges::equal(SortedSample::sort(values, scratch).values(), sorted));
    std::vector<double> constant(5000, 7.0);
    CHECK(SortedSample::sort(constant, scratch).distinct() == 1);
    values[17] = std::nan("");
    CHECK_THAT(refused([&] { (void)SortedSample::sort(values, scratch); }), StartsWith("Q002"));
    std::vector<double> few{2, std::nan(""), 1};
    CHECK_THAT(refused([&] { (void)SortedSample::sort(few, scratch); }), StartsWith("Q002"));
    CHECK_THAT(refused([&] { (void)SortedSample::of_sorted(few); }), StartsWith("Q002"));
    CHECK(midranks(Numbers{std::vector<double>{1, 2, 2, 5}}) == std::vector<double>{1, 2.5, 2.5, 4});
}

TEST_CASE("The ends of the doubles overflow nothing and lose nothing") {
    const Numbers huge{std::vector<double>{-1e308, 0, 1e308, 1.5e308, 1.7e308}};
    const Numbers other{std::vector<double>{-1.7e308, -1e308, 1e307, 2e307, 3e307, 4e307}};
    CHECK((wasserstein(huge, other) > 1e307 && std::isfinite(wasserstein(huge, other))));
    CHECK(std::isfinite(energy_distance(huge, other)));
    CHECK(std::isfinite(quantile(huge, 0.3)));
    CHECK(moments_of(huge).mean() == Approx(0.64e308).epsilon(1e-14));
    CHECK((moments_of(huge).standard_deviation() > 1e308 && std::isfinite(moments_of(huge).standard_deviation())));
    CHECK(std::isfinite(moments_of(huge).excess_kurtosis()));
    const Numbers tiny{std::vector<double>{5e-324, 1e-323, 1.5e-323, 2e-323, 2.5e-323}};
    CHECK(moments_of(tiny).mean() == 1.5e-323);
    CHECK(moments_of(tiny).skewness() == Approx(0).margin(1e-12));
    CHECK(wasserstein(tiny, Numbers{std::vector<double>{5e-324}}) == 1e-323);
    const Numbers infinite{std::vector<double>{-infinity, 0, infinity}};
    CHECK(ks(infinite, huge).p > 0.9);
    CHECK(mann_whitney(infinite, huge).p > 0.5);
    CHECK_THAT(refused([&] { (void)wasserstein(infinite, huge); }), StartsWith("Q003"));
    CHECK_THAT(refused([&] { (void)moments_of(infinite); }), StartsWith("Q003"));
}

TEST_CASE("What cannot be answered is refused with an error of its own") {
    const Numbers none{std::vector<double>{}};
    const Numbers one{std::vector<double>{1}};
    const Numbers same{std::vector<double>(9, 1.0)};
    const Numbers some{SampleSpec{.n = 3000}};
    CHECK_THAT(refused([&] { (void)ks(none, one); }), StartsWith("Q001"));
    CHECK_THAT(refused([&] { (void)cramer_von_mises(one, one); }), StartsWith("Q001"));
    CHECK_THAT(refused([&] { (void)anderson_darling(same, same); }), StartsWith("Q004"));
    CHECK_THAT(refused([&] { (void)epps_singleton(same, same); }), StartsWith("Q004"));
    CHECK_THAT(refused([&] { (void)t_test(moments_of(same), moments_of(same), Variances::equal); }),
               StartsWith("Q004"));
    CHECK_THAT(refused([&] { (void)cramer_von_mises(some, some, PMethod::exact); }), StartsWith("Q005"));
    CHECK_THAT(refused([&] { (void)mann_whitney(some, some, {.method = PMethod::exact}); }), StartsWith("Q005"));
    CHECK_THAT(refused([&] { (void)ks_p(0.1, 1'000'000, 999'999, {.method = PMethod::exact}); }), StartsWith("Q005"));
    CHECK_THAT(refused([&] { (void)quantile(one, 1.5); }), StartsWith("Q008"));
    CHECK_THAT(refused([&] { (void)z_test(3, 2, 1, 2); }), StartsWith("Q008"));
    CHECK(ks(one, one).p == 1);
    CHECK(z_test(5, 5, 9, 9).p == 1);
    CHECK(std::isnan(moments_of(none).mean()));
}

TEST_CASE("Smirnov's sum by a coarse grid is the whole sum, and tails are continuous between methods") {
    for (const double z : {1.5, 2.0, 4.0, 10.0, 18.0}) {
        const std::uint64_t n = 20'001;  // the first with a grid
        const auto count = static_cast<double>(n);
        const double d = z / std::sqrt(count);
        double whole = 0;
        for (std::uint64_t i = 0; static_cast<double>(i) <= count * (1 - d); ++i) {
            const auto j = static_cast<double>(i);
            whole += d / (d + j / count) * binomial_pmf(j, count, d + j / count, 1 - d - j / count);
        }
        INFO(fmt::format("{} {}", whole, ks_one_sided_sf(n, d)));
        CHECK(p_agrees(ks_one_sided_sf(n, d), whole, 1e-11));
        CHECK(ks_one_sided_sf(1'000'000'000, z / std::sqrt(1e9)) == Approx(std::exp(-2 * z * z)).epsilon(2e-3));
    }
    for (const double n : {139.0, 140.0, 141.0, 1000.0, 20'000.0, 20'001.0, 1e6})
        for (int hundredths = 30; hundredths < 400; ++hundredths) {
            const double z = hundredths / 100.0;
            const auto count = static_cast<std::uint64_t>(n);
            CHECK(kolmogorov_sf(count, z / std::sqrt(n)) >= kolmogorov_sf(count, (z + 0.01) / std::sqrt(n)));
        }
    CHECK(kolmogorov_sf(10, std::nan("")) != kolmogorov_sf(10, std::nan("")));
    CHECK(kolmogorov_limit_sf(kolmogorov_limit_isf(0.05)) == Approx(0.05).epsilon(1e-12));
}

TEST_CASE("At a million values each, ranks are exact and p-values hold in both tails") {
    const Numbers a{{.kind = "bell", .n = 1'000'000, .seed = 1}};
    const Numbers b{{.kind = "bell", .n = 1'000'000, .seed = 2}};
    const Numbers c{{.kind = "bell", .n = 1'000'000, .seed = 3, .shift = 0.02}};
    CHECK(ks(a, b).p > 0.001);
    CHECK(ks(a, c).p < 1e-60);
    CHECK(ks(a, c).p > 0);
    CHECK(cramer_von_mises(a, b).p > 0.001);
    CHECK(cramer_von_mises(a, c).p < 1e-60);
    CHECK(mann_whitney(a, c).p < 1e-60);
    CHECK(anderson_darling(a, b).p > 0.001);
    CHECK(anderson_darling(a, c).p == 0.001);
    CHECK(wasserstein(a, c) == Approx(0.02).epsilon(0.1));
    const Numbers ties{{.kind = "ties", .n = 1'000'000, .seed = 4, .levels = 3}};
    CHECK(mann_whitney(ties, ties).p == 1);
    CHECK(ks(ties, Numbers{{.kind = "ties", .n = 999'999, .seed = 5, .levels = 3}}).p > 0.001);
}

TEST_CASE(
    "Permutation p is reproducible, agrees with the exact p within its binomial band, and knows both conventions") {
    const std::vector<std::uint64_t> a{30, 20};
    const std::vector<std::uint64_t> b{18, 32};
    const PermutationOptions options{.seed = 3, .rounds = 20'000};
    const auto result = total_variation_permutation(a, b, options);
    CHECK(result.hits == total_variation_permutation(a, b, options).hits);
    CHECK(result.hits != total_variation_permutation(a, b, {.seed = 4, .rounds = 20'000}).hits);
    CHECK(result.p == (1.0 + result.hits) / 20'001);
    const auto share = total_variation_permutation(a, b, {.seed = 3, .rounds = 20'000, .p = PermutationP::share});
    CHECK(share.p == result.hits / 20'000.0);
    // With two categories the statistic orders tables as their probability does, so Fisher's p is the exact one.
    double exact = 0;
    for (std::uint64_t x = 0; x <= 48; ++x)
        if (x >= 30 || x <= 18) exact += hypergeometric_pmf(x, 100, 48, 50);
    CHECK(std::abs(share.p - exact) < 5 * std::sqrt(exact * (1 - exact) / 20'000));
    const Numbers x{{.kind = "bell", .n = 200, .seed = 1}};
    const Numbers y{{.kind = "bell", .n = 150, .seed = 2}};
    const auto anderson = anderson_darling_permutation(x, y, {.seed = 1, .rounds = 4999});
    CHECK(anderson.statistic == anderson_darling(x, y).statistic);
    const Numbers far{{.kind = "bell", .n = 150, .seed = 2, .shift = 0.12}};
    const auto known = anderson_darling(x, far);
    const auto found = anderson_darling_permutation(x, far, {.seed = 1, .rounds = 4999}).p;
    INFO(fmt::format("{} {}", known.p, found));
    CHECK((known.p > 0.001 && known.p < 0.25));
    CHECK(std::abs(known.p - found) < 0.02 + 5 * std::sqrt(found / 4999));
}

TEST_CASE("False alarms of each test are as many as alpha says, and noise floors are the mean scores") {
    constexpr int repeats = 400;
    constexpr std::size_t n = 150;
    int alarms[4] = {};
    double scores[3] = {};
    for (std::uint64_t seed = 0; seed < repeats; ++seed) {
        const Numbers a{{.kind = "bell", .n = n, .seed = 10'000 + seed}};
        const Numbers b{{.kind = "bell", .n = 2 * n, .seed = 90'000 + seed}};
        alarms[0] += ks(a, b).p < 0.05 ? 1 : 0;
        alarms[1] += cramer_von_mises(a, b).p < 0.05 ? 1 : 0;
        alarms[2] += mann_whitney(a, b).p < 0.05 ? 1 : 0;
        alarms[3] += t_test(moments_of(a), moments_of(b), Variances::unequal).p < 0.05 ? 1 : 0;
        scores[0] += ks(a, b).statistic / repeats;
        scores[1] += wasserstein(a, b) / repeats;
        scores[2] += noise_floor::wasserstein(b, n, 2 * n) / repeats;
    }
    for (const auto count : alarms) CHECK((count >= 4 && count <= 42));  // 20 expected, five standard deviations
    CHECK(scores[0] == Approx(noise_floor::ks(n, 2 * n)).epsilon(0.1));
    CHECK(scores[1] == Approx(scores[2]).epsilon(0.1));
}

TEST_CASE(
    "The noise floors of PSI, KL, JS, Hellinger and total variation are what equal distributions score on average") {
    constexpr int repeats = 2000;
    constexpr std::uint64_t n = 4000;
    constexpr std::size_t bins = 10;
    double psi_sum = 0;
    double js_squares = 0;
    double variation = 0;
    for (std::uint64_t seed = 0; seed < repeats; ++seed) {
        Stream stream{seed};
        std::vector<std::uint64_t> counts[2] = {std::vector<std::uint64_t>(bins), std::vector<std::uint64_t>(bins)};
        for (auto& list : counts)
            for (std::uint64_t i = 0; i < n; ++i) ++list[static_cast<std::size_t>(stream.uniform() * bins)];
        const auto p = shares(counts[0]);
        const auto q = shares(counts[1]);
        psi_sum += psi(p, q);
        js_squares += std::pow(jensen_shannon_distance(p, q), 2);
        variation += total_variation(p, q);
        CHECK(hellinger(p, q) == Approx(jensen_shannon_distance(p, q)).epsilon(0.05));
    }
    CHECK(psi_sum / repeats == Approx(noise_floor::psi(bins, n, n)).epsilon(0.06));
    CHECK(js_squares / repeats == Approx(std::pow(noise_floor::jensen_shannon_distance(bins, n, n), 2)).epsilon(0.06));
    const std::vector<double> flat(bins, 0.1);
    CHECK(variation / repeats == Approx(noise_floor::total_variation(flat, n, n)).epsilon(0.06));
    CHECK(noise_floor::kullback_leibler(bins, n, n) * 2 == noise_floor::psi(bins, n, n));
    CHECK(noise_floor::hellinger(bins, n, n) == noise_floor::jensen_shannon_distance(bins, n, n));
}

TEST_CASE("An effect of the detectable size is found with the power that was asked for") {
    constexpr int repeats = 300;
    constexpr std::size_t n = 500;
    const double deviation = std::sqrt(1.0 / 3);  // of the bell
    const double shift = detectable::mean_shift(n, n, 0.05, 0.8) * deviation;
    int found_t = 0;
    int found_ks = 0;
    const double gap = detectable::ks(n, n, 0.05, 0.8);
    for (std::uint64_t seed = 0; seed < repeats; ++seed) {
        const Numbers a{{.kind = "bell", .n = n, .seed = 5000 + seed}};
        const Numbers b{{.kind = "bell", .n = n, .seed = 7000 + seed, .shift = shift}};
        found_t += t_test(moments_of(a), moments_of(b), Variances::equal).p < 0.05 ? 1 : 0;
        // Uniforms shifted by the gap differ by it at their greatest.
        const Numbers u{{.kind = "uniform", .n = n, .seed = 5000 + seed}};
        const Numbers v{{.kind = "uniform", .n = n, .seed = 7000 + seed, .shift = gap}};
        found_ks += ks(u, v).p < 0.05 ? 1 : 0;
    }
    CHECK(std::abs(found_t - 240) < 35);  // five standard deviations
    CHECK(found_ks >= 205);               // a bound: at least 80 %
    CHECK(detectable::jensen_shannon_distance(10, n, n, 0.05, 0.8) ==
          Approx(std::sqrt(detectable::psi(10, n, n, 0.05, 0.8) / 8)));
    CHECK(detectable::proportion_difference(0.5, n, n, 0.05, 0.8) ==
          Approx(detectable::mean_shift(n, n, 0.05, 0.8) / 2));
    CHECK(cliffs_delta(0, 3, 4) == -1);
    CHECK(cramers_v(50, 100) == Approx(std::sqrt(0.5)));
    CHECK(cramers_v_corrected(1, 100, 2) < cramers_v(1, 100));
    CHECK(normed_wasserstein(2, moments_of(Numbers{std::vector<double>{3, 3}}), 0.5) == 4);
}
