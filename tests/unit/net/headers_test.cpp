// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <mlo/net/http.hpp>

using namespace mlo::net;

TEST_CASE("a header is found whatever the case of its name, the first of several") {
    const Headers headers{{"etag", "\"1\""}, {"X-Two", "first"}, {"x-two", "second"}};
    CHECK(find_header(headers, "ETag") == "\"1\"");
    CHECK(find_header(headers, "X-TWO") == "first");
    CHECK_FALSE(find_header(headers, "X-Tw"));
    CHECK_FALSE(find_header(headers, "X-Two-"));
    CHECK_FALSE(find_header({}, "ETag"));
}
