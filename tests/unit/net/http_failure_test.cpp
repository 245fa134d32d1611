// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <future>
#include <stdexcept>
#include <thread>

#include "client_fixture.hpp"
#include "curl_library.hpp"

using namespace mlo::net;
using namespace mlo::test;
using Catch::Matchers::Contains;

namespace {

/// Answers each request with `bytes` and hangs up.
TestServer::Serve hanging_up_after(std::string bytes) {
    return [bytes = std::move(bytes)](Connection& connection) {
        static_cast<void>(connection.read_head());
        connection.write(bytes);
    };
}

constexpr auto forbidden = "HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 3\r\n\r\nno!";

}  // namespace

TEST_CASE("an answer that is cut short is a failure of the network") {
    const std::string head = "HTTP/1.1 200 OK\r\n";
    const Client client;
    SECTION("before it began") {
        const TestServer server{hanging_up_after("")};
        CHECK(client.refusal_of(server.url("/p?token=word")) ==
              "N012  '" + server.endpoint() + "' closed the connection without an answer");
    }
    SECTION("within its head") {
        const TestServer server{hanging_up_after(head + "Content-Le")};
        CHECK(client.failure_of(server.url()) == errors::connection_lost.id);
    }
    SECTION("within its body") {
        const TestServer server{hanging_up_after(head + "Content-Length: 5\r\n\r\nabcd")};
        CHECK(client.refusal_of(server.url("/p?token=word")) ==
              "N012  the answer of '" + server.endpoint() + "' ends early");
    }
    SECTION("within a chunk") {
        const TestServer server{hanging_up_after(head + "Transfer-Encoding: chunked\r\n\r\n5\r\nabcd")};
        CHECK(client.failure_of(server.url()) == errors::connection_lost.id);
    }
    SECTION("between two chunks") {
        const TestServer server{hanging_up_after(head + "Transfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n")};
        CHECK(client.failure_of(server.url()) == errors::connection_lost.id);
    }
    SECTION("that refuses a request which was sent whole") {
        const TestServer server{hanging_up_after("HTTP/1.1 404 Not Found\r\nContent-Length: 5\r\n\r\nabcd")};
        CHECK(client.failure_of(server.url()) == errors::connection_lost.id);
    }
}

TEST_CASE("a large body is not sent to a server that refuses it at once") {
    const std::string body(4 << 20, 'b');
    const TestServer server{[](Connection& connection) {
        static_cast<void>(connection.read_head());
        connection.write(forbidden);
        connection.drain();
    }};
    std::uint64_t asked_for = 0;
    auto request = put_of(server.url(), body);
    request.read_body = [&, read = request.read_body](std::span<std::byte> into, std::uint64_t offset) {
        const auto count = read(into, offset);
        asked_for += count;
        return count;
    };
    const auto answer = Client{}.send(request);
    CHECK(answer.response.status == 403);
    CHECK(answer.response.error_body == "no!");
    CHECK(asked_for == 0);
}

