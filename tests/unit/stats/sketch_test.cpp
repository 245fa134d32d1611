// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <mlo/stats/distinct_sketch.hpp>
#include <mlo/stats/errors.hpp>
#include <mlo/stats/quantile_sketch.hpp>
#include <mlo/stats/random.hpp>
#include <refused.hpp>
#include <set>

#include "samples.hpp"

using namespace mlo;
using namespace mlo::stats;
using namespace mlo::test;
using Catch::Matchers::StartsWith;

namespace {

/// The greatest error of the sketch's ranks, at every hundredth of the sample.
double worst_rank_error(const QuantileSketch& sketch, const SortedSample& sample) {
    double worst = 0;
    const auto values = sample.values();
    for (int i = 1; i < 100; ++i) {
        const double value = values[values.size() * static_cast<std::size_t>(i) / 100];
        const auto below = std::ranges::upper_bound(values, value) - values.begin();
        const double exact = static_cast<double>(below) / static_cast<double>(values.size());
        worst = std::max(worst, std::abs(sketch.rank(value) - exact));
    }
    return worst;
}

QuantileSketch sketch_of(std::span<const double> values, std::uint64_t seed, std::uint16_t k = 200) {
    QuantileSketch sketch{k, seed};
    sketch.add(values);
    return sketch;
}

Bytes with_byte(Bytes bytes, std::size_t at, unsigned value) {
    bytes[at] = static_cast<std::byte>(value);
    return bytes;
}

std::string refusal(const Bytes& bytes) {
    return refused([&] { (void)QuantileSketch::decode(bytes, "profile"); });
}

}  // namespace

TEST_CASE("A quantile sketch keeps every number while there is room, and then has no error") {
    QuantileSketch sketch{100};
    CHECK(std::isnan(sketch.min()));
    CHECK_THAT(refused([&] { (void)sketch.quantile(0.5); }), StartsWith("Q001"));
    sketch.add(std::vector<double>{5, 1, 4, 2, 3});
    CHECK(sketch.rank_error() == 0);
    CHECK(sketch.rank(3) == 0.6);
    CHECK(sketch.rank(0) == 0);
    CHECK(sketch.quantiles(std::vector<double>{0, 0.2, 0.21, 0.5, 1}) == std::vector<double>{1, 1, 2, 3, 5});
}

