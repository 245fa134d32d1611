// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <mutex>
#include <thread>
#include <vector>

#include "client_fixture.hpp"

using namespace mlo::net;
using namespace mlo::test;
using Catch::Matchers::Contains;

namespace {

/// The heads and bodies of all requests, in the order of their arrival.
struct Record {
    [[nodiscard]] TestServer::Serve serve(std::string answer) {
        return answering([this, answer = std::move(answer)](const std::string& head, const std::string& body) {
            const std::lock_guard guard{mutex};
            heads.push_back(head);
            bodies.push_back(body);
            return answer;
        });
    }
    std::mutex mutex;
    std::vector<std::string> heads;
    std::vector<std::string> bodies;
};

}  // namespace

TEST_CASE("a request is sent byte for byte, without anything that was not asked for") {
    Record record;
    const TestServer server{record.serve(ok("bytes"))};
    const Client client{{.user_agent = "mlo/1"}};
    const auto answer = client.send({.url = server.url("/a%2Fb/../c//d?x=%20&y=@'"), .headers = {{"X-Odd", "a, b"}}});
    CHECK(answer.response.status == 200);
    CHECK(answer.body == "bytes");
    REQUIRE(record.heads.size() == 1);
    CHECK(record.heads[0] ==
          "GET /a%2Fb/../c//d?x=%20&y=@' HTTP/1.1\r\nHost: " + server.endpoint() +
              "\r\nUser-Agent: mlo/1\r\nAccept: */*\r\nX-Odd: a, b\r\nAccept-Encoding: identity\r\n\r\n");
}

TEST_CASE("one connection serves one request after the other") {
    Record record;
    const TestServer server{record.serve(ok("x"))};
    const Client client;
    for (int i = 0; i < 5; ++i) CHECK(client.get(server.url()).body == "x");
    CHECK(client.send(put_of(server.url(), "body")).response.status == 200);
    CHECK(client.send({.method = "HEAD", .url = server.url("/h")}).response.status == 200);
    CHECK(record.heads.size() == 7);
    CHECK(server.connections() == 1);
}

TEST_CASE("several threads send at once, each over a connection that stays open") {
    const TestServer server{
        answering([](const std::string& head, const std::string&) { return ok(head.substr(0, 9)); })};
    const Client client;
    std::atomic<int> right{0};
    {
        std::vector<std::jthread> threads;
        for (int t = 0; t < 4; ++t)
            threads.emplace_back([&, t] {
                const auto path = "/" + std::to_string(t) + std::string(3, 'a');
                for (int i = 0; i < 25; ++i) right += client.get(server.url(path)).body == "GET " + path ? 1 : 0;
            });
    }
    CHECK(right == 100);
    CHECK(server.connections() <= 4);
}

TEST_CASE("the head of an answer is kept as it came, the case of its names aside") {
    const TestServer server{answering([](const std::string&, const std::string&) {
        return "HTTP/1.1 200 OK\r\nx-AMZ-request-ID:  1a \t\r\nETag: \"e\"\r\nempty:\r\nx-two: 1\r\nX-Two: 2\r\n"
               "CONTENT-length: 0\r\n\r\n";
    })};
    const auto answer = Client{}.get(server.url());
    CHECK(find_header(answer.response.headers, "X-Amz-Request-Id") == "1a");
    CHECK(find_header(answer.response.headers, "etag") == "\"e\"");
    CHECK(find_header(answer.response.headers, "Empty") == "");
    CHECK(find_header(answer.response.headers, "X-TWO") == "1");
    CHECK(answer.response.headers.size() == 6);
    CHECK(answer.response.headers[0].name == "x-AMZ-request-ID");
}

