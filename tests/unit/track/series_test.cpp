// SPDX-License-Identifier: Apache-2.0
#include <mlo/track/series.hpp>

#include <algorithm>
#include <bit>
#include <catch2/catch.hpp>
#include <charconv>
#include <cmath>
#include <failure.hpp>
#include <fstream>
#include <iterator>
#include <limits>
#include <mlo/hash/digest.hpp>
#include <mlo/json/parse.hpp>
#include <mlo/track/errors.hpp>
#include <mlo/util/text.hpp>
#include <random>

using namespace mlo;
using namespace mlo::track;
using test::failure;

namespace {

using Points = std::vector<Point>;
using AllSeries = std::vector<std::pair<std::string, Points>>;

Bytes encode(const AllSeries& all) {
    Bytes bytes;
    SeriesWriter writer{[&](ByteView piece) { append(bytes, piece); }};
    for (const auto& [key, points] : all) {
        writer.begin(key);
        for (const auto& point : points) writer.add(point);
    }
    writer.finish();
    return bytes;
}

AllSeries decode(ByteView bytes) {
    const SeriesFile file{bytes, "test"};
    AllSeries all;
    for (const auto& series : file.series()) {
        auto& points = all.emplace_back(series.key, Points{}).second;
        file.read(series, [&](std::span<const Point> part) { points.insert(points.end(), part.begin(), part.end()); });
    }
    return all;
}

/// What series.py calls a walk.
Points walk(std::uint64_t state, std::int64_t count) {
    Points points;
    std::int64_t step = -5;
    std::int64_t time = 1'700'000'000'000;
    for (std::int64_t i = 0; i < count; ++i) {
        state = state * 6364136223846793005U + 1442695040888963407U;
        const auto draw = static_cast<std::int64_t>(state >> 33U);
        step += draw % 4;
        time += draw % 1000 - 100;
        auto value = draw % 3 != 0 ? static_cast<double>(draw % 100) / 8 : static_cast<double>(draw) / 7.0;
        if (draw % 97 == 0) value = std::nan("");
        if (draw % 101 == 0) value = std::numeric_limits<double>::infinity();
        points.push_back({step, time, value});
    }
    std::ranges::sort(points, std::less<>{});
    points.erase(std::unique(points.begin(), points.end()), points.end());
    return points;
}

Points golden_points(const Value& list) {
    Points points;
    for (const auto& item : list.items()) {
        const auto parts = item.items();
        std::uint64_t bits = 0;
        const auto hex = parts.at(2).as_string();
        REQUIRE(std::from_chars(hex.data(), hex.data() + hex.size(), bits, 16).ec == std::errc{});
        points.push_back({parts.at(0).as_integer(), parts.at(1).as_integer(), std::bit_cast<double>(bits)});
    }
    return points;
}

/// What downsample promises, done the slow way for one stretch.
void check_bucket(const CurveBucket& bucket, std::span<const Point> all) {
    const auto points = all.subspan(bucket.first_index, bucket.count);
    CHECK(bucket.first == points.front());
    CHECK(bucket.last == points.back());
    Points numbers;
    std::ranges::copy_if(points, std::back_inserter(numbers), [](const Point& p) { return !std::isnan(p.value); });
    CHECK(bucket.nan_count == points.size() - numbers.size());
    const auto by_value = [](const Point& a, const Point& b) { return a.value < b.value; };
    if (numbers.empty()) return;
    CHECK(bucket.min == *std::ranges::min_element(numbers, by_value));
    CHECK(bucket.max.value == std::ranges::max_element(numbers, by_value)->value);
    CHECK(std::ranges::find(numbers, bucket.max) != numbers.end());
}

}  // namespace

TEST_CASE("sealed series have the bytes of the reference implementation") {
    std::ifstream in{MLO_TEST_DATA "/track/series.json", std::ios::binary};
    const std::string text{std::istreambuf_iterator<char>{in}, {}};
    const auto cases = json::parse(text, "series.json");
    REQUIRE(cases.root().size() == 12);
    for (const auto& row : cases.root().items()) {
        INFO(row.get("name").as_string());
        AllSeries all;
        if (const auto recipe = row.find("walk"))
            all.emplace_back("walk", walk(recipe->items().at(0).as_unsigned(), recipe->items().at(1).as_integer()));
        else
            for (const auto& pair : row.get("series").items())
                all.emplace_back(pair.items().at(0).as_string(), golden_points(pair.items().at(1)));
        const auto bytes = encode(all);
        CHECK(hash::sha256(bytes).hex() == row.get("sha256").as_string());
        if (const auto golden = row.find("bytes")) CHECK(base64_encode(bytes) == golden->as_string());
        CHECK(decode(bytes) == all);
    }
}

