// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <map>
#include <mlo/track/metrics_file.hpp>

using mlo::track::BadLines;
using mlo::track::MetricsParser;
using mlo::track::ParsedPoint;
using mlo::track::Point;

namespace {

constexpr std::int64_t now_ms = 1'700'000'000'123;
constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

struct Reading {
    explicit Reading(MetricsParser::GreatestStep greatest_step = {}) : parser{std::move(greatest_step)} {}
    Reading& read(std::string_view lines) {
        parser.parse(lines, next, now_ms, points, bad);
        return *this;
    }
    /// "name step time value", line by line.
    [[nodiscard]] std::vector<std::pair<std::string, Point>> named() const {
        std::vector<std::pair<std::string, Point>> result;
        for (const auto& each : points) result.emplace_back(parser.key_name(each.key), each.point);
        return result;
    }
    [[nodiscard]] std::vector<std::string> reasons() const {
        std::vector<std::string> result;
        for (const auto& line : bad.first) result.push_back(std::to_string(line.number) + ": " + line.reason);
        return result;
    }

    MetricsParser parser;
    std::vector<ParsedPoint> points;
    BadLines bad;
    std::uint64_t next = 1;
};

using Named = std::vector<std::pair<std::string, Point>>;

std::string reason_of(std::string_view line) {
    Reading reading;
    reading.read(std::string{line} + '\n');
    CHECK(reading.points.empty());
    return reading.bad.first.empty() ? "none" : reading.bad.first.front().reason;
}

double value_of(std::string_view text) {
    Reading reading;
    reading.read("{\"a\":" + std::string{text} + "}\n");
    REQUIRE(reading.points.size() == 1);
    return reading.points.front().point.value;
}

}  // namespace

TEST_CASE("a line gives one point for each metric, with its step and time") {
    Reading reading;
    reading.read("{\"loss\":0.31,\"step\":10}\n{\"loss\":0.3,\"acc\":0.9,\"step\":11,\"time\":1700000000000}\n");
    CHECK(reading.named() == Named{{"loss", {10, now_ms, 0.31}},
                                   {"loss", {11, 1'700'000'000'000, 0.3}},
                                   {"acc", {11, 1'700'000'000'000, 0.9}}});
    CHECK(reading.bad.count == 0);
    CHECK(reading.next == 3);
}

TEST_CASE("step and time may stand anywhere, and blanks too") {
    Reading reading;
    reading.read("  { \"time\" : 5 , \"a\"\t: 1 , \"step\" : 2, \"b\":2 }\t\r\n\n \r\n{}\n{ }\n");
    CHECK(reading.named() == Named{{"a", {2, 5, 1}}, {"b", {2, 5, 2}}});
    CHECK(reading.bad.count == 0);
    CHECK(reading.next == 6);
}

TEST_CASE("without a step a metric goes on one after its greatest") {
    Reading reading{[](std::string_view key) { return key == "old" ? std::optional<std::int64_t>{41} : std::nullopt; }};
    reading.read("{\"a\":1}\n{\"a\":2}\n{\"b\":1}\n{\"a\":3,\"step\":-7}\n{\"a\":4}\n{\"old\":1}\n{\"old\":2}\n");
    std::vector<std::int64_t> steps;
    for (const auto& each : reading.points) steps.push_back(each.point.step);
    CHECK(steps == std::vector<std::int64_t>{0, 1, 0, -7, 2, 42, 43});
    // What is bad takes no step.
    reading.read("{\"a\":5,\"b\":x}\n{\"a\":5}\n");
    CHECK(reading.points.back().point.step == 3);
    reading.read("{\"a\":6,\"step\":9223372036854775807}\n{\"a\":7}\n");
    CHECK(reading.points.back().point.step == std::numeric_limits<std::int64_t>::max());
}

