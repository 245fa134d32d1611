// SPDX-License-Identifier: Apache-2.0
// The machine's own services: beside a container, and of an EC2 instance.
#include <catch2/catch.hpp>
#include <map>
#include <refused.hpp>

#include "aws_world.hpp"

using namespace mlo;
using test::Answer;
using test::AwsWorld;
using test::refused;
using test::SentRequest;

namespace {

const std::string in_an_hour = "2027-01-15T09:00:00Z";
const std::string roles = "http://169.254.169.254/latest/meta-data/iam/security-credentials/";

/// An instance with the role "worker"; `answers` replaces what a URL answers.
test::ScriptedTransport::Script instance(std::map<std::string, Answer> answers = {}) {
    return [answers = std::move(answers)](const SentRequest& request) -> Answer {
        if (const auto found = answers.find(request.url); found != answers.end()) return found->second;
        if (request.method == "PUT") return {200, "metadata-token"};
        if (request.header("X-aws-ec2-metadata-token") != "metadata-token") return {401, ""};
        if (request.url == roles) return {200, "worker\n"};
        if (request.url == roles + "worker") return {200, test::keys_json("id", in_an_hour)};
        return {404, ""};
    };
}

}  // namespace

TEST_CASE("a container's credentials come from the place that ECS names") {
    AwsWorld world;
    world.variables = {"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=/v2/credentials/1?a=b"};
    world.metadata.script([](const SentRequest&) { return Answer{200, test::keys_json("id", in_an_hour)}; });
    const auto found = world.provider().get();
    REQUIRE(found);
    CHECK(found->keys.access_key_id == "id");
    CHECK(found->keys.secret_access_key.reveal() == "secret-of-id");
    CHECK(found->keys.session_token.reveal() == "token-of-id");
    CHECK(found->expires == world.clock.now() + std::chrono::hours{1});
    CHECK(found->origin == "the container's credential service at '169.254.170.2:80'");
    const auto& request = world.metadata.last();
    CHECK(request.method == "GET");
    CHECK(request.url == "http://169.254.170.2/v2/credentials/1?a=b");
    CHECK(request.header("Accept") == "application/json");
    CHECK(request.header("Authorization").empty());
    CHECK(world.services.requests().empty());
}

TEST_CASE("the relative place wins over the full one, and is a path") {
    AwsWorld world;
    world.metadata.script([](const SentRequest&) { return Answer{200, test::keys_json("id", in_an_hour)}; });
    world.variables = {"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=/a",
                       "AWS_CONTAINER_CREDENTIALS_FULL_URI=http://127.0.0.1/b"};
    CHECK(world.found() == "id");
    CHECK(world.metadata.last().url == "http://169.254.170.2/a");
    world.variables[0] = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=@evil.example/";
    CHECK(refused([&] { return world.found(); }).starts_with("N052  AWS_CONTAINER_CREDENTIALS_RELATIVE_URI does not"));
}

TEST_CASE("without encryption only this machine, ECS and EKS are asked") {
    AwsWorld world;
    world.metadata.script([](const SentRequest&) { return Answer{200, test::keys_json("id", in_an_hour)}; });
    for (const char* url :
         {"http://127.0.0.1:1/x", "http://127.255.0.9/x", "http://localhost/x", "http://LOCALHOST:8/x",
          "http://[::1]/x", "http://169.254.170.2/x", "http://169.254.170.23/v1/credentials", "http://[fd00:ec2::23]/x",
          "http://[FD00:EC2::23]:80/x", "https://anywhere.example/x"}) {
        INFO(url);
        world.variables = {std::string{"AWS_CONTAINER_CREDENTIALS_FULL_URI="} + url};
        CHECK(world.found() == "id");
        CHECK(world.metadata.last().url == url);
    }
    const auto asked = world.metadata.requests().size();
    for (const char* url : {"http://anywhere.example/x", "http://169.254.169.254/x", "http://169.254.170.3/x",
                            "http://127.0.0.1.example/x", "http://127.1/x", "http://localhost.example/x",
                            "http://10.0.0.1/x", "http://[::2]/x", "http://127.0.0.x/", "http://2130706433/x"}) {
        INFO(url);
        world.variables = {std::string{"AWS_CONTAINER_CREDENTIALS_FULL_URI="} + url};
        CHECK(refused([&] { return world.found(); }).starts_with("N054  AWS_CONTAINER_CREDENTIALS_FULL_URI names '"));
    }
    for (const char* url : {"ftp://localhost/x", "http://user@127.0.0.1/x", "localhost"}) {
        INFO(url);
        world.variables = {std::string{"AWS_CONTAINER_CREDENTIALS_FULL_URI="} + url};
        CHECK(refused([&] { return world.found(); }).starts_with("N001"));
    }
    CHECK(world.metadata.requests().size() == asked);
}

