// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <mlo/net/errors.hpp>
#include <refused.hpp>

#include "aws_world.hpp"

using namespace mlo;
using test::AwsWorld;
using test::refused;

TEST_CASE("without variables and files there are no AWS settings") {
    const AwsWorld world;
    const auto settings = world.settings();
    CHECK(settings.profile == "default");
    CHECK_FALSE(settings.region);
    CHECK_FALSE(settings.endpoint_url);
    CHECK_FALSE(settings.ca_bundle);
}

TEST_CASE("an unknown home has no files") {
    const AwsWorld world;
    world.config("[default]\nregion = a\n");
    CHECK(world.settings().region == "a");
    CHECK_FALSE(net::find_aws_settings({}, real_fs()).region);
}

TEST_CASE("the region is AWS_REGION, AWS_DEFAULT_REGION, then the profile's") {
    AwsWorld world;
    world.config("[default]\nregion = c\n");
    CHECK(world.settings().region == "c");
    world.variables = {"AWS_DEFAULT_REGION=b"};
    CHECK(world.settings().region == "b");
    world.variables = {"AWS_DEFAULT_REGION=b", "AWS_REGION=a"};
    CHECK(world.settings().region == "a");
    world.variables = {"AWS_DEFAULT_REGION=", "AWS_REGION="};
    CHECK(world.settings().region == "c");
}

TEST_CASE("the profile is the one named, AWS_PROFILE, then AWS_DEFAULT_PROFILE") {
    AwsWorld world;
    world.config("[profile a]\nregion = of-a\n[profile b]\nregion = of-b\n[profile c]\nregion = of-c\n");
    world.variables = {"AWS_DEFAULT_PROFILE=c"};
    CHECK(world.settings().region == "of-c");
    world.variables = {"AWS_DEFAULT_PROFILE=c", "AWS_PROFILE=b"};
    CHECK(world.settings().region == "of-b");
    world.profile = "a";
    CHECK(world.settings().region == "of-a");
    CHECK(world.settings().profile == "a");
}

TEST_CASE("[profile default] takes the place of [default], wherever it stands") {
    const AwsWorld world;
    world.config("[profile default]\nregion = a\n[default]\nregion = b\n");
    CHECK(world.settings().region == "a");
}

TEST_CASE("a profile that is in neither file is an error that says where it was looked for") {
    AwsWorld world;
    world.config("[default]\nregion = a\n");
    world.profile = "nobody";
    CHECK(refused([&] { return world.settings(); }) ==
          "N051  there is no AWS profile 'nobody' = looked into '~/.aws/credentials' and '~/.aws/config' "
          "help: aws configure --profile nobody");
    world.credentials("[nobody]\n");
    CHECK(world.settings().profile == "nobody");
}

TEST_CASE("a bad file is named as the user knows it, with the line") {
    AwsWorld world;
    world.config("[default]\nregion = a\noops\n");
    CHECK(refused([&] { return world.settings(); }).starts_with("N050 ~/.aws/config:3 a line is neither"));
    world.write("other", "oops\n");
    world.variables = {"AWS_CONFIG_FILE=" + world.path("other")};
    CHECK(refused([&] { return world.settings(); }).starts_with("N050 " + world.path("other") + ":1 a setting"));
}

TEST_CASE("files elsewhere are absolute or below the home, and may be links, absent or /dev/null") {
    AwsWorld world;
    world.write("home/dotfiles/aws", "[default]\nregion = linked\n");
    std::filesystem::create_directories(world.path("home/.aws"));
    std::filesystem::create_symlink("../dotfiles/aws", world.path("home/.aws/config"));
    CHECK(world.settings().region == "linked");
    world.write("home/other", "[default]\nregion = other\n");
    world.variables = {"AWS_CONFIG_FILE=~/other"};
    CHECK(world.settings().region == "other");
    for (const auto& absent : {world.path("home/none"), world.path("home/none/none"), std::string{"/dev/null"}}) {
        world.variables = {"AWS_CONFIG_FILE=" + absent};
        CHECK_FALSE(world.settings().region);
    }
    world.variables = {"AWS_CONFIG_FILE=relative/config"};
    CHECK(refused([&] { return world.settings(); }).starts_with("N053  'relative/config' is not an absolute path"));
}

TEST_CASE("a file of more than 1 MiB is refused") {
    const AwsWorld world;
    world.config("[default]\nregion = a\n#" + std::string(1u << 20, 'x'));
    CHECK(refused([&] { return world.settings(); }).starts_with("U012"));
}

TEST_CASE("the endpoint of S3 is found in the order of the SDKs") {
    AwsWorld world;
    world.config("[default]\nendpoint_url = http://d\n");
    CHECK(world.settings().endpoint_url == "http://d");
    world.config("[default]\nendpoint_url = http://d\nservices = s\n[services s]\ns3 =\n  endpoint_url = http://c\n");
    CHECK(world.settings().endpoint_url == "http://c");
    world.variables = {"AWS_ENDPOINT_URL=http://b"};
    CHECK(world.settings().endpoint_url == "http://b");
    world.variables = {"AWS_ENDPOINT_URL=http://b", "AWS_ENDPOINT_URL_S3=http://a", "AWS_ENDPOINT_URL_STS=http://x"};
    CHECK(world.settings().endpoint_url == "http://a");
    world.variables.emplace_back("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=TRUE");
    CHECK_FALSE(world.settings().endpoint_url);
    world.variables.back() = "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=false";
    CHECK(world.settings().endpoint_url == "http://a");
}

TEST_CASE("a reference to services that are not there names its line") {
    const AwsWorld world;
    world.config("[default]\nservices = s\n");
    CHECK(refused([&] {
              return world.settings();
          }).starts_with("N052 ~/.aws/config:2 there is no section '[services s]'"));
}

TEST_CASE("certificates are AWS_CA_BUNDLE or the profile's") {
    AwsWorld world;
    world.config("[default]\nca_bundle = /b\n");
    CHECK(world.settings().ca_bundle == "/b");
    world.variables = {"AWS_CA_BUNDLE=/a"};
    CHECK(world.settings().ca_bundle == "/a");
}

TEST_CASE("regions have their partition's endpoints") {
    CHECK(net::aws_endpoint("s3", "eu-west-1") == "https://s3.eu-west-1.amazonaws.com");
    CHECK(net::aws_endpoint("sts", "us-gov-west-1") == "https://sts.us-gov-west-1.amazonaws.com");
    CHECK(net::aws_endpoint("s3", "cn-north-1") == "https://s3.cn-north-1.amazonaws.com.cn");
    CHECK(net::aws_endpoint("s3", "us-iso-east-1") == "https://s3.us-iso-east-1.c2s.ic.gov");
    CHECK(net::aws_endpoint("s3", "us-isob-east-1") == "https://s3.us-isob-east-1.sc2s.sgov.gov");
}