TEST_CASE("numbers are read as they are meant") {
    CHECK(value_of("0.1") == 0.1);
    CHECK(value_of("-3") == -3);
    CHECK(value_of("1e3") == 1000);
    CHECK(value_of("1.7976931348623157e308") == std::numeric_limits<double>::max());
    CHECK(value_of("5e-324") == std::numeric_limits<double>::denorm_min());
    CHECK(value_of("1e-400") == 0);
    CHECK(value_of("9007199254740993") == 9007199254740992.0);
    CHECK(!std::signbit(value_of("-0.0")));
    CHECK(!std::signbit(value_of("-1e-400")));
    for (const auto* text : {"NaN", "nan", "-nan", "\"NaN\""}) CHECK(std::isnan(value_of(text)));
    for (const auto* text : {"Infinity", "inf", "\"Infinity\""}) CHECK(value_of(text) == infinity);
    for (const auto* text : {"-Infinity", "-inf", "\"-Infinity\""}) CHECK(value_of(text) == -infinity);
}

TEST_CASE("steps are integers of 64 bits, however they are written") {
    const auto step_of = [](std::string_view text) -> std::string {
        Reading reading;
        reading.read("{\"a\":1,\"step\":" + std::string{text} + "}\n");
        return reading.points.empty() ? reading.bad.first.at(0).reason : std::to_string(reading.points[0].point.step);
    };
    CHECK(step_of("9223372036854775807") == "9223372036854775807");
    CHECK(step_of("-9223372036854775808") == "-9223372036854775808");
    CHECK(step_of("10.0") == "10");
    CHECK(step_of("1e3") == "1000");
    CHECK(step_of("9223372036854775808") == "'step' is no integer of 64 bits");
    CHECK(step_of("0.5") == "'step' is no integer of 64 bits");
    CHECK(step_of("1e300") == "'step' is no integer of 64 bits");
    CHECK(step_of("\"1\"") == "'step' is no number");
    CHECK(step_of("nan") == "'step' is no number");
}

TEST_CASE("times are milliseconds since 1970 or RFC 3339") {
    const auto time_of = [](std::string_view text) -> std::string {
        Reading reading;
        reading.read("{\"a\":1,\"time\":" + std::string{text} + "}\n");
        return reading.points.empty() ? reading.bad.first.at(0).reason
                                      : std::to_string(reading.points[0].point.time_ms);
    };
    CHECK(time_of("0") == "0");
    CHECK(time_of("1700000000123.9") == "1700000000123");
    CHECK(time_of("1.7e12") == "1700000000000");
    CHECK(time_of("\"2023-11-14T22:13:20.1239Z\"") == "1700000000123");
    CHECK(time_of("\"2023-11-14T23:13:20+01:00\"") == "1700000000000");
    CHECK(time_of("\"2023-11-14\"") == "'time' is neither milliseconds since 1970 nor RFC 3339");
    CHECK(time_of("\"1969-12-31T23:59:59Z\"") == "'time' is not between 1970 and 9999");
    CHECK(time_of("-1") == "'time' is not between 1970 and 9999");
    CHECK(time_of("253402300800000") == "'time' is not between 1970 and 9999");
    CHECK(time_of("1e300") == "'time' is not between 1970 and 9999");
    CHECK(time_of("null") == "'time' is no number");
}