TEST_CASE("points ascend by step, time and value, and NaN comes behind the numbers") {
    const auto inf = std::numeric_limits<double>::infinity();
    const auto nan = std::nan("");
    const Points sorted{{-1, 9, 9}, {0, 1, 5}, {0, 2, -inf}, {0, 2, -1}, {0, 2, inf}, {0, 2, nan}, {1, 0, 0}};
    for (std::size_t i = 0; i < sorted.size(); ++i)
        for (std::size_t j = 0; j < sorted.size(); ++j) CHECK((sorted[i] <=> sorted[j]) == (i <=> j));
    CHECK(Point{0, 0, 0.0} == Point{0, 0, -0.0});
    CHECK(Point{0, 0, nan} == Point{0, 0, -nan});
}

TEST_CASE("a summary does not depend on the order in which points came") {
    const auto nan = std::nan("");
    Points points{{0, 1, 3}, {1, 1, 1}, {2, 1, 1}, {3, 1, 3}, {4, 1, nan}, {3, 0, 2}};
    MetricSummary expected{.count = 6, .last = {4, 1, nan}, .min = Point{1, 1, 1}, .max = Point{0, 1, 3}};
    std::mt19937 engine{1};
    for (int i = 0; i < 50; ++i) {
        std::ranges::shuffle(points, engine);
        MetricSummary summary;
        for (const auto& point : points) summary.add(point);
        CHECK(summary == expected);
    }
    MetricSummary empty;
    empty.add({0, 0, nan});
    CHECK_FALSE(empty.min);
}

TEST_CASE("every single byte of sealed series matters") {
    const auto bytes = encode({{"a", walk(5, 40)}, {"b", walk(6, 3)}});
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        for (const auto mask : {0x01, 0x80}) {
            auto damaged = bytes;
            damaged[i] ^= static_cast<std::byte>(mask);
            INFO(i);
            try {
                const auto again = encode(decode(damaged));
                CHECK(again == damaged);
            } catch (const Error& error) {
                CHECK(error.code().id == track::errors::series_invalid.id);
            }
        }
        CHECK(failure([&] { return decode(ByteView{bytes}.first(i)); }) == track::errors::series_invalid.id);
    }
    auto longer = bytes;
    longer.push_back(std::byte{0});
    CHECK(failure([&] { return decode(longer); }) == track::errors::series_invalid.id);
}

TEST_CASE("a directory that promises more than there is allocates nothing") {
    auto bytes = encode({{"a", {{0, 0, 1}}}});
    const auto offset = load_le<std::uint64_t>(ByteView{bytes}.last(24));
    store_le(std::span{bytes}.subspan(offset), std::uint32_t{0xffff'ffff});
    CHECK(failure([&] { return decode(bytes); }) == track::errors::series_invalid.id);
    store_le(std::span{bytes}.subspan(offset), std::uint32_t{1});
    CHECK(failure([&] { return decode(bytes); }) == "none");
    store_le(std::span{bytes}.subspan(offset + 7), std::uint64_t{1} << 62U);
    CHECK(failure([&] { return decode(bytes); }) == track::errors::series_invalid.id);
}

TEST_CASE("a down-sampled curve keeps min, max, first and last of each stretch exactly") {
    for (const auto& [seed, count] : {std::pair{1, 1}, {2, 7}, {3, 1024}, {4, 1025}, {5, 30'000}}) {
        const auto points = walk(static_cast<std::uint64_t>(seed), count);
        const auto bytes = encode({{"m", points}});
        const SeriesFile file{bytes, "test"};
        for (const auto axis : {CurveAxis::step, CurveAxis::index}) {
            for (const std::uint32_t buckets : {1U, 2U, 7U, 500U, 100'000U}) {
                INFO(seed << " " << buckets);
                const auto curve = downsample(file, file.series().front(), axis, buckets);
                CHECK(curve.size() <= buckets);
                CHECK(curve == downsample(points, axis, buckets));
                std::uint64_t next = 0;
                for (const auto& bucket : curve) {
                    CHECK(bucket.first_index == next);
                    check_bucket(bucket, points);
                    next += bucket.count;
                }
                CHECK(next == points.size());
                if (axis == CurveAxis::index && buckets <= points.size()) CHECK(curve.size() == buckets);
            }
        }
    }
}

TEST_CASE("a curve all of whose points have one step is one stretch, and more than 65,535 NaN are counted") {
    Points points;
    for (std::int64_t i = 0; i < 70'000; ++i) points.push_back({0, i, std::nan("")});
    const auto bytes = encode({{"m", points}});
    const SeriesFile file{bytes, "test"};
    for (const auto& curve :
         {downsample(file, file.series().front(), CurveAxis::step, 10), downsample(points, CurveAxis::step, 10)}) {
        REQUIRE(curve.size() == 1);
        CHECK(curve[0].nan_count == 70'000);
        CHECK(curve[0].min == points.front());
    }
}

TEST_CASE("the farthest steps there are fall into the first and the last stretch") {
    constexpr auto least = std::numeric_limits<std::int64_t>::min();
    constexpr auto most = std::numeric_limits<std::int64_t>::max();
    const Points points{{least, 0, 1}, {0, 0, 2}, {most - 1, 0, 3}, {most, 0, 4}};
    const auto curve = downsample(points, CurveAxis::step, 4);
    REQUIRE(curve.size() == 3);
    CHECK(curve[0].count == 1);
    CHECK(curve[2].max == points[3]);
}
