// SPDX-License-Identifier: Apache-2.0
// Sources that need no network: variables, keys in files, processes.
#include <catch2/catch.hpp>
#include <refused.hpp>

#include "aws_world.hpp"

using namespace mlo;
using test::AwsWorld;
using test::refused;

TEST_CASE("where nothing is configured there are no credentials, and nobody is asked twice") {
    AwsWorld world;
    auto provider = world.provider();
    CHECK_FALSE(provider.get());
    CHECK_FALSE(provider.get());
    CHECK(world.metadata.requests().size() == 1);
    CHECK(world.services.requests().empty());
}

TEST_CASE("keys in variables come with their session token and their end") {
    AwsWorld world;
    world.variables = {"AWS_ACCESS_KEY_ID=id", "AWS_SECRET_ACCESS_KEY=secret", "AWS_SESSION_TOKEN=token",
                       "AWS_CREDENTIAL_EXPIRATION=2027-01-15T09:00:00Z"};
    const auto found = world.provider().get();
    REQUIRE(found);
    CHECK(found->keys.access_key_id == "id");
    CHECK(found->keys.secret_access_key.reveal() == "secret");
    CHECK(found->keys.session_token.reveal() == "token");
    CHECK(found->expires == world.clock.now() + std::chrono::hours{1});
    CHECK(found->origin == "AWS_ACCESS_KEY_ID in the environment");
    world.variables[2] = "AWS_SECURITY_TOKEN=older";
    CHECK(world.provider().get()->keys.session_token.reveal() == "older");
}

TEST_CASE("half of a pair of keys is an error that names the other half") {
    AwsWorld world;
    world.variables = {"AWS_ACCESS_KEY_ID=id", "AWS_SECRET_ACCESS_KEY="};
    CHECK(refused([&] { return world.found(); }) ==
          "N052  the environment lacks AWS_SECRET_ACCESS_KEY help: export AWS_SECRET_ACCESS_KEY=...");
    world.variables = {"AWS_SECRET_ACCESS_KEY=sEcReT"};
    CHECK(refused([&] { return world.found(); }).starts_with("N052  the environment lacks AWS_ACCESS_KEY_ID"));
    world.variables.clear();
    world.credentials("[default]\naws_secret_access_key = sEcReT\n");
    CHECK(refused([&] { return world.found(); }) ==
          "N052 ~/.aws/credentials:2 the profile 'default' lacks 'aws_access_key_id'");
    world.credentials("[default]\naws_access_key_id = id\naws_secret_access_key =\n");
    CHECK(refused([&] { return world.found(); }) ==
          "N052 ~/.aws/credentials:3 the profile 'default' lacks 'aws_secret_access_key'");
}

TEST_CASE("an end that is no time, or that is past, is an error") {
    AwsWorld world;
    world.variables = {"AWS_ACCESS_KEY_ID=id", "AWS_SECRET_ACCESS_KEY=secret", "AWS_CREDENTIAL_EXPIRATION=soon"};
    CHECK(refused([&] { return world.found(); }).starts_with("N052  AWS_CREDENTIAL_EXPIRATION is no time: 'soon'"));
    world.variables.back() = "AWS_CREDENTIAL_EXPIRATION=2027-01-15T08:00:00Z";
    CHECK(refused([&] { return world.found(); }) ==
          "N060  the AWS credentials of AWS_ACCESS_KEY_ID in the environment have expired = they were valid until "
          "2027-01-15T08:00:00Z, and the clock here says 2027-01-15T08:00:00Z help: renew them where they come from; "
          "if the clock is wrong, set it");
}

TEST_CASE("keys of a profile say which file they are from") {
    AwsWorld world;
    world.credentials("[p]\naws_access_key_id = id\naws_secret_access_key = a/b+c=\naws_session_token = token\n");
    world.profile = "p";
    const auto found = world.provider().get();
    REQUIRE(found);
    CHECK(found->keys.secret_access_key.reveal() == "a/b+c=");
    CHECK(found->keys.session_token.reveal() == "token");
    CHECK_FALSE(found->expires);
    CHECK(found->origin == "the profile 'p' in '~/.aws/credentials'");
}