TEST_CASE("names may be escaped, and follow the rules of metrics") {
    Reading reading;
    reading.read("{\"\\u00e9\\ud83d\\ude00\\/x\":1,\"ok name/1.2:x-y_z\":2}\n");
    CHECK(reading.named() ==
          Named{{"\xc3\xa9\xf0\x9f\x98\x80/x", {0, now_ms, 1}}, {"ok name/1.2:x-y_z", {0, now_ms, 2}}});
    CHECK(reason_of("{\"../x\":1}") == "the name '../x' cannot be a metric's: it has a component '', '.' or '..'");
    CHECK(reason_of("{\"\":1}") == "the name '' cannot be a metric's: it is empty");
    CHECK(reason_of("{\"\xff\":1}") == "the name '\\xff' cannot be a metric's: it is not UTF-8");
    CHECK(reason_of("{\"" + std::string(10'000, 'x') + "\":1}") ==
          "the name '" + std::string(250, 'x') + "' cannot be a metric's: it is too long");
    CHECK(reason_of("{\"\\ud800\":1}") == "a string has half a surrogate pair");
    CHECK(reason_of("{\"\\udc00\":1}") == "a string has half a surrogate pair");
    CHECK(reason_of("{\"\\ud800\\u0041\":1}") == "a string has half a surrogate pair");
    CHECK(reason_of("{\"\\x\":1}") == "a string has an unknown escape");
    CHECK(reason_of("{\"\\u12g4\":1}") == "a string has an unknown escape");
}

TEST_CASE("a bad line says what is wrong with it, and gives no point") {
    CHECK(reason_of("loss=0.3") == "it does not begin with '{'");
    CHECK(reason_of("[1]") == "it does not begin with '{'");
    CHECK(reason_of("{loss:1}") == "a key is not in double quotes");
    CHECK(reason_of("{\"a\" 1}") == "':' is missing after 'a'");
    CHECK(reason_of("{\"a\":1 \"b\":2}") == "',' or '}' is missing after the value of 'a'");
    CHECK(reason_of("{\"a\":0.3{\"a\":0.2}") == "',' or '}' is missing after the value of 'a'");
    CHECK(reason_of("{\"a\":1,}") == "a key is not in double quotes");
    CHECK(reason_of("{\"a\":1}}") == "something follows the '}'");
    CHECK(reason_of("{\"a\":1} {\"a\":1}") == "something follows the '}'");
    CHECK(reason_of("{\"a\":1,\"a\":2}") == "'a' is there twice");
    CHECK(reason_of("{\"a\":1,\"step\":1,\"step\":1}") == "'step' is there twice");
    CHECK(reason_of("{\"a\":1,\"time\":1,\"time\":1}") == "'time' is there twice");
    for (const auto* value : {"true", "null", "{}", "[1]", "", "-", "x", "0x10a", "+1"})
        CHECK(reason_of("{\"b\":1,\"a\":" + std::string{value} + "}") != "none");
    CHECK(reason_of("{\"a\":true}") == "'a' is no number");
    CHECK(reason_of("{\"a\":\"0.3\"}") == "'a' is no number, but a text");
    CHECK(reason_of("{\"a\":1e999}") == "'a' is too large a number");
    CHECK(reason_of("{\"a\":infinite}") == "',' or '}' is missing after the value of 'a'");
    for (const auto* text :
         {"{", "{\"", "{\"a", "{\"a\\", "{\"a\\u00", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,", "{\"a\":\"NaN"})
        CHECK(reason_of(text) != "none");
    CHECK(reason_of(std::string_view{"\0\0\0", 3}) == "it does not begin with '{'");
}

TEST_CASE("bad lines are told by number, the first of many, and the others go on") {
    Reading reading;
    std::string lines;
    for (int i = 0; i < 100; ++i) lines += i % 2 == 0 ? "{\"a\":1}\n" : "{\"a\":1,\n";
    reading.read(lines).read("nonsense\n{\"a\":1}\n");
    CHECK(reading.points.size() == 51);
    CHECK(reading.bad.count == 51);
    REQUIRE(reading.bad.first.size() == 20);
    CHECK(reading.reasons().front() == "2: it is cut off");
    CHECK(reading.bad.first.back().number == 40);
    CHECK(reading.next == 103);
}

TEST_CASE("a key is not taken twice because two files have lines of the same number") {
    Reading reading;
    reading.read("{\"a\":1}\n");
    reading.next = 1;
    reading.read("{\"a\":1}\n");
    CHECK(reading.points.size() == 2);
    CHECK(reading.bad.count == 0);
}

TEST_CASE("lines and metrics are bounded") {
    Reading reading;
    reading.read("{\"a\":1" + std::string(MetricsParser::max_line_bytes, ' ') + "}\n{\"a\":1}\n");
    CHECK(reading.reasons() == std::vector<std::string>{"1: it is longer than 1.0 MiB"});
    CHECK(reading.points.size() == 1);
    std::string many;
    for (int i = 0; i < 10'000; ++i) many += "{\"k" + std::to_string(i) + "\":1}\n";
    reading.read(many);
    CHECK(reading.points.size() == 10'000);
    CHECK(reading.bad.first.back().reason == "there are more than 10,000 metrics");
}
