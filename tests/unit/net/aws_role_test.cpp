// SPDX-License-Identifier: Apache-2.0
// Roles that the token service (STS) hands out.
#include <catch2/catch.hpp>
#include <refused.hpp>

#include "aws_world.hpp"

using namespace mlo;
using test::Answer;
using test::AwsWorld;
using test::refused;
using test::SentRequest;

namespace {

const std::string in_an_hour = "2027-01-15T09:00:00Z";

class RoleWorld : public AwsWorld {
public:
    RoleWorld() {
        credentials("[keys]\naws_access_key_id = AKID\naws_secret_access_key = source-secret\n");
        role("region = eu-west-1\n");
        services.script([](const SentRequest&) { return Answer{200, test::keys_xml("AssumeRole", "id", in_an_hour)}; });
    }
    void role(const std::string& settings) const {
        config("[default]\nrole_arn = arn:aws:iam::1:role/a b\nsource_profile = keys\n" + settings);
    }
    /// An error document as STS writes it.
    void refuse(int status, const std::string& code, const std::string& message) {
        services.script([=](const SentRequest&) {
            return Answer{
                status,
                "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error><Type>Sender</Type><Code>" +
                    code + "</Code><Message>" + message + "</Message></Error><RequestId>1</RequestId></ErrorResponse>"};
        });
    }
};

class WebWorld : public AwsWorld {
public:
    WebWorld() {
        write("token", "web-token-1\n");
        variables = {"AWS_WEB_IDENTITY_TOKEN_FILE=" + path("token"), "AWS_ROLE_ARN=arn:aws:iam::1:role/r",
                     "AWS_REGION=eu-central-1"};
        services.script([](const SentRequest&) {
            return Answer{200, test::keys_xml("AssumeRoleWithWebIdentity", "id", in_an_hour)};
        });
    }
};

}  // namespace

TEST_CASE("a role is taken on with a signed request to the region's token service") {
    RoleWorld world;
    const auto found = world.provider().get();
    REQUIRE(found);
    CHECK(found->keys.access_key_id == "id");
    CHECK(found->keys.secret_access_key.reveal() == "secret-of-id");
    CHECK(found->keys.session_token.reveal() == "token-of-id");
    CHECK(found->expires == world.clock.now() + std::chrono::hours{1});
    CHECK(found->origin == "the role 'arn:aws:iam::1:role/a b' of the profile 'default'");
    REQUIRE(world.services.requests().size() == 1);
    const auto& request = world.services.last();
    CHECK(request.method == "POST");
    CHECK(request.url == "https://sts.eu-west-1.amazonaws.com/");
    CHECK(request.body ==
          "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fa%20b"
          "&RoleSessionName=mlo-1800000000");
    CHECK(request.header("Content-Type") == "application/x-www-form-urlencoded; charset=utf-8");
    CHECK(request.header("Authorization")
              .starts_with("AWS4-HMAC-SHA256 Credential=AKID/20270115/eu-west-1/sts/aws4_request, "));
}

TEST_CASE("a role's own settings are sent along") {
    RoleWorld world;
    world.role("role_session_name = me@home\nexternal_id = x=1&y\nduration_seconds = 900\n");
    CHECK(world.found() == "id");
    CHECK(world.services.last().body ==
          "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fa%20b"
          "&RoleSessionName=me%40home&ExternalId=x%3D1%26y&DurationSeconds=900");
    world.role("duration_seconds = long\n");
    CHECK(refused([&] { return world.found(); }) == "N052 ~/.aws/config:4 'duration_seconds' is not a number");
}

TEST_CASE("without a region the token service of all regions is asked") {
    RoleWorld world;
    world.role("");
    CHECK(world.found() == "id");
    CHECK(world.services.last().url == "https://sts.amazonaws.com/");
    CHECK(world.services.last().header("Authorization").find("/us-east-1/sts/") != std::string::npos);
}