TEST_CASE("any status is an answer, whose body is kept apart and bounded") {
    const std::string page(100'000, 'p');
    const TestServer server{answering([&](const std::string& head, const std::string&) -> std::string {
        if (head.starts_with("GET /moved"))
            return "HTTP/1.1 301 Moved\r\nLocation: /other\r\nContent-Length: 4\r\n\r\ngone";
        if (head.starts_with("GET /large")) return "HTTP/1.1 500 Sorry\r\nContent-Length: 100000\r\n\r\n" + page;
        if (head.starts_with("GET /none")) return "HTTP/1.1 204 No Content\r\n\r\n";
        if (head.starts_with("GET /part")) return "HTTP/1.1 206 Part\r\nContent-Length: 2\r\n\r\npa";
        return "HTTP/1.1 404 Not Found\r\nContent-Length: 7\r\n\r\n<Error>";
    })};
    const Client client;
    const auto missing = client.get(server.url("/missing"));
    CHECK(missing.response.status == 404);
    CHECK(missing.response.error_body == "<Error>");
    CHECK(missing.body.empty());
    const auto moved = client.get(server.url("/moved"));
    CHECK(moved.response.status == 301);
    CHECK(find_header(moved.response.headers, "Location") == "/other");
    const auto large = client.get(server.url("/large"));
    CHECK(large.response.status == 500);
    CHECK(large.response.error_body == page.substr(0, HttpResponse::max_error_bytes));
    CHECK(client.get(server.url("/none")).response.status == 204);
    const auto part = client.get(server.url("/part"));
    CHECK(part.response.status == 206);
    CHECK(part.body == "pa");
    CHECK(part.response.error_body.empty());
}

TEST_CASE("what comes before an answer, and after it, is no part of it") {
    const TestServer server{answering([](const std::string&, const std::string&) {
        return "HTTP/1.1 103 Early Hints\r\nLink: early\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
               "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nX-Late: 1\r\n\r\n";
    })};
    const auto answer = Client{}.get(server.url());
    CHECK(answer.response.status == 200);
    CHECK(answer.body == "abcde");
    CHECK_FALSE(find_header(answer.response.headers, "Link"));
    CHECK_FALSE(find_header(answer.response.headers, "X-Late"));
}

TEST_CASE("compressed bytes stay as they are: a hash is over what is stored") {
    const TestServer server{answering([](const std::string&, const std::string&) {
        return "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\n\x1f\x8b--";
    })};
    CHECK(Client{}.get(server.url()).body == "\x1f\x8b--");
}

TEST_CASE("the answer to HEAD has no body, whatever length it announces") {
    const TestServer server{answering(
        [](const std::string&, const std::string&) { return "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"; })};
    const auto answer = Client{}.send({.method = "HEAD", .url = server.url()});
    CHECK(find_header(answer.response.headers, "Content-Length") == "1000");
    CHECK(answer.body.empty());
}

TEST_CASE("a body is announced, read piece by piece and sent") {
    Record record;
    const TestServer server{record.serve(ok(""))};
    const Client client;
    CHECK(client.send({.method = "PUT", .url = server.url(), .body_bytes = 0}).response.status == 200);
    const std::string small(1000, 's');
    CHECK(client.send(put_of(server.url(), small)).response.status == 200);
    std::string large(3 << 20, '\0');
    for (std::size_t i = 0; i < large.size(); ++i) large[i] = static_cast<char>(i * 7 / 3);
    auto post = put_of(server.url(), large);
    post.method = "POST";
    CHECK(client.send(post).response.status == 200);
    CHECK(client.send({.method = "DELETE", .url = server.url()}).response.status == 200);

    REQUIRE(record.heads.size() == 4);
    CHECK_THAT(record.heads[0], Contains("PUT / ") && Contains("\r\nContent-Length: 0\r\n") && !Contains("Expect"));
    CHECK_THAT(record.heads[1],
               Contains("\r\nContent-Length: 1000\r\n") && !Contains("Expect") && !Contains("chunked"));
    CHECK_THAT(record.heads[2], Contains("POST / ") && Contains("\r\nContent-Length: 3145728\r\n") &&
                                    Contains("\r\nExpect: 100-continue\r\n"));
    CHECK_THAT(record.heads[3], Contains("DELETE / ") && !Contains("Content-Length") && !Contains("Expect"));
    CHECK(record.bodies[1] == small);
    CHECK(record.bodies[2] == large);
}

TEST_CASE("a body is asked for again when a kept connection turns out to be dead") {
    std::atomic<int> requests{0};
    const TestServer server{[&](Connection& connection) {
        // The first connection answers once and then takes another request without answering it.
        for (auto head = connection.read_head(); !head.empty(); head = connection.read_head()) {
            const auto body = connection.read(announced_bytes(head));
            if (++requests == 2) return;
            connection.write(ok(body));
        }
    }};
    const Client client;
    CHECK(client.get(server.url()).response.status == 200);
    const std::string body(1000, 'b');
    CHECK(client.send(put_of(server.url(), body)).body == body);
    CHECK(server.connections() == 2);
}

TEST_CASE("the environment does not choose a proxy") {
    ::setenv("http_proxy", "http://127.0.0.1:1", 1);
    ::setenv("all_proxy", "http://127.0.0.1:1", 1);
    const TestServer server{answering([](const std::string&, const std::string&) { return ok("direct"); })};
    CHECK(Client{}.get(server.url()).body == "direct");
    ::unsetenv("http_proxy");
    ::unsetenv("all_proxy");
}

TEST_CASE("a proxy that is configured is asked, but for the hosts that are left out") {
    Record record;
    const TestServer proxy{record.serve(ok("by proxy"))};
    const TestServer server{answering([](const std::string&, const std::string&) { return ok("direct"); })};
    const Client client{{.proxy = "http://ada:word@" + proxy.endpoint(), .no_proxy = "127.0.0.1"}};
    CHECK(client.get("http://bucket.example/a?b").body == "by proxy");
    CHECK(client.get(server.url()).body == "direct");
    REQUIRE(record.heads.size() == 1);
    CHECK_THAT(record.heads[0], Contains("GET http://bucket.example/a?b HTTP/1.1\r\n") &&
                                    Contains("Proxy-Authorization: Basic YWRhOndvcmQ=") &&
                                    Contains("\r\nHost: bucket.example\r\n"));
}
