// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <refused.hpp>

#include "category_column.hpp"
#include "profile_fixture.hpp"

namespace mlo::profile {
namespace {

using Catch::Matchers::StartsWith;
using test::refused;
using Item = stats::FrequentSketch::Item;

const Column& column(const Profile& profile, std::string_view name) {
    const auto* const found = profile.find(name);
    REQUIRE(found != nullptr);
    return *found;
}

std::uint64_t total(const stats::Histogram& histogram) {
    return std::accumulate(histogram.inside.begin(), histogram.inside.end(), histogram.below + histogram.above);
}

TEST_CASE("a profile of a small table is exact") {
    const World world;
    world.write(
        "a.csv",
        "n,x,word,ok,day\n1,0.5,a,true,2024-01-02\n2,nan,b,false,2023-12-31\n2,inf,a,,\n-3,-0,,true,2024-01-02\n");
    const auto profile = world.profile("a.csv");
    CHECK(profile.rows == 4);
    const auto& n = column(profile, "n");
    CHECK(n.type == table::Type::integer);
    CHECK(n.missing == 0);
    CHECK(n.distinct_values() == 3);
    CHECK(n.numbers->count() == 4);
    CHECK(n.numbers->least == -3);
    CHECK(n.numbers->greatest == 2);
    CHECK(n.numbers->negatives == 1);
    CHECK(n.numbers->zeros == 0);
    CHECK(n.numbers->moments.mean() == 0.5);
    CHECK(*n.numbers->values == std::map<double, std::uint64_t>{{-3, 1}, {1, 1}, {2, 2}});
    CHECK(n.numbers->quantile(0.5) == 1);
    CHECK(n.numbers->quantile(0.51) == 2);
    CHECK(n.numbers->frame.counts.inside == std::vector<std::uint64_t>{1, 1, 2});

    const auto& x = column(profile, "x");
    CHECK(x.not_a_number == 1);
    CHECK(x.plus_infinite == 1);
    CHECK(x.minus_infinite == 0);
    CHECK(x.numbers->count() == 2);
    CHECK(x.numbers->zeros == 1);
    CHECK(x.numbers->negatives == 0);

    const auto& word = column(profile, "word");
    CHECK(word.missing == 1);
    CHECK(word.categories->values.items() == std::vector<Item>{{"a", 2}, {"b", 1}});
    CHECK(word.categories->frame.categories == std::vector<Item>{{"a", 2}});
    CHECK(word.categories->frame.rest == 1);
    CHECK(word.shapes->least_length == 1);
    CHECK(word.shapes->greatest_length == 1);

    CHECK(column(profile, "ok").categories->values.items() == std::vector<Item>{{"true", 2}, {"false", 1}});
    CHECK(column(profile, "ok").missing == 1);
    CHECK_FALSE(column(profile, "ok").shapes);
    CHECK(shown_least(column(profile, "day")) == "2023-12-31");
    CHECK(shown_greatest(column(profile, "day")) == "2024-01-02");
}

TEST_CASE("a table without rows, and columns without values, have profiles") {
    const World world;
    world.write("none.csv", "a,b\n");
    const auto none = world.profile("none.csv");
    CHECK(none.rows == 0);
    CHECK(none.columns.size() == 2);
    CHECK(decode(encode(none), "none").columns.size() == 2);
    world.write("empty.csv", "a,b\n,1\n,2\n");
    const auto empty = world.profile("empty.csv");
    CHECK(column(empty, "a").missing == 2);
    CHECK(column(empty, "a").distinct_values() == 0);
}

TEST_CASE("the same table has the same bytes, whatever the threads and what is kept in memory") {
    const World world;
    world.write("a.csv", rows_of_table(0, 30'000));
    const auto bytes = world.bytes("a.csv");
    CHECK(world.bytes("a.csv", {.kept_bytes = 0}) == bytes);
    CHECK(world.bytes("a.csv", {.kept_bytes = 500'000}) == bytes);
    World alone;
    alone.runtime.jobs = 1;
    alone.write("a.csv", rows_of_table(0, 30'000));
    CHECK(alone.bytes("a.csv") == bytes);
    // Another seed keeps another sample.
    CHECK(world.bytes("a.csv", {.seed = 1}) != bytes);
    // Cut into files, it is the same table.
    std::string rest = rows_of_table(12'345, 30'000);
    world.write("parts/a.csv", rows_of_table(0, 12'345));
    world.write("parts/b.csv", rest);
    CHECK(world.bytes("parts") == bytes);
}

TEST_CASE("numbers are counted exactly in bins of about one size") {
    const World world;
    world.write("a.csv", rows_of_table(0, 30'000));
    const auto profile = world.profile("a.csv");
    const auto& x = *column(profile, "x").numbers;
    REQUIRE(x.frame.edges);
    CHECK(x.frame.edges->bins() == 20);
    CHECK(x.frame.is_exact);
    CHECK(total(x.frame.counts) == x.count());
    for (const auto count : x.frame.counts.inside) {
        const double share = static_cast<double>(count) / static_cast<double>(x.count());
        CHECK(std::abs(share - 0.05) < 2 * x.rank_error());
    }
    // The counts of the sketch differ from the exact ones by no more than it says.
    const auto estimated = estimate(x, *x.frame.edges);
    std::uint64_t exact = 0;
    std::uint64_t about = 0;
    for (std::size_t i = 0; i < 20; ++i) {
        exact += x.frame.counts.inside[i];
        about += estimated.inside[i];
        const double difference = std::abs(static_cast<double>(exact) - static_cast<double>(about));
        CHECK(difference <= x.rank_error() * static_cast<double>(x.count()));
    }
    CHECK(estimated != x.frame.counts);
    CHECK(x.sample.size() == profile.detail.sample);
    CHECK_FALSE(x.values);
    // Of a few values each has a bin of its own.
    const auto& small = *column(profile, "small").numbers;
    CHECK(small.frame.counts.inside.size() == 7);
    CHECK(small.values->at(3) == small.frame.counts.inside[3]);
}

TEST_CASE("a value that is heavy has a bin of its own") {
    const World world;
    std::string text = "x\n";
    for (int i = 0; i < 5000; ++i) text += i % 2 == 0 ? "0\n" : fmt::format("{}\n", i);
    world.write("a.csv", text);
    const auto profile = world.profile("a.csv");
    const auto& frame = profile.columns[0].numbers->frame;
    CHECK(std::ranges::find(frame.counts.inside, 2500u) != frame.counts.inside.end());
}

TEST_CASE("values are counted in the bins and categories of another profile") {
    const World world;
    world.write("a.csv", rows_of_table(0, 20'000));
    world.write("b.csv", rows_of_table(50'000, 55'000));
    const auto a = world.profile("a.csv");
    const auto b = world.profile("b.csv", {.frame = &a});
    for (const auto name : {"id", "x", "small", "day"})
        CHECK(column(b, name).numbers->frame.edges == column(a, name).numbers->frame.edges);
    // No id of b lies within those of a.
    CHECK(column(b, "id").numbers->frame.counts.above == 5000);
    CHECK(total(column(b, "x").numbers->frame.counts) == column(b, "x").numbers->count());
    const auto& words = column(b, "word").categories->frame;
    REQUIRE(words.categories.size() == column(a, "word").categories->frame.categories.size());
    for (std::size_t i = 0; i < words.categories.size(); ++i)
        CHECK(words.categories[i].name == column(a, "word").categories->frame.categories[i].name);
    CHECK(b.detail == a.detail);
    // Of the table that the bins were found for they make the same profile.
    CHECK(encode(world.profile("a.csv", {.frame = &a})) == encode(a));
    // A column of another type has bins of its own.
    world.write("c.csv", "x\nred\nblue\nred\n");
    CHECK(world.profile("c.csv", {.frame = &a}).columns[0].categories->values.count() == 3);
}

TEST_CASE("frequent texts are counted exactly among very many different ones") {
    const World world;
    std::string text = "word\n";
    for (int i = 0; i < 20'000; ++i)
        text += i % 4 == 0 ? "often\n" : i % 50 == 1 ? "seldom\n" : fmt::format("w{}\n", i);
    world.write("a.csv", text);
    const auto profile = world.profile("a.csv");
    const auto& word = profile.columns[0];
    CHECK(word.categories->values.error() > 0);
    CHECK_FALSE(word.knows_all_values());
    CHECK(word.categories->frame.categories == std::vector<Item>{{"often", 5000}, {"seldom", 400}});
    CHECK(word.categories->frame.rest == 20'000 - 5400);
    const double distinct = static_cast<double>(word.distinct_values());
    CHECK(std::abs(distinct / 14'602 - 1) < 5 * word.distinct.relative_error());
    CHECK(word.categories->values.items()[0].count + word.categories->values.error() >= 5000);
}

TEST_CASE("timestamps of every unit are counted in microseconds, and integers keep all digits") {
    const World world;
    world.write("a.csv",
                "t,big\n2024-01-02 03:04:05.000001,9007199254740993\n1969-12-31 23:59:59.999999,-9007199254740993\n");
    const auto profile = world.profile("a.csv");
    const auto& t = column(profile, "t");
    CHECK(t.type == table::Type::timestamp);
    CHECK(t.numbers->least == -1);
    CHECK(shown_least(t) == "1969-12-31 23:59:59.999999");
    CHECK(shown_greatest(t) == "2024-01-02 03:04:05.000001");
    const auto& big = column(profile, "big");
    REQUIRE(big.type == table::Type::integer);
    CHECK(shown_greatest(big) == "9007199254740993");
}

TEST_CASE("texts have patterns, and long ones a short key") {
    CHECK(pattern_of("") == "");
    CHECK(pattern_of("2024-01-02") == "9999-99-99");
    CHECK(pattern_of("Anna Bond") == "Aaaa Aaaa");
    CHECK(pattern_of("Annabelle  B.") == "Aa+  A.");
    CHECK(pattern_of("12345678") == "9+");
    CHECK(pattern_of("m\xc3\xbcller@example.org") == "a+@a+.aaa");
    CHECK(pattern_of(std::string(40, '-')) == std::string(32, '-') + "...");
    CHECK(pattern_of("a\x01") == "a?");
    const std::string text = std::string(159, 'x') + "\xc3\xbc" + std::string(100, 'y');
    CHECK(key_of(text, 0xAB) == std::string(159, 'x') + "...#00000000000000ab");
    CHECK(key_of("short", 1) == "short");
}

TEST_CASE("a profile has a few hundred kilobytes, however many rows there are") {
    const World world;
    std::string text = "c0";
    for (int i = 1; i < 30; ++i) text += fmt::format(",c{}", i);
    text += '\n';
    stats::Generator random{3};
    for (int row = 0; row < 20'000; ++row)
        for (int i = 0; i < 30; ++i)
            text += fmt::format("{}{:.6f}", i == 0 ? "" : ",", random.uniform()) + (i == 29 ? "\n" : "");
    world.write("a.csv", text);
    CHECK(world.bytes("a.csv").size() < 500'000);
}

TEST_CASE("a profile is not made of a table that changes its mind") {
    const World world;
    std::string text = "n\n";
    for (int i = 0; i < 40'000; ++i) text += "1\n";
    world.write("a.csv", text + "many\n");
    CHECK_THAT(refused([&] { (void)world.profile("a.csv"); }), StartsWith("B008"));
}

}  // namespace
}  // namespace mlo::profile