TEST_CASE("the token service can be moved") {
    RoleWorld world;
    world.variables = {"AWS_ENDPOINT_URL=http://127.0.0.1:1"};
    CHECK(world.found() == "id");
    CHECK(world.services.last().url == "http://127.0.0.1:1/");
    world.variables.emplace_back("AWS_ENDPOINT_URL_STS=http://127.0.0.1:2/sts");
    CHECK(world.found() == "id");
    CHECK(world.services.last().url == "http://127.0.0.1:2/sts");
}

TEST_CASE("a chain of roles signs each request with what the one before gave") {
    RoleWorld world;
    world.credentials("[keys]\naws_access_key_id = AKID\naws_secret_access_key = s\naws_session_token = first-token\n");
    world.config(
        "[default]\nregion = a\nrole_arn = one\nsource_profile = two\n[profile two]\nrole_arn = two\nsource_profile = "
        "keys\n");
    CHECK(world.found() == "id");
    REQUIRE(world.services.requests().size() == 2);
    CHECK(world.services.requests()[0].body.find("RoleArn=two&") != std::string::npos);
    CHECK(world.services.requests()[0].header("x-amz-security-token") == "first-token");
    CHECK(world.services.requests()[1].body.find("RoleArn=one&") != std::string::npos);
    CHECK(world.services.requests()[1].header("x-amz-security-token") == "token-of-id");
    CHECK(world.services.requests()[1].header("Authorization").find("Credential=id/") != std::string::npos);
}

TEST_CASE("what is wrong with a role names its line") {
    RoleWorld world;
    const auto check = [&](std::string_view text, std::string_view message) {
        world.config(text);
        CHECK(refused([&] { return world.found(); }) == message);
    };
    check("[default]\nrole_arn = r\n",
          "N052 ~/.aws/config:2 the role of the profile 'default' lacks 'source_profile' or 'credential_source'");
    check("[default]\nrole_arn = r\nsource_profile = keys\ncredential_source = Environment\n",
          "N052 ~/.aws/config:4 the role of the profile 'default' has both 'source_profile' and 'credential_source': "
          "remove one");
    check("[default]\nrole_arn = r\nsource_profile = none\n", "N052 ~/.aws/config:3 there is no profile 'none'");
    check("[default]\nrole_arn = r\nsource_profile = a\n[profile a]\n",
          "N052 ~/.aws/config:3 'a' has no credentials for the role of the profile 'default'");
    check("[default]\nrole_arn = r\ncredential_source = Environment\n",
          "N052 ~/.aws/config:3 'Environment' has no credentials for the role of the profile 'default'");
    check("[default]\nrole_arn = r\ncredential_source = Ec2InstanceMetadata\n",
          "N052 ~/.aws/config:3 'Ec2InstanceMetadata' has no credentials for the role of the profile 'default'");
    check("[default]\nrole_arn = r\ncredential_source = Elsewhere\n",
          "N052 ~/.aws/config:3 'credential_source' is Environment, EcsContainer or Ec2InstanceMetadata, not "
          "'Elsewhere'");
    check("[default]\nrole_arn = r\nsource_profile = a\n[profile a]\nrole_arn = q\nsource_profile = default\n",
          "N052 ~/.aws/config:6 the profile 'default' leads back to itself");
    CHECK(world.services.requests().empty());
}

TEST_CASE("a token service that refuses is an error with its words, not with ours") {
    RoleWorld world;
    world.refuse(403, "AccessDenied", "User: u is not authorized to perform: sts:AssumeRole");
    CHECK(refused([&] { return world.found(); }) ==
          "N057  the token service at 'sts.eu-west-1.amazonaws.com:443' refused (status 403, AccessDenied) "
          "= it says: User: u is not authorized to perform: sts:AssumeRole = it was asked for the role "
          "'arn:aws:iam::1:role/a b'");
    world.refuse(403, "SignatureDoesNotMatch",
                 "The signature does not match.\n\nThe Canonical String should have been\n'POST sEcReT'");
    auto line = refused([&] { return world.found(); });
    CHECK(line.find("it says: The signature does not match.") != line.npos);
    CHECK(line.find("sEcReT") == line.npos);
    world.refuse(403, "X", "the key source-secret is wrong");
    line = refused([&] { return world.found(); });
    CHECK(line.starts_with("N057"));
    CHECK(line.find("source-secret") == line.npos);
}

