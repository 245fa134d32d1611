// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <mlo/report/text_chart.hpp>

using namespace mlo::report;

namespace {

constexpr auto inf = std::numeric_limits<double>::infinity();
const auto no_number = std::nan("");

std::string text_of(const TextChart& chart) {
    std::string text;
    for (const auto& row : draw(chart)) {
        for (const auto& span : row) text += span.text;
        text += '\n';
    }
    return text;
}

TextChart chart_of(std::vector<XY> points) {
    TextChart chart;
    chart.columns = 26;
    chart.rows = 4;
    chart.lines.push_back({std::move(points), "", 0, false});
    return chart;
}

}  // namespace

TEST_CASE("a line is drawn between axes") {
    CHECK(text_of(chart_of({{0, 0}, {10, 10}})) == R"(10 ┤                ⣀⡠⠔⠒⠉
   │          ⢀⣀⠤⠒⠊⠉
 5 ┤     ⣀⡠⠤⠒⠉⠁
 0 ┤⣀⠤⠔⠊⠉
   └┬─────────┬─────────┬
    0         5        10
)");
}

TEST_CASE("what is no number is a gap and a mark, at the axis or the edge") {
    CHECK(text_of(chart_of({{0, 0}, {1, 1}, {2, no_number}, {3, inf}, {4, -inf}, {5, 1}, {6, 0}})) ==
          R"(  1 ┤   ⡜      ▲     ⠘⡄
    │  ⡜              ⠸⡀
0.5 ┤ ⡜                ⢱
  0 ┤⡜            ▼     ⢣
    └┬─────×─────────┬───
     0               5
)");
}

TEST_CASE("there is no chart without a number") {
    CHECK(draw(chart_of({{0, no_number}, {1, inf}})).empty());
    CHECK(draw(chart_of({})).empty());
    auto chart = chart_of({{0, -1}, {1, 0}});
    chart.scale = Scale::logarithmic;
    CHECK(draw(chart).empty());
}

TEST_CASE("lines that never change, single points and the largest numbers are drawn") {
    constexpr auto most = std::numeric_limits<double>::max();
    for (const auto& points :
         {std::vector<XY>{{0, 5}, {9, 5}}, std::vector<XY>{{3, 0}}, std::vector<XY>{{0, -most}, {1, most}},
          std::vector<XY>{{0, most}, {1, most}}, std::vector<XY>{{0, 5e-324}, {1, 0}},
          std::vector<XY>{{0, 1e16}, {1, 1e16 + 2}}, std::vector<XY>{{-most, 0}, {most, 1}}}) {
        const auto rows = draw(chart_of(points));
        REQUIRE(rows.size() == 6);
        bool has_dots = false;
        for (const auto& row : rows)
            for (const auto& span : row) has_dots = has_dots || span.role == TextSpan::Role::line;
        CHECK(has_dots);
    }
}

TEST_CASE("each line says where it ends, and who is in which colour") {
    auto chart = chart_of({{0, 0}, {10, 10}});
    chart.lines[0].mark.push_back('a');
    chart.lines.push_back({{{0, 10}, {10, 0}}, "b", 1, false});
    chart.lines.push_back({{{0, 9}, {10, 0}}, "c", 2, false});
    chart.lines.push_back({{{0, 8}, {10, 0}}, "d", 3, false});
    const auto rows = draw(chart);
    REQUIRE(rows.size() == 6);
    const auto last_of = [&](std::size_t row) { return rows[row].back(); };
    CHECK(last_of(0).text == "a");
    CHECK(last_of(0).ink == 0);
    CHECK(last_of(3).text == "c");
    CHECK(last_of(3).ink == 2);
    CHECK(last_of(2).text == "d");
    bool has_b = false;
    for (const auto& span : rows[3]) has_b = has_b || (span.text == "b" && span.ink == 1);
    CHECK(has_b);
}

TEST_CASE("points of a scatter are marks, or how many there are") {
    auto chart = chart_of({{0, 0}, {5, 5}, {5, 5}, {10, 10}});
    for (int i = 0; i < 12; ++i) chart.lines[0].points.push_back({10, 0});
    chart.is_scatter = true;
    CHECK(text_of(chart) == R"(10 ┤                    •
   │
 5 ┤          2
 0 ┤•                   +
   └┬─────────┬─────────┬
    0         5        10
)");
}

TEST_CASE("what lies behind gives way") {
    auto chart = chart_of({{0, 0}, {10, 10}});
    chart.lines.push_back({{{0, 0}, {10, 10}}, "", 7, true});
    for (const auto& row : draw(chart))
        for (const auto& span : row) CHECK(span.role != TextSpan::Role::behind);
}

TEST_CASE("a sparkline has the means, from its least to its greatest") {
    CHECK(sparkline(std::vector<XY>{{0, 0}, {1, 1}, {2, 2}, {3, 3}, {4, 4}, {5, 5}, {6, 6}, {7, 7}}, 8) == "▁▂▃▄▅▆▇█");
    CHECK(sparkline(std::vector<XY>{{0, 0}, {1, no_number}, {2, inf}, {3, 8}}, 4) == "▁▁▁█");
    CHECK(sparkline(std::vector<XY>{{0, 3}, {1, 3}}, 3) == "▅▅▅");
    CHECK(sparkline(std::vector<XY>{{0, 3}}, 2) == "▅▅");
    CHECK(sparkline(std::vector<XY>{{0, no_number}}, 3) == "   ");
}

TEST_CASE("axes have round numbers") {
    CHECK(ticks(0, 10, 5) == std::vector<double>{0, 2, 4, 6, 8, 10});
    CHECK(ticks(-0.7, 0.7, 3) == std::vector<double>{-0.5, 0, 0.5});
    CHECK(ticks(3, 3, 3) == std::vector<double>{3});
    CHECK(ticks(1e300, 9e300, 2) == std::vector<double>{5e300});
    CHECK(duration_ticks(0, 90, 4) == std::vector<double>{0, 30, 60, 90});
    CHECK(duration_ticks(0, 7200, 4) == std::vector<double>{0, 1800, 3600, 5400, 7200});
    CHECK(duration_ticks(0, 4 * 86'400, 2) == std::vector<double>{0, 2 * 86'400, 4 * 86'400});
    CHECK(duration_ticks(0, 1, 2) == std::vector<double>{0, 0.5, 1});
    CHECK(log_ticks(0.001, 1000, 3) == std::vector<double>{0.001, 0.1, 10, 1000});
    const auto narrow = log_ticks(1, 10, 3);
    REQUIRE(narrow.size() == 4);
    CHECK(narrow[1] == Approx(2));
    for (const auto value : log_ticks(0.101, 0.109, 3)) CHECK((value >= 0.101 && value <= 0.109));
}

TEST_CASE("numbers are short") {
    CHECK(short_number(0.25) == "0.25");
    CHECK(short_number(1e-7) == "1e-07");
    CHECK(short_number(no_number) == "nan");
    CHECK(short_number(-inf) == "-inf");
}
