// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <failure.hpp>
#include <mlo/net/errors.hpp>
#include <mlo/net/uri.hpp>
#include <refused.hpp>

using namespace mlo::net;
using mlo::test::failure;
using mlo::test::refused;

TEST_CASE("all but the unreserved characters of RFC 3986 are percent-encoded, in capitals") {
    CHECK(percent_encode("AZaz09-._~") == "AZaz09-._~");
    CHECK(percent_encode(" !\"#$%&'()*+,/:;<=>?@[\\]^`{|}") ==
          "%20%21%22%23%24%25%26%27%28%29%2A%2B%2C%2F%3A%3B%3C%3D%3E%3F%40%5B%5C%5D%5E%60%7B%7C%7D");
    CHECK(percent_encode(std::string_view{"\0\x7f\xc3\xa9\xff", 5}) == "%00%7F%C3%A9%FF");
    CHECK(percent_encode("a/b c", Slash::keep) == "a/b%20c");
    CHECK(percent_encode("").empty());
}

TEST_CASE("what was encoded is decoded, and a stray percent sign stands for itself") {
    std::string every_byte;
    for (int byte = 0; byte < 256; ++byte) every_byte += static_cast<char>(byte);
    CHECK(percent_decode(percent_encode(every_byte)) == every_byte);
    CHECK(percent_decode("%c3%A9+%2f") == "\xc3\xa9+/");
    CHECK(percent_decode("100%") == "100%");
    CHECK(percent_decode("%4") == "%4");
    CHECK(percent_decode("%zz%4g%25") == "%zz%4g%");
}

TEST_CASE("a URL is taken apart without being changed") {
    const auto url = split_url("HTTPS://Bucket.example:8443/a%2Fb/../c?x=%20&y");
    CHECK(url.scheme == "https");
    CHECK(url.host == "Bucket.example");
    CHECK(url.port == 8443);
    CHECK(url.path == "/a%2Fb/../c");
    CHECK(url.query == "x=%20&y");
    CHECK(url.endpoint() == "Bucket.example:8443");
    CHECK(url.host_header() == "Bucket.example:8443");
}

TEST_CASE("what a URL leaves out has its usual value") {
    const auto bare = split_url("http://localhost");
    CHECK(bare.port == 80);
    CHECK(bare.path == "/");
    CHECK_FALSE(bare.query);
    CHECK(bare.endpoint() == "localhost:80");
    CHECK(bare.host_header() == "localhost");

    const auto empty_query = split_url("https://localhost?");
    CHECK(empty_query.port == 443);
    CHECK(empty_query.path == "/");
    CHECK(empty_query.query == "");
    CHECK(empty_query.host_header() == "localhost");

    CHECK(split_url("https://localhost:443/").host_header() == "localhost");
    CHECK(split_url("http://localhost:443/").host_header() == "localhost:443");
}

TEST_CASE("an IPv6 address keeps its brackets") {
    const auto url = split_url("http://[::1]:9000/b");
    CHECK(url.host == "[::1]");
    CHECK(url.port == 9000);
    CHECK(url.host_header() == "[::1]:9000");
    CHECK(split_url("http://[2001:db8::7]").port == 80);
}

TEST_CASE("what is no absolute http URL is refused") {
    for (const auto* wrong : {"",
                              "/a",
                              "localhost/a",
                              "ftp://h/",
                              "http:/h",
                              "http:///a",
                              "http://",
                              "http://:80/",
                              "http://h:/",
                              "http://h:0/",
                              "http://h:65536/",
                              "http://h:8o/",
                              "http://h:80:80/",
                              "http://[::1/",
                              "http://[]/",
                              "http://[::g]/",
                              "http://h h/",
                              "http://m\xc3\xbcnich.example/",
                              "http://%68/",
                              "http://h/a b",
                              "http://h/\xc3\xa9",
                              "http://h/?q=\n",
                              "http://h/#f",
                              "http://h/a\\b",
                              "http://h/\x7f"}) {
        INFO(wrong);
        CHECK(failure([&] { return split_url(wrong); }) == errors::bad_url.id);
    }
}

TEST_CASE("a refused URL is shown without user, password, path and query") {
    CHECK(refused([] { return split_url("https://ada:word@h.example/p?q"); }) ==
          "N001  the URL 'https://h.example' holds a user name or password");
    CHECK(refused([] { return split_url("https://ada:wo/rd@h.example/p"); }) ==
          "N001  the URL 'https://...' has a port that is not a number from 1 to 65535");
    CHECK(refused([] { return split_url("https://h.example:1/p?token=word#x"); }) ==
          "N001  the URL 'https://h.example:1' has a fragment ('#...')");
    CHECK(refused([] { return split_url("word://ada:word@h.example"); }) ==
          "N001  a URL starts with neither 'http://' nor 'https://'");
}

TEST_CASE("an origin is scheme, host and port in lower case, the port only where it is not the scheme's own") {
    CHECK(split_url("HTTPS://H.Example:443/p").origin() == "https://h.example");
    CHECK(split_url("http://h.example:443").origin() == "http://h.example:443");
    CHECK(split_url("http://[::A]:80/").origin() == "http://[::a]");
}

TEST_CASE("a reference leads where RFC 3986 says") {
    const auto base = split_url("http://a:8080/b/c/d;p?q");
    const auto [reference, target] = GENERATE(table<std::string, std::string>(
        {{"https://h/x", "https://h/x"},    {"g", "http://a:8080/b/c/g"},
         {"./g", "http://a:8080/b/c/g"},    {"g/", "http://a:8080/b/c/g/"},
         {"/g", "http://a:8080/g"},         {"//g", "http://g"},
         {"?y", "http://a:8080/b/c/d;p?y"}, {"g?y", "http://a:8080/b/c/g?y"},
         {"g#s", "http://a:8080/b/c/g"},    {"", "http://a:8080/b/c/d;p"},
         {".", "http://a:8080/b/c/"},       {"..", "http://a:8080/b/"},
         {"../g", "http://a:8080/b/g"},     {"../../g", "http://a:8080/g"},
         {"../../../g", "http://a:8080/g"}, {"/./g", "http://a:8080/g"},
         {"g.", "http://a:8080/b/c/g."},    {"..g", "http://a:8080/b/c/..g"},
         {"./g/.", "http://a:8080/b/c/g/"}, {"g?y/../x", "http://a:8080/b/c/g?y/../x"}}));
    CAPTURE(reference);
    CHECK(resolve_url(base, reference) == target);
}

TEST_CASE("a reference to what is no URL of HTTP is refused") {
    const auto base = split_url("https://h.example/p");
    for (const std::string reference :
         {"ftp://h/x", "javascript:x", "https://", "https://u:w@h/x", "https://h/a b", "/a\r\nb", "//h:0/"}) {
        CAPTURE(reference);
        CHECK(failure([&] { return resolve_url(base, reference); }) == errors::bad_url.id);
    }
}
