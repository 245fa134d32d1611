// SPDX-License-Identifier: Apache-2.0
#include "ssh_url.hpp"

#include <catch2/catch.hpp>
#include <failure.hpp>
#include <mlo/net/errors.hpp>
#include <mlo/remote/errors.hpp>
#include <mlo/remote/url.hpp>

namespace mlo::test {
namespace {

namespace errors = remote::errors;

remote::SshUrl parse(std::string_view text) {
    const auto url = remote::parse_url(text);
    REQUIRE(url.scheme == "ssh");
    return remote::parse_ssh_url(url, text);
}
std::string_view refusal(std::string_view text) {
    return failure([&] { return remote::parse_ssh_url(remote::parse_url(text), text); });
}

}  // namespace

TEST_CASE("ssh URLs name user, host, port and a folder") {
    const auto whole = parse("ssh://ada@host.example:2222/srv/a%20b//c/");
    CHECK(whole.target.user == "ada");
    CHECK(whole.target.host == "host.example");
    CHECK(whole.target.port == 2222);
    CHECK(whole.root == "/srv/a b/c");
    CHECK(whole.shown == "ssh://ada@host.example:2222/srv/a b/c");
    CHECK(parse("SSH://h/x").target.user.empty());
    CHECK_FALSE(parse("ssh://h/x").target.port.has_value());
    CHECK(parse("ssh://[fe80::1]:22/x").target.host == "fe80::1");
    CHECK(parse("ssh://[::1]/x").target.host == "::1");
    CHECK(parse("ssh://a%2Eb@h/x").target.user == "a.b");
    CHECK(parse("ssh://h/").root == "/");
}

TEST_CASE("A path below the home is relative") {
    CHECK(parse("ssh://h/~/x/y").root == "x/y");
    CHECK(parse("ssh://h/~/x/y").shown == "ssh://h/~/x/y");
    CHECK(parse("ssh://h/~").root == ".");
    CHECK(parse("h1:x/y").root == "x/y");
    CHECK(parse("h1:~/x").root == "x");
    CHECK(parse("h1:.").root == ".");
    CHECK(parse("h1:.").shown == "ssh://h1/~/");
    CHECK(parse("h1:/x").root == "/x");
    CHECK(parse("h1:/~/x").root == "/~/x");
    CHECK(refusal("ssh://h/~ada/x") == errors::bad_url.id);
    CHECK(refusal("h1:~ada/x") == errors::bad_url.id);
}

TEST_CASE("[user@]host:path is as scp has it: nothing is decoded") {
    const auto url = parse("ada@host:a%20b:c?d#e");
    CHECK(url.target.user == "ada");
    CHECK(url.target.host == "host");
    CHECK(url.root == "a%20b:c?d#e");
    CHECK(parse("ada@[::1]:x").target.host == "::1");
    CHECK(parse("[::1]:x").target.host == "::1");
    CHECK(parse("host:22/x").root == "22/x");
}

TEST_CASE("What names no host, no folder or more than it should is refused") {
    for (const std::string_view text : {"ssh://h", "ssh://h/a/../b", "ssh://h/..", "h1:../x", "ssh://h/x?y",
                                        "ssh://h/x#y", "ssh://h:0/x", "ssh://h:/x", "ssh://h:65536/x", "ssh://h:2a/x",
                                        "ssh://h/%2f", "ssh://h/%zz", "h1:", ":x", "c:/x", "s3:bucket", "file2\n:x"}) {
        INFO(text);
        CHECK(refusal(text) == errors::bad_url.id);
    }
    for (const std::string_view text :
         {"ssh:///x", "ssh://@h/x", "ssh://-oProxyCommand=x/y", "ssh://-l@h/x", "-oProxyCommand=x:y", "a b:c",
          "ssh://$(id)/x", "ssh://%2doops@h/x", "ssh://[-x]/y", "`x`@h:y"}) {
        INFO(text);
        CHECK(refusal(text) == net::errors::bad_ssh_target.id);
    }
}

TEST_CASE("A password before a host is refused and not repeated, and the user of ssh is shown") {
    for (const std::string_view text : {"ssh://ada:s3cr3t@h/x", "ada:s3cr3t@host:x", "ada:s3/cr3t@host:x"}) {
        const auto error = error_of([&] { return remote::parse_url(text); });
        REQUIRE(error);
        CHECK(error->code().id == errors::secret_in_url.id);
        CHECK(error->message().find("cr3t") == std::string::npos);
        CHECK(remote::without_secrets(text).find("cr3t") == std::string::npos);
    }
    CHECK(remote::without_secrets("ssh://ada@h/x") == "ssh://ada@h/x");
    CHECK(remote::without_secrets("ada@host:x") == "ada@host:x");
    CHECK(parse("host:x@y").root == "x@y");
}

}  // namespace mlo::test
