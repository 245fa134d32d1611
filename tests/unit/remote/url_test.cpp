// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <failure.hpp>
#include <mlo/remote/errors.hpp>
#include <mlo/remote/schemes.hpp>
#include <mlo/remote/traffic.hpp>
#include <mlo/remote/url.hpp>
#include <mlo/util/fs.hpp>

namespace mlo::test {
namespace {

namespace errors = remote::errors;

/// The folder that a URL means, seen from /base.
std::string folder_of(std::string_view url) {
    const Runtime runtime{.fs = real_fs(),
                          .clock = system_clock(),
                          .random = system_random(),
                          .log = silent_log(),
                          .progress = silent_progress(),
                          .stop = {},
                          .jobs = 1};
    remote::Traffic traffic;
    return remote::open_remote(url, {"/base", traffic}, runtime)->shown();
}
std::string_view refusal(std::string_view url) {
    return failure([&] { return folder_of(url); });
}

}  // namespace

TEST_CASE("A path is itself, and a relative one starts at the base") {
    CHECK(folder_of("/mnt/a b") == "/mnt/a b");
    CHECK(folder_of("/mnt//a/") == "/mnt/a");
    CHECK(folder_of("../share") == "/share");
    CHECK(folder_of("data/remote") == "/base/data/remote");
    CHECK(folder_of("./a:b") == "/base/a:b");
    CHECK(folder_of("a/b:c") == "/base/a/b:c");
    CHECK(folder_of("/a%20b?c#d") == "/a%20b?c#d");
}

TEST_CASE("file: URLs come in three forms and are decoded") {
    for (const std::string_view url : {"file:/p/q", "file:///p/q", "file://localhost/p/q", "FILE://LocalHost/p/q"}) {
        INFO(url);
        CHECK(folder_of(url) == "/p/q");
    }
    CHECK(folder_of("file:///a%20b/%C3%A4%ff%25") == "/a b/\xc3\xa4\xff%");
}

TEST_CASE("file: URLs of other machines, without a path, with a query, or with a wrong escape are refused") {
    CHECK(refusal("file://server/p") == errors::foreign_host.id);
    CHECK(refusal("file://localhostx/p") == errors::foreign_host.id);
    CHECK(refusal("file://me@localhost/p") == errors::foreign_host.id);
    CHECK(refusal("file://localhost:80/p") == errors::foreign_host.id);
    for (const std::string_view url :
         {"file:", "file://", "file:p", "file://localhost", "file:///p?q", "file:///p#f", "file:///%", "file:///%4",
          "file:///%g0", "file:///a%00", "file:///a%0A", "file:///a%0d", "file:///a%2fb"}) {
        INFO(url);
        CHECK(refusal(url) == errors::bad_url.id);
    }
}

TEST_CASE("What is neither a path nor a URL is refused, as are line breaks") {
    using namespace std::string_view_literals;
    for (const auto url : {""sv, "c:/data"sv, "1a://x"sv, ":x"sv, "host:"sv, "/a\nb"sv, "/a\rb"sv, "/a\0b"sv}) {
        INFO(url);
        CHECK(refusal(url) == errors::bad_url.id);
    }
    CHECK(refusal("gopher://h/p") == errors::unknown_scheme.id);
}

TEST_CASE("A password in a URL is refused and never repeated") {
    for (const std::string_view url : {"https://ada:s3cr3t@host/p", "file://ada:s3cr3t@localhost/p",
                                       "s3://key:s3/cr3t@bucket/p", "x://:s3cr3t@h", "https://ada:a@s3cr3t@host/p"}) {
        const auto error = error_of([&] { return folder_of(url); });
        REQUIRE(error);
        CHECK(error->code().id == errors::secret_in_url.id);
        CHECK(error->message().find("s3") == error->message().find("s3:"));  // the scheme, at most
        CHECK(error->message().find("cr3t") == std::string::npos);
    }
    CHECK(refusal("x://host:22/p@q") == errors::unknown_scheme.id);
    CHECK(refusal("x://[::1]/p@q") == errors::unknown_scheme.id);
    CHECK(refusal("x://ada@host/p") == errors::unknown_scheme.id);
}

TEST_CASE("Messages show a URL without user and query") {
    CHECK(remote::without_secrets("https://ada@host/p?sig=1#f") == "https://host/p");
    CHECK(remote::without_secrets("https://host/p@q") == "https://host/p@q");
    CHECK(remote::without_secrets("/a?b@c:d") == "/a?b@c:d");
    CHECK(remote::without_secrets("../x") == "../x");
}

TEST_CASE("Of a query only the server is shown") {
    CHECK(remote::without_secrets("s3://b/p?endpoint=https://h:9&token=x&region=eu&key=y") ==
          "s3://b/p?endpoint=https://h:9&region=eu");
    CHECK(remote::without_secrets("s3://b/p?token=x") == "s3://b/p");
    CHECK(remote::without_secrets("s3://b/p?endpoint=https://u:word@h") == "s3://b/p");
    CHECK(remote::without_secrets("s3://b/p?endpoint=https://u:word%40h") == "s3://b/p");
}

}  // namespace mlo::test