TEST_CASE("a token service that fails may be asked again") {
    RoleWorld world;
    world.refuse(400, "Throttling", "Rate exceeded");
    CHECK(test::error_of([&] { return world.found(); })->kind() == ErrorKind::network);
    world.refuse(500, "InternalFailure", "");
    CHECK(test::error_of([&] { return world.found(); })->kind() == ErrorKind::network);
    world.services.script([](const SentRequest&) { return Answer{502, "<html><br></html>"}; });
    CHECK(refused([&] { return world.found(); }).starts_with("N058"));
}

TEST_CASE("an answer without credentials is an error that repeats nothing of it") {
    RoleWorld world;
    for (const char* text : {"", "sEcReT", "<a>sEcReT</a>",
                             "<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>sEcReT</AccessKeyId>"
                             "</Credentials></AssumeRoleResult></AssumeRoleResponse>"}) {
        world.services.script([=](const SentRequest&) { return Answer{200, text}; });
        const auto line = refused([&] { return world.found(); });
        CHECK(line.starts_with(
            "N059  the token service at 'sts.eu-west-1.amazonaws.com:443' answered with something else than"));
        CHECK(line.find("sEcReT") == line.npos);
    }
    world.services.script([](const SentRequest&) { return Answer{200, test::keys_xml("AssumeRole", "id", "soon")}; });
    CHECK(refused([&] { return world.found(); }).starts_with("N059"));
}

TEST_CASE("a web identity is exchanged without a signature, its token in the body alone") {
    WebWorld world;
    const auto found = world.provider().get();
    REQUIRE(found);
    CHECK(found->keys.access_key_id == "id");
    CHECK(found->origin == "the role 'arn:aws:iam::1:role/r' for the web identity in '" + world.path("token") + "'");
    const auto& request = world.services.last();
    CHECK(request.url == "https://sts.eu-central-1.amazonaws.com/");
    CHECK(request.header("Authorization").empty());
    CHECK(request.body ==
          "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fr"
          "&RoleSessionName=mlo-1800000000&WebIdentityToken=web-token-1");
}

TEST_CASE("the token of a web identity is read again when it is needed again") {
    WebWorld world;
    auto provider = world.provider();
    CHECK(provider.get());
    world.write("token", "web-token-2");
    world.pass(std::chrono::minutes{56});
    CHECK(provider.get());
    CHECK(world.services.last().body.ends_with("WebIdentityToken=web-token-2"));
}

TEST_CASE("a web identity without token, role or welcome is an error") {
    WebWorld world;
    world.variables.emplace_back("AWS_ROLE_SESSION_NAME=me");
    CHECK(world.found() == "id");
    CHECK(world.services.last().body.find("RoleSessionName=me&") != std::string::npos);
    world.services.script([](const SentRequest&) {
        return Answer{400,
                      "<ErrorResponse><Error><Code>InvalidIdentityToken</Code><Message>bad: "
                      "web-token-1</Message></Error></ErrorResponse>"};
    });
    CHECK(refused([&] { return world.found(); }) ==
          "N057  the token service at 'sts.eu-central-1.amazonaws.com:443' refused (status 400, InvalidIdentityToken) "
          "= it was asked for the role 'arn:aws:iam::1:role/r'");
    world.variables[0] = "AWS_WEB_IDENTITY_TOKEN_FILE=" + world.path("none");
    CHECK(refused([&] {
              return world.found();
          }).starts_with("N052  the token file '" + world.path("none") + "' does not exist"));
    world.variables[1] = "AWS_ROLE_ARN=";
    CHECK(refused([&] { return world.found(); }).starts_with("N052  there is a web identity in '"));
}
