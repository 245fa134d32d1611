// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <refused.hpp>

#include "aws_world.hpp"

using namespace mlo;
using test::Answer;
using test::AwsWorld;
using test::refused;
using test::SentRequest;

namespace {

const std::string answer =
    R"({"roleCredentials": {"accessKeyId": "id", "secretAccessKey": "secret", "sessionToken": "token",)"
    R"( "expiration": 1800003600000}})";

class SsoWorld : public AwsWorld {
public:
    SsoWorld() {
        config(
            "[profile p]\nsso_session = work\nsso_account_id = 012345678901\nsso_role_name = reader/a b\n"
            "[sso-session work]\nsso_start_url = https://start.example/start\nsso_region = eu-west-1\n");
        profile = "p";
        services.script([](const SentRequest&) { return Answer{200, answer}; });
    }
    void token(const std::string& file, const std::string& text, const std::string& expires,
               const std::string& start_url = "https://start.example/start") const {
        write("home/.aws/sso/cache/" + file, R"({"startUrl": ")" + start_url +
                                                 R"(", "region": "eu-west-1", "accessToken": ")" + text +
                                                 R"(", "expiresAt": ")" + expires + R"("})");
    }
};

}  // namespace

TEST_CASE("the token of single sign-on buys the role's credentials") {
    SsoWorld world;
    world.token("a.json", "sso-token", "2027-01-15T16:00:00Z");
    const auto found = world.provider().get();
    REQUIRE(found);
    CHECK(found->keys.access_key_id == "id");
    CHECK(found->keys.secret_access_key.reveal() == "secret");
    CHECK(found->keys.session_token.reveal() == "token");
    CHECK(found->expires == world.clock.now() + std::chrono::hours{1});
    CHECK(found->origin == "the role 'reader/a b' by single sign-on of the profile 'p'");
    const auto& request = world.services.last();
    CHECK(request.method == "GET");
    CHECK(request.url ==
          "https://portal.sso.eu-west-1.amazonaws.com/federation/credentials?role_name=reader%2Fa%20b"
          "&account_id=012345678901");
    CHECK(request.header("x-amz-sso_bearer_token") == "sso-token");
    CHECK(world.metadata.requests().empty());
}

TEST_CASE("of several tokens for the start URL the one that lasts longest counts, and nothing else in the cache") {
    SsoWorld world;
    world.token("a.json", "soon-over", "2027-01-15T09:00:00Z");
    world.token("b.json", "longest", "2027-01-15T17:00:00UTC");
    world.token("c.json", "over", "2027-01-15T07:00:00Z");
    world.token("d.json", "of-another", "2027-01-16T16:00:00Z", "https://other.example");
    world.token("e.json", "no-time", "soon");
    world.write("home/.aws/sso/cache/botocore-client-id.json",
                R"({"clientId": "x", "expiresAt": "2027-02-15T16:00:00Z"})");
    world.write("home/.aws/sso/cache/broken.json", "{");
    world.write("home/.aws/sso/cache/large.json", std::string(2u << 20, ' '));
    world.write("home/.aws/sso/cache/notes.txt", "not looked at");
    CHECK(world.found() == "id");
    CHECK(world.services.last().header("x-amz-sso_bearer_token") == "longest");
}

TEST_CASE("who has not signed in, or whose sign-on has expired, is told what to type") {
    SsoWorld world;
    CHECK(refused([&] { return world.found(); }) ==
          "N060  the profile 'p' is not signed in at 'https://start.example/start' help: aws sso login --profile p");
    world.token("a.json", "sEcReT", "2027-01-15T08:00:00Z");
    CHECK(refused([&] { return world.found(); }) ==
          "N060  the sign-on of the profile 'p' has expired = it was valid until 2027-01-15T08:00:00Z, and the clock "
          "here says 2027-01-15T08:00:00Z help: aws sso login --profile p");
    world.token("a.json", "sEcReT", "2027-01-15T09:00:00Z");
    world.services.script([](const SentRequest&) {
        return Answer{401, R"({"message": "Session token not found or invalid", "__type": "UnauthorizedException"})"};
    });
    CHECK(refused([&] { return world.found(); }) ==
          "N060  the sign-on of the profile 'p' has expired help: aws sso login --profile p");
}

TEST_CASE("single sign-on that refuses or does not answer is an error, not a reason to look elsewhere") {
    SsoWorld world;
    world.credentials("[p]\naws_access_key_id = other\naws_secret_access_key = s\n");
    world.token("a.json", "sEcReT", "2027-01-15T09:00:00Z");
    world.services.script([](const SentRequest&) { return Answer{403, R"({"message": "No access"})"}; });
    CHECK(refused([&] { return world.found(); }) ==
          "N057  single sign-on for the profile 'p' refused (status 403) = it says: No access");
    world.services.script([](const SentRequest&) { return Answer{429, R"({"message": "HTTP 429 Unknown Code"})"}; });
    CHECK(refused([&] {
              return world.found();
          }).starts_with("N058  single sign-on for the profile 'p' is not available"));
    world.services.script([](const SentRequest&) {
        return Answer{200, R"({"roleCredentials": {"accessKeyId": "a"}})"};
    });
    CHECK(refused([&] { return world.found(); }).starts_with("N059"));
    world.services.script([](const SentRequest&) -> Answer { throw Error{test::unreachable, "no way"}; });
    CHECK(test::error_of([&] { return world.found(); })->kind() == ErrorKind::network);
}

TEST_CASE("settings of single sign-on that are not complete name their line") {
    SsoWorld world;
    const auto check = [&](std::string_view text, std::string_view message) {
        world.config(text);
        CHECK(refused([&] { return world.found(); }).starts_with(message));
    };
    check("[profile p]\nsso_role_name = r\nsso_region = a\nsso_start_url = u\n",
          "N052 ~/.aws/config:2 the profile 'p' lacks 'sso_account_id' for single sign-on help: aws configure sso "
          "--profile p");
    check("[profile p]\nsso_session = none\nsso_role_name = r\n",
          "N052 ~/.aws/config:2 there is no section '[sso-session none]'");
    check(
        "[profile p]\nsso_session = s\nsso_role_name = r\nsso_account_id = 1\nsso_region = a\n"
        "[sso-session s]\nsso_region = b\nsso_start_url = u\n",
        "N052 ~/.aws/config:5 'sso_region' of the profile 'p' differs from that in ~/.aws/config:7");
}