TEST_CASE("a refusal in the middle of a body is the answer") {
    const std::string body(16 << 20, 'b');
    const TestServer server{[](Connection& connection) {
        static_cast<void>(connection.read_head());
        connection.write("HTTP/1.1 100 Continue\r\n\r\n");
        static_cast<void>(connection.read(100'000));
        connection.write(forbidden);
        connection.drain();
    }};
    const auto answer = Client{}.send(put_of(server.url(), body));
    CHECK(answer.response.status == 403);
    CHECK(answer.response.error_body == "no!");
}

TEST_CASE("what is not HTTP is refused") {
    const TestServer server{hanging_up_after("SSH-2.0-OpenSSH_9.2\r\n")};
    CHECK(Client{}.refusal_of(server.url()) == "N014  what '" + server.endpoint() + "' answers is not HTTP/1.1");
}

TEST_CASE("a flood of headers is refused, in one answer and in many") {
    const Client client;
    SECTION("one after the other") {
        const TestServer server{[](Connection& connection) {
            static_cast<void>(connection.read_head());
            connection.write("HTTP/1.1 200 OK\r\n");
            for (int i = 0; i < 300; ++i) connection.write("x: " + std::string(1000, 'y') + "\r\n");
            connection.drain();
        }};
        CHECK(client.refusal_of(server.url()) ==
              "N014  '" + server.endpoint() + "' answers with more than 256 KiB of headers");
    }
    SECTION("in answers that are none yet") {
        const TestServer server{[](Connection& connection) {
            static_cast<void>(connection.read_head());
            for (int i = 0; i < 300; ++i)
                connection.write("HTTP/1.1 100 Continue\r\nx: " + std::string(1000, 'y') + "\r\n\r\n");
            connection.drain();
        }};
        CHECK(client.failure_of(server.url()) == errors::bad_answer.id);
    }
}

TEST_CASE("a connection that nobody takes is a failure that names host and port alone") {
    const ClosedPort closed;
    const auto endpoint = "127.0.0.1:" + std::to_string(closed.port());
    CHECK(Client{}.refusal_of("http://" + endpoint + "/p?token=word") ==
          "N011  cannot connect to '" + endpoint + "': Connection refused");
    const Client by_proxy{{.proxy = "http://ada:word@" + endpoint}};
    CHECK(by_proxy.refusal_of("http://h.example/p?token=word") ==
          "N011  cannot connect to 'h.example:80': Connection refused = by way of the proxy 'http://" + endpoint + "'");
}

TEST_CASE("a host without an address is a failure of the network") {
    const std::string host(64, 'a');  // longer than a name may be: nobody is asked
    CHECK(Client{}.refusal_of("http://" + host + "/p?token=word") ==
          "N010  cannot find the address of '" + host + ":80'");
}

TEST_CASE("a server that does not speak TLS is not taken for one that does") {
    const TestServer server{[](Connection& connection) {
        connection.write("220 mail.example ready\r\n");
        connection.drain();
    }};
    const auto refusal = Client{}.refusal_of("https://" + server.endpoint() + "/p?token=word");
    CHECK_THAT(refusal, Contains("N015  cannot agree with '" + server.endpoint() + "' on TLS = ") && !Contains("word"));
}

TEST_CASE("a file of certificates that cannot be read is named") {
    const TestServer server{hanging_up_after("")};
    const Client client{{.ca_file = "/missing/ca.pem"}};
    CHECK(client.refusal_of("https://" + server.endpoint()) ==
          "N021  cannot use the file of trusted certificates '/missing/ca.pem'");
}

TEST_CASE("a proxy that refuses a tunnel is told from the host behind it") {
    const TestServer proxy{hanging_up_after("HTTP/1.1 407 Who are you\r\nContent-Length: 0\r\n\r\n")};
    const TestServer busy{hanging_up_after("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n")};
    CHECK(Client{{.proxy = proxy.endpoint()}}.refusal_of("https://h.example/p?token=word") ==
          "N022  the proxy 'http://" + proxy.endpoint() + "' does not connect to 'h.example:443': it answers 407");
    CHECK(Client{{.proxy = busy.endpoint()}}.failure_of("https://h.example/") == errors::cannot_connect.id);
}

TEST_CASE("what is no proxy is refused without its password") {
    for (const std::string wrong : {"ftp://h:1", "http://", "http://h:0", "http://h/path", "h?q", "http://h h"}) {
        INFO(wrong);
        CHECK(failure([&] { return Client{{.proxy = wrong}}.get("http://h/").response.status; }) ==
              errors::bad_proxy.id);
    }
    CHECK(refused([] { return Client{{.proxy = "gopher://ada:word@h:1"}}.get("http://h/").response.status; }) ==
          "N003  'gopher://h:1' is no proxy help: http://host:port, or socks5h://host:port");
}

TEST_CASE("a header cannot smuggle in another") {
    const TestServer server{answering([](const std::string&, const std::string&) { return ok(""); })};
    const Client client;
    const auto send = [&](Header header) {
        return refused([&] { return client.send({.url = server.url(), .headers = {header}}).response.status; });
    };
    CHECK(send({"X-Token", "word\r\nX-More: 1"}) ==
          "N002  the header 'X-Token' holds a line break or another control character");
    CHECK(send({"X-Token: 1\r\nX", "a"}) == "N002  'X-Token: 1\\r\\nX' is no name of a header");
    CHECK(send({"", "a"}).starts_with("N002"));
    CHECK(send({"X-Tab", "a\tb"}) == "nothing");
    CHECK(server.connections() == 1);
}

TEST_CASE("a stop ends a request that waits for its answer") {
    std::promise<void> asked;
    const TestServer server{[&](Connection& connection) {
        static_cast<void>(connection.read_head());
        asked.set_value();
        connection.drain();
    }};
    Client client;
    const std::jthread user{[&] {
        asked.get_future().wait();
        client.stop.request_stop();
    }};
    CHECK(client.failure_of(server.url()) == mlo::errors::interrupted.id);
    CHECK(client.failure_of(server.url()) == mlo::errors::interrupted.id);
    CHECK(server.connections() == 1);
}

TEST_CASE("a connection on which nothing moves is given up, one that moves slowly is not") {
    Client client;
    SECTION("silence") {
        const TestServer server{[&](Connection& connection) {
            static_cast<void>(connection.read_head());
            client.clock.advance(std::chrono::seconds{61});
            connection.drain();
        }};
        CHECK(client.refusal_of(server.url("/p?token=word")) ==
              "N013  '" + server.endpoint() + "' sent and took nothing for 60 s");
    }
    SECTION("a byte a minute") {
        std::string body;
        const TestServer server{[&](Connection& connection) {
            static_cast<void>(connection.read_head());
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n");
            connection.write("abc");
            connection.drain();
        }};
        // Whatever its receiver does with a piece, the time is not the connection's.
        const auto response = client.transport->send({.url = server.url()}, [&](mlo::ByteView bytes) {
            body += mlo::as_text(bytes);
            client.clock.advance(std::chrono::seconds{61});
        });
        CHECK(response.status == 200);
        CHECK(body == "abc");
    }
}

TEST_CASE("what a receiver or a source throws comes out as it was, and the client goes on") {
    const TestServer server{answering([](const std::string&, const std::string&) { return ok("bytes"); })};
    const Client client;
    CHECK_THROWS_AS(
        client.transport->send({.url = server.url()}, [](mlo::ByteView) { throw std::out_of_range{"full"}; }),
        std::out_of_range);
    const std::string body(1000, 'b');
    auto request = put_of(server.url(), body);
    request.read_body = [](std::span<std::byte>, std::uint64_t) -> std::size_t { throw std::domain_error{"gone"}; };
    CHECK_THROWS_AS(client.send(request), std::domain_error);
    CHECK(client.get(server.url()).body == "bytes");
}

TEST_CASE("a body that ends before its announced size is not sent as if it were whole") {
    const TestServer server{answering([](const std::string&, const std::string&) { return ok(""); })};
    const std::string body(1000, 'b');
    auto request = put_of(server.url(), body);
    request.body_bytes = 1500;
    CHECK(refused([&] { return Client{}.send(request).response.status; }) ==
          "N030  the body of a request to '" + server.endpoint() + "' ends at byte 1000 of 1500");
}

TEST_CASE("libcurl that is missing is named with the way to get it") {
    CHECK_THAT(refused([] { return load_curl("libcurl-missing.so.4").easy_init == nullptr; }),
               Contains("N004  cannot load libcurl = libcurl-missing.so.4: ") &&
                   Contains("help: as root: apt-get install libcurl4"));
    CHECK(libcurl_version() == load_curl("libcurl.so.4").version_info(CURLVERSION_NOW)->version);
}
