// SPDX-License-Identifier: Apache-2.0
#include <http_url.hpp>

#include <catch2/catch.hpp>
#include <failure.hpp>
#include <mlo/remote/errors.hpp>
#include <mlo/remote/url.hpp>

namespace mlo::test {
namespace {

remote::HttpPlace parse(const std::string& text) { return remote::parse_http_place(remote::parse_url(text), text); }

}  // namespace

TEST_CASE("A URL names a server, a folder and perhaps a user") {
    const auto [text, origin, path, user] = GENERATE(table<std::string, std::string, std::string, std::string>(
        {{"https://example.org", "https://example.org", "/", ""},
         {"https://example.org/", "https://example.org", "/", ""},
         {"HTTPS://Example.ORG:443/a//b/", "https://example.org", "/a/b/", ""},
         {"http://example.org:443/a", "http://example.org:443", "/a/", ""},
         {"https://[::1]:8443/a", "https://[::1]:8443", "/a/", ""},
         {"https://ada@example.org/a", "https://example.org", "/a/", "ada"},
         {"https://ada%40home@example.org/a", "https://example.org", "/a/", "ada@home"},
         {"https://example.org/a%20b/%C3%A4+c", "https://example.org", "/a%20b/%C3%A4%2Bc/", ""}}));
    CAPTURE(text);
    const auto place = parse(text);
    CHECK(place.origin() == origin);
    CHECK(place.path == path);
    CHECK(place.user == user);
    CHECK(place.shown() == origin + path.substr(0, path.size() - 1));
}

TEST_CASE("What a URL of a web server cannot be") {
    for (const std::string text :
         {"https://", "https:///a", "https://example.org:0/", "https://example.org:99999/", "https://example.org:x/",
          "https://ex ample.org/", "https://example.org/a?b=c", "https://example.org/a#b",
          "https://example.org/%2e%2E/a", "https://example.org/a/./b", "https://example.org/a%2",
          "https://example.org/a%2fb", "https://example.org/a%0Ab", "https://@example.org/",
          "https://a%3Ab@example.org/", "https://a%0Ahost%3Dx@example.org/", "https://a%09@example.org/"}) {
        CAPTURE(text);
        CHECK(failure([&] { return parse(text); }) == remote::errors::bad_url.id);
    }
    CHECK(failure([] { return parse("https://example.org/" + std::string(1100, 'a')); }) == remote::errors::bad_url.id);
    CHECK(failure([] { return parse("https://ada:word@example.org/"); }) == remote::errors::secret_in_url.id);
}

TEST_CASE("A message about a URL shows no query and no user") {
    const auto error = error_of([] { return parse("https://ada@example.org/a?signature=abc"); });
    REQUIRE(error);
    CHECK(error->message().find("abc") == std::string::npos);
    CHECK(error->message().find("ada") == std::string::npos);
}

}  // namespace mlo::test
