// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>
#include <mlo/json/parse.hpp>
#include <mlo/net/sigv4.hpp>

using namespace mlo;
using namespace mlo::net;

namespace {

Timestamp at_unix_time(std::int64_t seconds) { return Timestamp{std::chrono::seconds{seconds}}; }

const Timestamp may_2013 = at_unix_time(1369353600);
const auto no_token = Credentials{.access_key_id = "AKIDEXAMPLE", .secret_access_key = Secret{"secret"}};

Document published_cases() {
    std::ifstream file{std::string{MLO_TEST_DATA} + "/net/sigv4.json", std::ios::binary};
    REQUIRE(file.is_open());
    return json::parse(std::string{std::istreambuf_iterator<char>{file}, {}}, "sigv4.json");
}

HttpRequest request_of(const Value& row) {
    HttpRequest request{.method = std::string{row.get("method").as_string()},
                        .url = std::string{row.get("url").as_string()}};
    for (const auto& header : row.get("headers").items())
        request.headers.push_back({std::string{header.items().at(0).as_string()},  //
                                   std::string{header.items().at(1).as_string()}});
    return request;
}

/// The Authorization header of a GET of `url`.
std::string authorization_of(std::string url, const SigningScope& scope) {
    HttpRequest request{.url = std::move(url)};
    sign(request, no_token, scope, may_2013, empty_payload_hash);
    return std::string{find_header(request.headers, "Authorization").value()};
}

}  // namespace

TEST_CASE("signatures are those that AWS publishes") {
    const auto document = published_cases();
    std::size_t count = 0;
    for (const auto& suite : document.root().items()) {
        SigningScope scope{.region = std::string{suite.get("region").as_string()},
                           .service = std::string{suite.get("service").as_string()},
                           .path_encoding = PathEncoding::once};
        if (suite.get("payload_header").as_boolean()) scope.payload_header = PayloadHeader::yes;
        for (const auto& row : suite.get("cases").items()) {
            INFO(suite.get("name").as_string() << ": " << row.get("name").as_string());
            const Credentials credentials{.access_key_id = std::string{suite.get("access_key_id").as_string()},
                                          .secret_access_key = Secret{suite.get("secret_access_key").as_string()},
                                          .session_token = Secret{row.get("session_token").as_string()}};
            scope.path_segments = row.get("resolve").as_boolean() ? PathSegments::resolved : PathSegments::as_sent;
            auto request = request_of(row);
            sign(request, credentials, scope, at_unix_time(suite.get("unix_time").as_integer()),
                 row.get("payload_hash").as_string());
            CHECK(find_header(request.headers, "Authorization") == row.get("authorization").as_string());
            ++count;
        }
    }
    CHECK(count == 29);
}

TEST_CASE("the scope of S3 signs keys as they are and sends the hash of the body") {
    const auto scope = s3_scope("eu-central-1");
    CHECK(scope.region == "eu-central-1");
    CHECK(scope.service == "s3");
    CHECK(authorization_of("https://h.example/a//b/../c", scope) != authorization_of("https://h.example/a/c", scope));
    CHECK(authorization_of("https://h.example/a%2Bb(c)", scope) ==
          authorization_of("https://h.example/a+b%28c%29", scope));

    HttpRequest request{.method = "PUT", .url = "https://h.example/k"};
    sign(request, no_token, scope, may_2013, unsigned_payload);
    CHECK(find_header(request.headers, "x-amz-content-sha256") == "UNSIGNED-PAYLOAD");
}

TEST_CASE("other services sign a path that is resolved and encoded again") {
    const SigningScope scope{.region = "us-east-1", .service = "service"};
    CHECK(authorization_of("https://h.example/a//./b/../c/", scope) ==
          authorization_of("https://h.example/a/c/", scope));
    CHECK(authorization_of("https://h.example/a%2Bb", scope) != authorization_of("https://h.example/a+b", scope));

    const auto once = SigningScope{.region = "us-east-1", .service = "service", .path_encoding = PathEncoding::once};
    CHECK(authorization_of("https://h.example/a%20b", scope) == authorization_of("https://h.example/a%2520b", once));
}

TEST_CASE("a signed request carries host, time and token, each once however often it is signed") {
    const Credentials credentials{
        .access_key_id = "AKIDEXAMPLE", .secret_access_key = Secret{"secret"}, .session_token = Secret{"token"}};
    HttpRequest request{.url = "http://127.0.0.1:9000/b", .headers = {{"X-AMZ-DATE", "yesterday"}}};
    sign(request, credentials, s3_scope("us-east-1"), may_2013, empty_payload_hash);
    const auto first = request.headers;
    sign(request, credentials, s3_scope("us-east-1"), may_2013, empty_payload_hash);
    CHECK(find_header(request.headers, "Authorization") == find_header(first, "Authorization"));
    CHECK(request.headers.size() == 5);
    CHECK(find_header(request.headers, "Host") == "127.0.0.1:9000");
    CHECK(find_header(request.headers, "x-amz-date") == "20130524T000000Z");
    CHECK(find_header(request.headers, "x-amz-security-token") == "token");

    sign(request, credentials, s3_scope("us-east-1"), may_2013 + std::chrono::hours{24}, empty_payload_hash);
    CHECK(find_header(request.headers, "x-amz-date") == "20130525T000000Z");
    CHECK(find_header(request.headers, "Authorization") != find_header(first, "Authorization"));
}

TEST_CASE("what a proxy may change is not part of the signature, and all else is") {
    const auto signed_with = [](Header header) {
        HttpRequest request{.url = "http://h.example/", .headers = {std::move(header)}};
        sign(request, no_token, s3_scope("us-east-1"), may_2013, empty_payload_hash);
        return std::string{find_header(request.headers, "Authorization").value()};
    };
    const auto plain = authorization_of("http://h.example/", s3_scope("us-east-1"));
    CHECK(signed_with({"User-Agent", "mlo"}) == plain);
    CHECK(signed_with({"Accept-Encoding", "identity"}) == plain);
    CHECK(signed_with({"If-None-Match", "*"}) != plain);
    CHECK(signed_with({"x-amz-meta-a", "1"}) != signed_with({"x-amz-meta-a", "2"}));
}

TEST_CASE("no secret stands in a signed request") {
    const Credentials credentials{.access_key_id = "AKIDEXAMPLE", .secret_access_key = Secret{"wJalrXUtn"}};
    HttpRequest request{.url = "http://h.example/"};
    sign(request, credentials, s3_scope("us-east-1"), may_2013, empty_payload_hash);
    for (const auto& header : request.headers) CHECK(header.value.find("wJalrXUtn") == std::string::npos);
}
