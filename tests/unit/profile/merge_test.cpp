// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <mlo/profile/diff.hpp>
#include <refused.hpp>

#include "profile_fixture.hpp"

namespace mlo::profile {
namespace {

using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;
using test::refused;

constexpr int total_rows = 24'000;

/// The profiles of the parts, each counted in the bins of the first or in its own.
std::vector<Profile> parts_of(const World& world, bool one_frame) {
    std::vector<Profile> parts;
    for (int part = 0; part < 6; ++part) {
        const auto name = fmt::format("part{}.csv", part);
        world.write(name, rows_of_table(part * total_rows / 6, (part + 1) * total_rows / 6));
        parts.push_back(world.profile(name, {.frame = one_frame && part > 0 ? &parts[0] : nullptr}));
    }
    return parts;
}

Profile merged(std::vector<Profile> parts) {
    auto whole = std::move(parts[0]);
    for (std::size_t i = 1; i < parts.size(); ++i) merge(whole, parts[i]);
    return whole;
}

void check_close(double value, double expected) { CHECK(value == Approx(expected).epsilon(1e-12)); }

TEST_CASE("the merged profiles of parts are the profile of the whole, within the stated bounds") {
    const World world;
    const auto parts = parts_of(world, true);
    const auto together = merged(parts);
    world.write("whole.csv", rows_of_table(0, total_rows));
    const auto whole = world.profile("whole.csv", {.frame = &parts[0]});
    REQUIRE(together.rows == whole.rows);
    REQUIRE(together.columns.size() == whole.columns.size());
    for (std::size_t i = 0; i < whole.columns.size(); ++i) {
        const auto& a = together.columns[i];
        const auto& b = whole.columns[i];
        INFO(b.name);
        CHECK(a.type == b.type);
        CHECK(a.missing == b.missing);
        CHECK(a.distinct == b.distinct);
        if (b.numbers) {
            CHECK(a.numbers->frame == b.numbers->frame);
            CHECK(a.numbers->zeros == b.numbers->zeros);
            CHECK(a.numbers->negatives == b.numbers->negatives);
            CHECK(a.numbers->least == b.numbers->least);
            CHECK(a.numbers->greatest == b.numbers->greatest);
            CHECK(a.numbers->values == b.numbers->values);
            check_close(a.numbers->moments.mean(), b.numbers->moments.mean());
            check_close(a.numbers->moments.variance(), b.numbers->moments.variance());
            CHECK(a.numbers->moments.min() == b.numbers->moments.min());
            const auto bound = a.numbers->rank_error() + b.numbers->rank_error();
            for (const double q : {0.01, 0.1, 0.5, 0.9, 0.99}) {
                const auto value = a.numbers->quantile(q);
                CHECK(b.numbers->quantiles.rank(value) >= q - bound);
                CHECK(b.numbers->quantiles.rank(std::nextafter(value, -1e9)) <= q + bound);
            }
        } else {
            CHECK(a.categories->frame == b.categories->frame);
            CHECK(a.categories->count() == b.categories->count());
            if (b.shapes) {
                CHECK(a.shapes->total_length == b.shapes->total_length);
                CHECK(a.shapes->least_length == b.shapes->least_length);
                CHECK(a.shapes->greatest_length == b.shapes->greatest_length);
                CHECK(a.shapes->empty == b.shapes->empty);
            }
        }
    }
    CHECK(decode(encode(together), "together").rows == total_rows);
}

TEST_CASE("parts with bins of their own are estimated, and the profile says so") {
    const World world;
    const auto parts = parts_of(world, false);
    const auto together = merged(parts);
    const auto& x = *together.find("x")->numbers;
    CHECK_FALSE(x.frame.is_exact);
    CHECK(x.frame.edges == parts[0].find("x")->numbers->frame.edges);
    world.write("whole.csv", rows_of_table(0, total_rows));
    const auto whole = world.profile("whole.csv", {.frame = &parts[0]});
    const auto& exact = whole.find("x")->numbers->frame.counts;
    for (std::size_t i = 0; i < exact.inside.size(); ++i) {
        const double difference = static_cast<double>(x.frame.counts.inside[i]) - static_cast<double>(exact.inside[i]);
        CHECK(std::abs(difference) <= 2 * x.rank_error() * total_rows);
    }
    // Where all values are known, nothing is estimated.
    CHECK(together.find("small")->numbers->frame.is_exact);
    CHECK(together.find("small")->numbers->frame == whole.find("small")->numbers->frame);
    CHECK(together.find("word")->categories->frame.is_exact);
}

TEST_CASE("a part without values changes nothing but the rows") {
    const World world;
    world.write("a.csv", "x,w\n1,a\n2,b\n");
    world.write("none.csv", "x,w\n,\n");
    table::Types types;
    const auto a = world.profile("a.csv");
    auto source = world.source({"none.csv"});
    source.types = world.typed("columns: {x: integer, w: text}");
    auto session = world.open(std::move(source));
    const auto none = build(session, 0, {}, world.runtime);
    auto first = a;
    merge(first, none);
    auto second = none;
    merge(second, a);
    CHECK(first.rows == 3);
    CHECK(first.find("x")->missing == 1);
    CHECK(first.find("x")->numbers->least == 1);
    CHECK(second.find("x")->numbers->least == 1);
    CHECK(second.find("w")->shapes->least_length == 1);
    CHECK(encode(first) == encode(second));
}

TEST_CASE("profiles of different tables do not merge, and then nothing has changed") {
    const World world;
    world.write("a.csv", "x,w\n1,a\n");
    world.write("fewer.csv", "x\n1\n");
    world.write("other.csv", "x,v\n1,a\n");
    world.write("retyped.csv", "x,w\nred,a\n");
    world.write("real.csv", "x,w\n1.5,a\n");
    auto a = world.profile("a.csv");
    const auto before = encode(a);
    CHECK_THAT(refused([&] { merge(a, world.profile("fewer.csv")); }), StartsWith("F003") && Contains("2 columns"));
    CHECK_THAT(refused([&] { merge(a, world.profile("other.csv")); }), Contains("no column 'w'"));
    CHECK_THAT(refused([&] { merge(a, world.profile("retyped.csv")); }),
               Contains("'x' is integer in one profile and text"));
    CHECK_THAT(refused([&] { merge(a, world.profile("a.csv", {.seed = 5})); }), StartsWith("F003"));
    CHECK(encode(a) == before);
    // Whether whole numbers are integers or reals is a matter of how they are written.
    merge(a, world.profile("real.csv"));
    CHECK(a.find("x")->type == table::Type::real);
    CHECK(a.find("x")->numbers->least == 0);
    CHECK(shown_greatest(*a.find("x")) == "1.5");
    CHECK(decode(encode(a), "a").rows == 2);
}

TEST_CASE("a profile merges with itself") {
    const World world;
    world.write("a.csv", rows_of_table(0, 3000));
    auto a = world.profile("a.csv");
    merge(a, a);
    CHECK(a.rows == 6000);
    CHECK(a.find("word")->categories->count() == 2 * world.profile("a.csv").find("word")->categories->count());
    CHECK(decode(encode(a), "a").rows == 6000);
}

std::string told(const Difference& difference) {
    std::string text;
    for (const auto& column : difference.columns)
        for (const auto& change : column.changes)
            text += fmt::format("{} {}: {} -> {}\n", column.name, change.what, change.before, change.after);
    return text;
}

TEST_CASE("a difference names what is shown differently, and nothing else") {
    const World world;
    world.write("a.csv", "x,w,gone\n1,a,1\n2,b,1\n3,a,2\n");
    world.write("b.csv", "x,w,came\n1,a,y\n2,c,y\n3,a,z\n");
    const auto a = world.profile("a.csv");
    const auto b = world.profile("b.csv");
    CHECK(diff(a, a).empty());
    const auto text = told(diff(a, b));
    CHECK(text ==
          "w new value:  -> 'c' (33.3 %)\n"
          "w vanished value: 'b' (33.3 %) -> \n"
          "came type:  -> text\n"
          "gone type: integer -> \n");
    world.write("c.csv", "x,w,gone\n1.5,a,1\n2,b,1\n,a,2\n");
    const auto difference = diff(a, world.profile("c.csv"));
    CHECK(difference.columns[0].kind == ColumnChange::Kind::retyped);
    CHECK_THAT(told(difference), Contains("x type: integer -> real") && Contains("x missing: 0 % -> 33.3 %"));
}

}  // namespace
}  // namespace mlo::profile