TEST_CASE("the token of a container is shown to its service, and read from its file each time") {
    AwsWorld world;
    world.metadata.script([](const SentRequest&) { return Answer{200, test::keys_json("id", in_an_hour)}; });
    world.variables = {"AWS_CONTAINER_CREDENTIALS_FULL_URI=http://169.254.170.23/v1/credentials",
                       "AWS_CONTAINER_AUTHORIZATION_TOKEN=of-variable"};
    CHECK(world.found() == "id");
    CHECK(world.metadata.last().header("Authorization") == "of-variable");
    world.write("tokens/1/token", "first\n");
    world.write("tokens/2/token", "second");
    std::filesystem::create_symlink("1", world.path("tokens/data"));
    std::filesystem::create_symlink("data/token", world.path("tokens/token"));
    world.variables.push_back("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=" + world.path("tokens/token"));
    auto provider = world.provider();
    CHECK(provider.get());
    CHECK(world.metadata.last().header("Authorization") == "first");
    std::filesystem::remove(world.path("tokens/data"));
    std::filesystem::create_symlink("2", world.path("tokens/data"));
    world.pass(std::chrono::minutes{56});
    CHECK(provider.get());
    CHECK(world.metadata.last().header("Authorization") == "second");
}

TEST_CASE("a token that is no header, or not there, is an error") {
    AwsWorld world;
    world.variables = {"AWS_CONTAINER_CREDENTIALS_FULL_URI=http://127.0.0.1/x",
                       "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=" + world.path("token")};
    CHECK(
        refused([&] { return world.found(); }).starts_with("N052  the token file '" + world.path("token") + "' does"));
    world.write("token", "sEcReT\r\nX-Other: 1");
    const auto line = refused([&] { return world.found(); });
    CHECK(line.starts_with("N052  the authorization token of the container has more than one line"));
    CHECK(line.find("sEcReT") == line.npos);
    CHECK(world.metadata.requests().empty());
}

TEST_CASE("a container service that refuses is an error with its words, but not with the token") {
    AwsWorld world;
    world.variables = {"AWS_CONTAINER_CREDENTIALS_FULL_URI=http://127.0.0.1/x",
                       "AWS_CONTAINER_AUTHORIZATION_TOKEN=sEcReT"};
    world.metadata.script([](const SentRequest&) {
        return Answer{400, R"({"code": "InvalidTask", "message": "no such task\nand more"})"};
    });
    CHECK(refused([&] { return world.found(); }) ==
          "N057  the container's credential service at '127.0.0.1:80' refused (status 400, InvalidTask) "
          "= it says: no such task");
    world.metadata.script([](const SentRequest&) { return Answer{403, R"({"code": "x", "message": "bad sEcReT"})"}; });
    CHECK(refused([&] { return world.found(); }) ==
          "N057  the container's credential service at '127.0.0.1:80' refused (status 403, x)");
    world.metadata.script([](const SentRequest&) { return Answer{503, "<html>"}; });
    CHECK(refused([&] { return world.found(); }) ==
          "N058  the container's credential service at '127.0.0.1:80' is not available (status 503)");
    world.metadata.script([](const SentRequest&) { return Answer{200, "<html>"}; });
    CHECK(refused([&] { return world.found(); }) ==
          "N059  the container's credential service at '127.0.0.1:80' answered with something else than credentials");
    world.metadata.script([](const SentRequest&) { return Answer{200, R"({"AccessKeyId": "a"})"}; });
    CHECK(refused([&] { return world.found(); }).starts_with("N059"));
    world.metadata.script([](const SentRequest&) { return Answer{200, std::string(2u << 20, ' ')}; });
    CHECK(refused([&] { return world.found(); }).starts_with("N059"));
}

TEST_CASE("a container service that does not answer is an error: it was configured") {
    AwsWorld world;
    world.variables = {"AWS_CONTAINER_CREDENTIALS_FULL_URI=http://127.0.0.1/x"};
    CHECK(test::error_of([&] { return world.found(); })->kind() == ErrorKind::network);
}

