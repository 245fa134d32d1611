// SPDX-License-Identifier: Apache-2.0
#include <http_access.hpp>

#include <catch2/catch.hpp>
#include <failure.hpp>
#include <mlo/remote/errors.hpp>

namespace mlo::test {

TEST_CASE("Settings belong to one scheme, host and port") {
    const remote::HttpAccess groups[] = {{.name = "http.a", .origin = "https://Example.org", .ca_file = "/a"},
                                         {.name = "http.b", .origin = "https://example.org:8443/", .ca_file = "/b"},
                                         {.name = "http.c", .origin = "http://example.org", .ca_file = "/c"}};
    CHECK(remote::access_for(groups, "https://example.org").ca_file == "/a");
    CHECK(remote::access_for(groups, "https://example.org:8443").ca_file == "/b");
    CHECK(remote::access_for(groups, "http://example.org").ca_file == "/c");
    for (const auto* other : {"https://example.org:444", "http://example.org:8443", "https://sub.example.org",
                              "https://example.org.evil.net", "https://example.com"})
        CHECK(remote::access_for(groups, other).name.empty());
}

TEST_CASE("Settings that are for no server, or for one twice, are an error wherever they are looked at") {
    for (const auto* origin : {"", "example.org", "ftp://example.org", "https://example.org/path",
                               "https://user@example.org", "https://example.org?x"}) {
        CAPTURE(origin);
        const remote::HttpAccess groups[] = {{.name = "http.a", .origin = origin}};
        CHECK(failure([&] { return remote::access_for(groups, "https://other.org"); }) ==
              remote::errors::bad_access.id);
    }
    const remote::HttpAccess twice[] = {{.name = "http.a", .origin = "https://example.org"},
                                        {.name = "http.b", .origin = "https://EXAMPLE.org:443"}};
    CHECK(failure([&] { return remote::access_for(twice, "https://example.org"); }) == remote::errors::bad_access.id);
}

}  // namespace mlo::test
