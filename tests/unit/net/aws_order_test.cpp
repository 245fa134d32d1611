// SPDX-License-Identifier: Apache-2.0
// Against what botocore found: tests/data/net/aws_order.py.
#include <catch2/catch.hpp>
#include <failure.hpp>
#include <fstream>
#include <iterator>
#include <mlo/json/parse.hpp>
#include <mlo/net/uri.hpp>

#include "aws_world.hpp"

using namespace mlo;
using test::Answer;
using test::AwsWorld;
using test::SentRequest;

namespace {

constexpr std::string_view service = "http://127.0.0.1:1";
const std::string expires = "2099-01-01T00:00:00Z";

std::string replace_all(std::string text, std::string_view from, std::string_view to) {
    for (auto at = text.find(from); at != text.npos; at = text.find(from, at + to.size()))
        text.replace(at, from.size(), to);
    return text;
}

/// The value of `name` in a query or form.
std::string form_value(const std::string& form, const std::string& name) {
    for (const auto& pair : split(form, '&'))
        if (pair.starts_with(name + "=")) return net::percent_decode(pair.substr(name.size() + 1));
    return "";
}

/// The same server as in aws_order.py.
Answer serve(const SentRequest& request) {
    const auto path = request.url.substr(service.size());
    if (request.method == "PUT") return {200, "imds-token"};
    if (request.method == "POST") {
        const auto action = form_value(request.body, "Action");
        const auto role = form_value(request.body, "RoleArn");
        const auto authorization = request.header("Authorization");
        const auto start = authorization.find("Credential=");
        const auto key = authorization.substr(start == authorization.npos ? authorization.size() : start + 11);
        const auto who = key.empty() ? form_value(request.body, "WebIdentityToken") : key.substr(0, key.find('/'));
        return {200, test::keys_xml(action, action + "-" + role.substr(role.rfind('/') + 1) + "-" + who, expires)};
    }
    if (path == "/container") return {200, test::keys_json("of-container", expires)};
    if (path == "/latest/meta-data/iam/security-credentials/") return {200, "instance-role"};
    if (path == "/latest/meta-data/iam/security-credentials/instance-role")
        return {200, test::keys_json("of-instance", expires)};
    if (path.starts_with("/federation/credentials?")) {
        const auto query = path.substr(path.find('?') + 1);
        return {200, R"({"roleCredentials": {"accessKeyId": "sso-)" + form_value(query, "account_id") + "-" +
                         form_value(query, "role_name") + "-" + request.header("x-amz-sso_bearer_token") +
                         R"(", "secretAccessKey": "s", "sessionToken": "t", "expiration": 4070908800000}})"};
    }
    return {404, ""};
}

/// The home of aws_order.py.
void furnish(AwsWorld& world) {
    world.services.script(serve);
    world.metadata.script(serve);
    world.write(
        "home/.aws/sso/cache/0.json",
        R"({"startUrl": "https://start.example", "region": "eu-west-1", "accessToken": "sso-token", "expiresAt": ")" +
            expires + R"("})");
    world.write("home/token", "web-token");
    world.write("home/elsewhere", "[default]\naws_access_key_id = elsewhere\naws_secret_access_key = s\n");
    (void)world.program("print keys",
                        R"(echo "{\"Version\": 1, \"AccessKeyId\": \"${1#* }\", \"SecretAccessKey\": \"s\"}")");
}

std::string text_or_none(const Value& value) { return value.is_null() ? "none" : std::string{value.as_string()}; }

}  // namespace

TEST_CASE("credentials and settings are found where botocore finds them") {
    std::ifstream file{MLO_TEST_DATA "/net/aws-order.json", std::ios::binary};
    const std::string text{std::istreambuf_iterator<char>{file}, {}};
    const auto document = json::parse(text, "aws-order.json");
    const auto cases = document.root().get("cases").items();
    REQUIRE(cases.size() > 50);
    for (const auto& recorded : cases) {
        const auto name = std::string{recorded.get("name").as_string()};
        INFO(name);
        AwsWorld world;
        furnish(world);
        const auto fill = [&](std::string_view what) {
            return replace_all(replace_all(std::string{what}, "@HOME@", world.path("home")), "@SERVICE@", service);
        };
        if (const auto config = recorded.get("config").as_string(); !config.empty()) world.config(fill(config));
        if (const auto keys = recorded.get("credentials").as_string(); !keys.empty()) world.credentials(fill(keys));
        world.variables = {"PATH=/usr/bin:/bin", "AWS_EC2_METADATA_SERVICE_ENDPOINT=" + std::string{service}};
        bool has_endpoint = false;
        bool has_disabled = false;
        for (const auto& member : recorded.get("variables").members()) {
            world.variables.push_back(std::string{member.name()} + "=" + fill(member.value.as_string()));
            has_endpoint |= member.name().find("ENDPOINT_URL") != std::string_view::npos;
            has_disabled |= member.name() == "AWS_EC2_METADATA_DISABLED";
        }
        if (!has_disabled) world.variables.emplace_back("AWS_EC2_METADATA_DISABLED=true");
        if (!has_endpoint) {
            world.variables.push_back("AWS_ENDPOINT_URL_STS=" + std::string{service});
            world.variables.push_back("AWS_ENDPOINT_URL_SSO=" + std::string{service});
        }
        if (const auto profile = recorded.get("profile"); !profile.is_null()) world.profile = profile.as_string();

        const auto expected = recorded.get("expected");
        const auto error = test::error_of([&] {
            const auto found = world.provider().get();
            const auto settings = world.settings();
            REQUIRE_FALSE(expected.find("error"));
            CHECK((found ? found->keys.access_key_id : "none") == text_or_none(expected.get("access_key_id")));
            CHECK(settings.region.value_or("none") == text_or_none(expected.get("region")));
            CHECK(settings.endpoint_url.value_or("none") == text_or_none(expected.get("endpoint_url")));
            CHECK(settings.ca_bundle.value_or("none") == text_or_none(expected.get("ca_bundle")));
            return 0;
        });
        INFO((error ? error->message() : ""));
        CHECK(error.has_value() == expected.find("error").has_value());
        if (error) CHECK(error->kind() == ErrorKind::config);
    }
}
