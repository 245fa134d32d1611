// SPDX-License-Identifier: Apache-2.0
#include <mlo/net/http_fields.hpp>

#include <catch2/catch.hpp>
#include <string>

namespace mlo::test {

using namespace mlo::net;
using std::chrono::seconds;

TEST_CASE("a date is read to the second") {
    CHECK(parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT") == Timestamp{seconds{784'111'777}});
    CHECK(parse_http_date("Thu, 29 Feb 2024 00:00:00 GMT") == Timestamp{seconds{1'709'164'800}});
    CHECK(parse_http_date("Thu, 01 Jan 1970 00:00:00 GMT") == Timestamp{});
}

TEST_CASE("what is no such date is none") {
    for (const std::string text :
         {"", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 CET", "Sunday, 06-Nov-94 08:49:37 GMT",
          "Sun Nov  6 08:49:37 1994", "Sun, 31 Feb 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:49:37 GMT",
          "Sun, 06 Nov 1994 08:60:37 GMT", "Sun, 06 nov 1994 08:49:37 GMT", "Sun, 06 anF 1994 08:49:37 GMT",
          "Sun, 06 Nov 9999 08:49:37 GMT", "Sun, -6 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49: 7 GMT"}) {
        INFO(text);
        CHECK_FALSE(parse_http_date(text));
    }
}

TEST_CASE("a length is a number and nothing else") {
    CHECK(content_length({{"content-length", "0"}}) == 0);
    CHECK(content_length({{"Content-Length", "18446744073709551615"}}) == UINT64_MAX);
    for (const std::string text : {"", "-1", "+1", "1 ", "0x1", "18446744073709551616", "1, 1"}) {
        INFO(text);
        CHECK_FALSE(content_length({{"Content-Length", text}}));
    }
    CHECK_FALSE(content_length({}));
}

TEST_CASE("a pause is told in seconds or as a date, and ends within a year") {
    const auto pause = [](std::string value) {
        return retry_after({{"Retry-After", std::move(value)}}, Timestamp{seconds{784'111'770}});
    };
    CHECK(pause("120") == seconds{120});
    CHECK(pause("0") == seconds{0});
    CHECK(pause("Sun, 06 Nov 1994 08:49:37 GMT") == seconds{7});
    CHECK(pause("Sun, 06 Nov 1994 08:49:20 GMT") == seconds{0});
    CHECK(pause("18446744073709551615") == seconds{366 * 86'400});
    CHECK(pause("Thu, 29 Feb 2024 00:00:00 GMT") == seconds{366 * 86'400});
    CHECK_FALSE(pause("soon"));
    CHECK_FALSE(pause("-3"));
    CHECK_FALSE(pause(""));
    CHECK_FALSE(retry_after({}, Timestamp{}));
}

TEST_CASE("a range says which bytes came, and of how many") {
    const auto range = [](std::string value) { return content_range({{"Content-Range", std::move(value)}}); };
    const auto known = range("bytes 100-199/1000");
    REQUIRE(known);
    CHECK(known->first == 100);
    CHECK(known->last == 199);
    CHECK(known->whole == 1000);
    const auto unknown = range("bytes 0-0/*");
    REQUIRE(unknown);
    CHECK_FALSE(unknown->whole);
    for (const std::string text : {"", "bytes */1000", "bytes 5-4/10", "bytes 5-10/10", "bytes -4/10", "bytes 5-/10",
                                   "5-6/10", "bytes 5-6", "bytes 5-6/", "bytes 5-6/x", "bytes=5-6/10", "bytes 5/6-7"}) {
        INFO(text);
        CHECK_FALSE(range(text));
    }
}

}  // namespace mlo::test