TEST_CASE("an instance is asked for a token, its role and the role's keys") {
    AwsWorld world;
    world.metadata.script(instance());
    const auto found = world.provider().get();
    REQUIRE(found);
    CHECK(found->keys.access_key_id == "id");
    CHECK(found->keys.session_token.reveal() == "token-of-id");
    CHECK(found->expires == world.clock.now() + std::chrono::hours{1});
    CHECK(found->origin == "the role 'worker' of the EC2 instance");
    const auto& requests = world.metadata.requests();
    REQUIRE(requests.size() == 3);
    CHECK(requests[0].method == "PUT");
    CHECK(requests[0].url == "http://169.254.169.254/latest/api/token");
    CHECK(requests[0].header("X-aws-ec2-metadata-token-ttl-seconds") == "21600");
    CHECK(requests[1].method == "GET");
    CHECK(requests[2].url == roles + "worker");
}

TEST_CASE("where no metadata service is, or somebody else answers, there are no credentials") {
    AwsWorld world;
    CHECK(world.found() == "nothing");
    CHECK(world.metadata.requests().size() == 1);
    for (const int status : {400, 403, 404, 405, 500}) {
        world.metadata.script([&](const SentRequest&) { return Answer{status, "something else"}; });
        CHECK(world.found() == "nothing");
    }
    world.metadata.script([](const SentRequest&) { return Answer{200, "<html>\r\n"}; });
    CHECK(world.found() == "nothing");
    world.metadata.script([](const SentRequest&) { return Answer{200, ""}; });
    CHECK(world.found() == "nothing");
}

TEST_CASE("an instance without a role has no credentials") {
    AwsWorld world;
    world.metadata.script(instance({{roles, {404, ""}}}));
    CHECK(world.found() == "nothing");
    world.metadata.script(instance({{roles, {200, "\n"}}}));
    CHECK(world.found() == "nothing");
}

TEST_CASE("an instance whose role does not work is an error with the reason") {
    AwsWorld world;
    world.metadata.script(instance(
        {{roles + "worker", {200, R"({"Code": "AssumeRoleUnauthorizedAccess", "Message": "EC2 cannot assume it"})"}}}));
    CHECK(refused([&] { return world.found(); }) ==
          "N057  the metadata service at '169.254.169.254:80' refused (status 200, AssumeRoleUnauthorizedAccess) "
          "= it says: EC2 cannot assume it");
    world.metadata.script(instance({{roles, {500, ""}}}));
    CHECK(refused([&] { return world.found(); }).starts_with("N058"));
    world.metadata.script(instance({{roles + "worker", {200, "no json"}}}));
    CHECK(refused([&] { return world.found(); }).starts_with("N059"));
}

TEST_CASE("a role's name cannot lead to another path") {
    AwsWorld world;
    world.metadata.script(instance({{roles, {200, "../../user data?x"}}}));
    CHECK(refused([&] { return world.found(); }).starts_with("N057"));
    CHECK(world.metadata.last().url == roles + "..%2F..%2Fuser%20data%3Fx");
}

TEST_CASE("the metadata service can be turned off and moved") {
    AwsWorld world;
    world.metadata.script(instance());
    world.variables = {"AWS_EC2_METADATA_DISABLED=True"};
    CHECK(world.found() == "nothing");
    CHECK(world.metadata.requests().empty());
    world.metadata.script([](const SentRequest&) { return Answer{404, ""}; });
    const auto asked = [&] {
        (void)world.found();
        return world.metadata.last().url;
    };
    world.variables = {"AWS_EC2_METADATA_DISABLED=false", "AWS_EC2_METADATA_SERVICE_ENDPOINT=http://127.0.0.1:9/"};
    CHECK(asked() == "http://127.0.0.1:9/latest/api/token");
    world.variables = {"AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE=IPv6"};
    CHECK(asked() == "http://[fd00:ec2::254]/latest/api/token");
    world.variables.clear();
    world.config("[default]\nec2_metadata_service_endpoint = http://127.0.0.1:8\n");
    CHECK(asked() == "http://127.0.0.1:8/latest/api/token");
}

TEST_CASE("the metadata service is asked once with a second's patience, unless variables say otherwise") {
    AwsWorld world;
    CHECK(net::aws_metadata_options({}).connect_timeout == std::chrono::seconds{1});
    CHECK(net::aws_metadata_options({}).proxy.empty());
    CHECK(net::aws_metadata_options({.variables = {"AWS_METADATA_SERVICE_TIMEOUT=4"}}).connect_timeout ==
          std::chrono::seconds{4});
    CHECK(net::aws_metadata_options({.variables = {"AWS_METADATA_SERVICE_TIMEOUT=x"}}).connect_timeout ==
          std::chrono::seconds{1});
    world.variables = {"AWS_METADATA_SERVICE_NUM_ATTEMPTS=3"};
    CHECK(world.found() == "nothing");
    CHECK(world.metadata.requests().size() == 3);
}
