// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <mlo/stats/bottom_sample.hpp>
#include <mlo/stats/frequent_sketch.hpp>
#include <mlo/stats/random.hpp>
#include <refused.hpp>
#include <string>

using namespace mlo;
using namespace mlo::stats;
using namespace mlo::test;
using Catch::Matchers::StartsWith;
using Item = FrequentSketch::Item;

namespace {

/// Things whose frequency falls with their number.
std::string drawn(Generator& random) {
    const double u = random.uniform();
    return fmt::format("w{}", static_cast<int>(1 / (u + 1e-4)));
}

}  // namespace

TEST_CASE("A frequent sketch counts exactly up to its capacity") {
    FrequentSketch sketch{3};
    for (const auto* name : {"b", "a", "b", "", "b", "a"}) sketch.add(name);
    CHECK(sketch.items() == std::vector<Item>{{"b", 3}, {"a", 2}, {"", 1}});
    CHECK(sketch.error() == 0);
    CHECK(sketch.count() == 6);
    sketch.add("x", 0);
    CHECK(sketch.count() == 6);
    CHECK_THAT(refused([] { FrequentSketch{0}; }), StartsWith("Q008"));
    CHECK_THAT(refused([&] { sketch.merge(FrequentSketch{4}); }), StartsWith("Q010"));
}

TEST_CASE("Counts of a frequent sketch are too low by at most its error, in pieces as well") {
    constexpr int capacity = 50;
    FrequentSketch whole{capacity};
    std::vector<FrequentSketch> parts(5, FrequentSketch{capacity});
    std::map<std::string, std::uint64_t> exact;
    Generator random{5};
    constexpr int total = 100'000;
    for (int i = 0; i < total; ++i) {
        const auto name = drawn(random);
        ++exact[name];
        whole.add(name);
        parts[static_cast<std::size_t>(i) % 5].add(name);
    }
    auto merged = parts[0];
    for (std::size_t i = 1; i < parts.size(); ++i) merged.merge(parts[i]);
    for (const auto* sketch : {&whole, &merged}) {
        CHECK(sketch->count() == total);
        CHECK(sketch->error() > 0);
        CHECK(sketch->error() <= total / capacity);
        const auto items = sketch->items();
        CHECK(items.size() <= capacity);
        std::map<std::string, std::uint64_t> least;
        for (const auto& item : items) least[item.name] = item.count;
        for (const auto& [name, count] : exact) {
            const auto found = least.find(name);
            const auto kept = found == least.end() ? 0 : found->second;
            CHECK((kept <= count && count <= kept + sketch->error()));
        }
    }
}

TEST_CASE("A frequent sketch is what its items say, and what none says is refused") {
    FrequentSketch sketch{2};
    for (const auto* name : {"a", "b", "c", "a", "a", "d", "e", "f"}) sketch.add(name);
    const auto items = sketch.items();
    const auto again = FrequentSketch::from_items(2, sketch.count(), sketch.error(), items);
    CHECK(again.items() == items);
    CHECK(again.error() == sketch.error());
    const auto refusal = [](std::uint32_t capacity, std::uint64_t count, std::uint64_t error, std::vector<Item> given) {
        return refused([&] { (void)FrequentSketch::from_items(capacity, count, error, given); });
    };
    CHECK_THAT(refusal(2, 3, 0, {{"a", 2}}), StartsWith("Q009"));
    CHECK_THAT(refusal(2, 3, 4, {{"a", 2}}), StartsWith("Q009"));
    CHECK_THAT(refusal(2, 3, 0, {{"a", 4}}), StartsWith("Q009"));
    CHECK_THAT(refusal(2, 3, 1, {{"a", 0}}), StartsWith("Q009"));
    CHECK_THAT(refusal(2, 4, 0, {{"a", 2}, {"a", 2}}), StartsWith("Q009"));
    CHECK_THAT(refusal(1, 4, 1, {{"a", 2}, {"b", 1}}), StartsWith("Q009"));
    CHECK(refusal(2, 4, 1, {{"a", 2}, {"b", 1}}) == "nothing");
}

TEST_CASE("A sample of the whole has the bytes of the merged samples of its parts") {
    Generator random{9};
    std::vector<double> values(5000);
    for (auto& value : values) value = random.uniform() * 100;
    const std::span all{values};
    BottomSample whole{100, 4};
    whole.add(all, 0);
    CHECK(whole.size() == 100);
    BottomSample left{100, 4};
    BottomSample right{100, 4};
    right.add(all.subspan(3000), 3000);
    left.add(all.first(1234), 0);
    left.add(all.subspan(1234, 1766), 1234);
    right.merge(left);
    CHECK(right.encode() == whole.encode());
    CHECK(BottomSample::decode(whole.encode(), "x").encode() == whole.encode());
    CHECK_THAT(refused([&] { left.merge(BottomSample{100, 5}); }), StartsWith("Q010"));
    CHECK_THAT(refused([&] { left.merge(BottomSample{99, 4}); }), StartsWith("Q010"));
    CHECK_THAT(refused([] { BottomSample{0}; }), StartsWith("Q008"));
    const double nan = std::numeric_limits<double>::quiet_NaN();
    CHECK_THAT(refused([&] { left.add(std::span{&nan, 1}, 0); }), StartsWith("Q002"));
    auto damaged = whole.encode();
    damaged.pop_back();
    CHECK_THAT(refused([&] { (void)BottomSample::decode(damaged, "x"); }), StartsWith("Q009"));
    damaged = whole.encode();
    damaged[23] = std::byte{0xFF};  // the first hash is now the greatest
    CHECK_THAT(refused([&] { (void)BottomSample::decode(damaged, "x"); }), StartsWith("Q009"));
}

TEST_CASE("Each number is in the sample as often as any other") {
    std::vector<double> values(100);
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<double>(i);
    std::map<double, int> drawn;
    constexpr int rounds = 2000;
    for (int seed = 0; seed < rounds; ++seed) {
        BottomSample sample{20, static_cast<std::uint64_t>(seed)};
        sample.add(values, 0);
        for (const auto value : sample.values()) ++drawn[value];
    }
    double chi_squared = 0;
    for (const auto value : values) {
        const double difference = drawn[value] - rounds / 5.0;
        chi_squared += difference * difference / (rounds / 5.0 * 0.8);
    }
    // 99 degrees: 149 has a probability of 0.1 %.
    CHECK(chi_squared < 149);
}