TEST_CASE("The rank error of a quantile sketch stays within its bound, whatever the numbers and their order") {
    int outside = 0;
    int all = 0;
    for (const auto* const kind : {"bell", "heavy", "ties", "uniform"}) {
        for (std::uint64_t seed = 1; seed <= 12; ++seed) {
            auto values = unsorted({.kind = kind, .n = 20'000, .seed = seed});
            if (seed % 3 == 1) std::ranges::sort(values);
            if (seed % 3 == 2) std::ranges::sort(values, std::greater{});
            const auto sketch = sketch_of(values, seed);
            const Numbers numbers{values};
            ++all;
            outside += worst_rank_error(sketch, numbers) > sketch.rank_error() ? 1 : 0;
            CHECK(sketch.min() == numbers.sample().min());
            CHECK(sketch.max() == numbers.sample().max());
            CHECK(sketch.items().size() < 900);
        }
    }
    // The bound is for one rank and 99 % of seeds; here 99 ranks of each must hold at once.
    CHECK(outside <= all / 10);
}

TEST_CASE("Sketches of pieces merge into one of the whole within the same bound, in any order") {
    const auto values = unsorted({.kind = "bell", .n = 50'000, .seed = 3});
    const Numbers numbers{values};
    int outside = 0;
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        QuantileSketch merged{200, seed};
        for (std::size_t from = 0; from < values.size();) {
            const auto size = std::min<std::size_t>(values.size() - from, 1 + from / 3 + seed);
            merged.merge(sketch_of(std::span{values}.subspan(from, size), from));
            from += size;
        }
        CHECK(merged.count() == values.size());
        std::uint64_t weights = 0;
        for (const auto& item : merged.items()) weights += item.weight;
        CHECK(weights == values.size());
        outside += worst_rank_error(merged, numbers) > merged.rank_error() ? 1 : 0;
    }
    CHECK(outside <= 3);
    auto twice = sketch_of(values, 1);
    const auto itself = twice;
    twice.merge(twice);
    CHECK(twice.count() == 2 * values.size());
    CHECK(std::abs(twice.rank(0) - itself.rank(0)) < itself.rank_error());
    CHECK_THAT(refused([&] { twice.merge(QuantileSketch{100}); }), StartsWith("Q010"));
}

TEST_CASE(
    "Equal input makes equal bytes, another seed makes others, and what was read goes on as if it never stopped") {
    const auto values = unsorted({.kind = "heavy", .n = 30'000, .seed = 5});
    const auto first = std::span{values}.first(17'000);
    const auto rest = std::span{values}.subspan(17'000);
    CHECK(sketch_of(values, 7).encode() == sketch_of(values, 7).encode());
    CHECK(sketch_of(values, 7).encode() != sketch_of(values, 8).encode());
    auto kept = QuantileSketch::decode(sketch_of(first, 7).encode(), "x");
    CHECK(kept.encode() == sketch_of(first, 7).encode());
    kept.add(rest);
    CHECK(kept.count() == values.size());
    CHECK(worst_rank_error(kept, Numbers{values}) < 2 * kept.rank_error());
    CHECK_THAT(refused([] { QuantileSketch{}.add(std::nan("")); }), StartsWith("Q002"));
    CHECK_THAT(refused([] { QuantileSketch{7}; }), StartsWith("Q008"));
}

TEST_CASE("The bytes of a quantile sketch are those of the README") {
    QuantileSketch sketch{8, 3};
    sketch.add(std::vector<double>{2, 1});
    const auto bytes = sketch.encode();
    const Bytes head(bytes.begin(), bytes.begin() + 16);
    CHECK(as_text(head) == std::string_view("KLL1\x08\0\x01\0\x03\0\0\0\0\0\0\0", 16));
    CHECK(bytes.size() == 48 + 4 + 2 * 8);
}

TEST_CASE("Damaged bytes of a quantile sketch are refused with one error that names the file") {
    const auto good = sketch_of(unsorted({.n = 1000}), 1, 50).encode();
    CHECK(refusal(good) == "nothing");
    CHECK_THAT(refusal({}), StartsWith("Q009 profile not a quantile sketch: it does not start as one"));
    CHECK_THAT(refusal(with_byte(good, 4, 1)), StartsWith("Q009 profile not a quantile sketch: its sizes"));
    CHECK_THAT(refusal(with_byte(good, 6, 99)), StartsWith("Q009 profile not a quantile sketch: its sizes"));
    CHECK_THAT(refusal(with_byte(good, 24, 0xEE)), StartsWith("Q009 profile not a quantile sketch: its counts"));
    CHECK_THAT(refusal(with_byte(good, good.size() - 1, 0xFF)), StartsWith("Q009 profile"));
    CHECK_THAT(refusal(Bytes(good.begin(), good.end() - 1)),
               StartsWith("Q009 profile not a quantile sketch: its length"));
}

TEST_CASE("A distinct sketch estimates within three standard errors at every size") {
    for (const std::uint64_t n : {0u, 1u, 2u, 10u, 100u, 1000u, 5000u, 12'000u, 100'000u, 1'000'000u}) {
        DistinctSketch sketch;
        for (std::uint64_t i = 0; i < n; ++i) sketch.add(mixed(i + 1));
        CAPTURE(n, sketch.estimate());
        CHECK(std::abs(sketch.estimate() - static_cast<double>(n)) <=
              3 * sketch.relative_error() * static_cast<double>(n));
    }
}

TEST_CASE("The relative error of distinct sketches over many sets is what is stated, without bias") {
    constexpr int sets = 200;
    constexpr double n = 3000;
    double sum = 0;
    double squares = 0;
    for (std::uint64_t set = 0; set < sets; ++set) {
        DistinctSketch sketch{8};
        for (std::uint64_t i = 0; i < 3000; ++i) sketch.add(mixed((set << 32u) + i));
        const double error = sketch.estimate() / n - 1;
        sum += error;
        squares += error * error;
    }
    const double stated = DistinctSketch{8}.relative_error();
    CHECK(std::abs(sum / sets) < 4 * stated / std::sqrt(sets));
    CHECK(std::sqrt(squares / sets) < 1.2 * stated);
    CHECK(std::sqrt(squares / sets) > 0.8 * stated);
}

TEST_CASE("Merged distinct sketches are those of the union, byte for byte") {
    DistinctSketch whole;
    DistinctSketch left;
    DistinctSketch right;
    for (std::uint64_t i = 0; i < 10'000; ++i) {
        whole.add(mixed(i));
        if (i < 7000) left.add(mixed(i));
        if (i > 3000) right.add(mixed(i));
    }
    left.merge(right);
    CHECK(left.encode() == whole.encode());
    CHECK(DistinctSketch::decode(whole.encode(), "x") == whole);
    CHECK_THAT(refused([&] { left.merge(DistinctSketch{11}); }), StartsWith("Q010"));
    CHECK_THAT(refused([] { DistinctSketch{3}; }), StartsWith("Q008"));
}

TEST_CASE("Damaged bytes of a distinct sketch are refused with one error that names the file") {
    const auto good = DistinctSketch{4}.encode();
    CHECK(good.size() == 5 + 16);
    const auto refusal_of = [](const Bytes& bytes) {
        return refused([&] { (void)DistinctSketch::decode(bytes, "profile"); });
    };
    CHECK(refusal_of(good) == "nothing");
    CHECK_THAT(refusal_of({}), StartsWith("Q009 profile not a distinct sketch: it does not start as one"));
    CHECK_THAT(refusal_of(with_byte(good, 4, 40)), StartsWith("Q009 profile not a distinct sketch: its precision"));
    CHECK_THAT(refusal_of(with_byte(good, 9, 62)), StartsWith("Q009 profile not a distinct sketch: a register"));
    CHECK(refusal_of(with_byte(good, 9, 61)) == "nothing");
    CHECK_THAT(refusal_of(Bytes(good.begin(), good.end() - 1)),
               StartsWith("Q009 profile not a distinct sketch: its length"));
}

TEST_CASE("The generator's numbers are SplitMix64's, and bounded ones are fair") {
    Generator generator{1234567};
    CHECK(generator.bits() == 6457827717110365317u);  // the reference implementation's first
    CHECK(generator.bits() == 3203168211198807973u);
    std::vector<int> faces(7);
    for (int i = 0; i < 70'000; ++i) ++faces[generator.below(7)];
    for (const auto count : faces) CHECK(std::abs(count - 10'000) < 5 * std::sqrt(10'000));
    const auto chosen = subset(1000, 100, 3);
    CHECK(chosen == subset(1000, 100, 3));
    CHECK(std::set<std::size_t>(chosen.begin(), chosen.end()).size() == 100);
    CHECK(chosen.back() < 1000);
    CHECK(subset(3, 10, 1) == std::vector<std::size_t>{0, 1, 2});
}

TEST_CASE("Hypergeometric draws have the distribution's mean and variance, and stay in its range") {
    Generator generator{5};
    double sum = 0;
    double squares = 0;
    constexpr int draws = 20'000;
    for (int i = 0; i < draws; ++i) {
        const auto drawn = static_cast<double>(generator.hypergeometric(1000, 300, 200));
        sum += drawn;
        squares += drawn * drawn;
    }
    const double mean = sum / draws;
    const double variance = squares / draws - mean * mean;
    constexpr double expected_variance = 200 * 0.3 * 0.7 * 800 / 999;
    CHECK(std::abs(mean - 60) < 5 * std::sqrt(expected_variance / draws));
    CHECK(std::abs(variance / expected_variance - 1) < 0.05);
    CHECK(generator.hypergeometric(10, 10, 4) == 4);
    CHECK(generator.hypergeometric(10, 0, 4) == 0);
}
