// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace mlo::test {

/// One connection to a TestServer, in a thread of its own.
class Connection {
public:
    explicit Connection(int descriptor) : descriptor_{descriptor} {}

    /// The head of the next request, with the blank line that ends it; empty once the other side has hung up.
    [[nodiscard]] std::string read_head();
    /// The next `size` bytes, or fewer if the other side hangs up.
    [[nodiscard]] std::string read(std::size_t size);
    /// Reads until the other side hangs up: closing before would cut what was written.
    void drain();
    void write(std::string_view bytes) const;

private:
    bool read_more();

    int descriptor_;
    std::string read_;  ///< beyond what was asked for
};

/// An HTTP server that does whatever a test wants, on a free port of the loopback. Ends with its destructor.
class TestServer {
public:
    using Serve = std::function<void(Connection&)>;
    /// Calls `serve` for each connection, several at once, and hangs up after it.
    explicit TestServer(Serve serve);
    ~TestServer();
    TestServer(const TestServer&) = delete;
    TestServer& operator=(const TestServer&) = delete;

    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
    /// "http://127.0.0.1:<port>" and `rest`.
    [[nodiscard]] std::string url(std::string_view rest = "/") const;
    [[nodiscard]] std::string endpoint() const;
    [[nodiscard]] int connections() const noexcept { return connections_; }

private:
    void accept_all();

    Serve serve_;
    std::uint16_t port_ = 0;
    int listener_;
    std::atomic<int> connections_{0};
    std::mutex mutex_;
    std::vector<int> descriptors_;
    std::vector<std::thread> threads_;
    std::thread acceptor_;
};

/// A port of the loopback that nothing listens on, as long as the object lives.
class ClosedPort {
public:
    ClosedPort();
    ~ClosedPort();
    ClosedPort(const ClosedPort&) = delete;
    ClosedPort& operator=(const ClosedPort&) = delete;
    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }

private:
    std::uint16_t port_ = 0;
    int descriptor_;
};

/// What follows Content-Length in the head of a request; 0 if it does not say.
[[nodiscard]] std::size_t announced_bytes(std::string_view head);

/// Serves every request of a connection: reads its body and answers with what `answer` returns.
[[nodiscard]] TestServer::Serve answering(
    std::function<std::string(const std::string& head, const std::string& body)> answer);

/// "HTTP/1.1 200 OK", Content-Length and the body.
[[nodiscard]] std::string ok(std::string_view body);

}  // namespace mlo::test