TEST_CASE("a sign-in that mlo does not know says how to do without") {
    AwsWorld world;
    world.profile = "p";
    world.config("[profile p]\nlogin_session = arn:aws:iam::1:user/a\n");
    CHECK(refused([&] { return world.found(); }) ==
          "N055 ~/.aws/config:2 the profile 'p' signs in with 'aws login' "
          "help: eval \"$(aws configure export-credentials --format env --profile p)\"");
    world.config("[profile p]\nrole_arn = r\nsource_profile = q\nmfa_serial = m\n[profile q]\n");
    CHECK(refused([&] {
              return world.found();
          }).starts_with("N055 ~/.aws/config:4 the role of the profile 'p' asks for a code from a device help: eval"));
}

TEST_CASE("a credential process gets the environment and its words, and no shell") {
    AwsWorld world;
    const auto program =
        world.program("give", "echo '" + test::keys_json("id", "2027-01-15T09:00:00Z", "SessionToken") +
                                  "'\nprintf '%s|' \"$@\" \"$KEPT\" >\"${0%/*}/seen\"\necho sEcReT >&2\n");
    world.config("[default]\ncredential_process = " + program + " 'a b' \"$KEPT\" \\; x\n");
    world.variables = {"KEPT=kept", "PATH=/usr/bin:/bin"};
    const auto found = world.provider().get();
    REQUIRE(found);
    CHECK(found->keys.access_key_id == "id");
    CHECK(found->keys.secret_access_key.reveal() == "secret-of-id");
    CHECK(found->keys.session_token.reveal() == "token-of-id");
    CHECK(found->expires == world.clock.now() + std::chrono::hours{1});
    CHECK(found->origin == "the 'credential_process' of the profile 'default'");
    CHECK(world.read("home/seen") == "a b|$KEPT|;|x|kept|");
}

TEST_CASE("a credential process is found in PATH, and by no relative path") {
    AwsWorld world;
    (void)world.program("give", "echo '{\"Version\": 1, \"AccessKeyId\": \"id\", \"SecretAccessKey\": \"s\"}'\n");
    world.config("[default]\ncredential_process = give\n");
    world.variables = {"PATH=" + world.path("home") + ":/usr/bin:/bin"};
    CHECK(world.found() == "id");
    world.variables = {"PATH=/usr/bin:/bin"};
    CHECK(refused([&] { return world.found(); }) ==
          "N052 ~/.aws/config:2 cannot find the program 'give' of 'credential_process' help: write its absolute path");
    world.config("[default]\ncredential_process = ./give\n");
    CHECK(refused([&] { return world.found(); }).starts_with("N052 ~/.aws/config:2 cannot find the program './give'"));
    world.config("[default]\ncredential_process = 'give\n");
    CHECK(refused([&] { return world.found(); }).starts_with("N052 ~/.aws/config:2 'credential_process' is not a"));
}

TEST_CASE("a credential process that fails is an error that repeats nothing of what it printed") {
    AwsWorld world;
    const auto fails = [&](std::string_view script, std::string_view message) {
        INFO(script);
        world.config("[default]\ncredential_process = " + world.program("give", script) +
                     "\naws_access_key_id = other\naws_secret_access_key = other\n");
        const auto line = refused([&] { return world.found(); });
        CHECK(line.starts_with("N056 ~/.aws/config:2 the 'credential_process' of the profile 'default' " +
                               std::string{message}));
        CHECK(line.ends_with("help: run the command in ~/.aws/config:2 by hand to see what it says"));
        CHECK(line.find("sEcReT") == line.npos);
    };
    fails("echo sEcReT; echo sEcReT >&2; exit 3\n", "failed with exit code 3");
    fails("echo sEcReT\n", "answered with something else than credentials");
    fails("echo '{\"Version\": 1, \"AccessKeyId\": \"sEcReT\"}'\n", "answered with something else than credentials = ");
    fails("echo '{\"Version\": 2, \"AccessKeyId\": \"sEcReT\", \"SecretAccessKey\": \"s\"}'\n",
          "answered in version 2 of its format, not 1");
    fails(
        "echo '{\"Version\": 1, \"AccessKeyId\": \"a\", \"SecretAccessKey\": \"sEcReT\", \"Expiration\": \"soon\"}'\n",
        "answered with something else than credentials = ");
    fails("echo '{\"Version\": 1, \"AccessKeyId\": [\"sEcReT\"], \"SecretAccessKey\": \"s\"}'\n",
          "answered with something else than credentials = ");
    fails("", "answered with something else than credentials");
}
