// SPDX-License-Identifier: Apache-2.0
#include "http_server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>

namespace mlo::test {
namespace {

int loopback_socket(std::uint16_t& port) {
    const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    if (descriptor < 0 || ::bind(descriptor, generic, size) != 0 || ::getsockname(descriptor, generic, &size) != 0)
        throw std::runtime_error{"no port on the loopback"};
    port = ntohs(address.sin_port);
    return descriptor;
}

std::string lower(std::string_view text) {
    std::string result{text};
    std::transform(result.begin(), result.end(), result.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; });
    return result;
}

}  // namespace

bool Connection::read_more() {
    std::array<char, 65536> buffer{};
    const auto count = ::recv(descriptor_, buffer.data(), buffer.size(), 0);
    if (count > 0) read_.append(buffer.data(), static_cast<std::size_t>(count));
    return count > 0;
}

std::string Connection::read_head() {
    constexpr std::string_view end = "\r\n\r\n";
    auto found = read_.find(end);
    while (found == std::string::npos) {
        if (!read_more()) return {};
        found = read_.find(end);
    }
    return read(found + end.size());
}

std::string Connection::read(std::size_t size) {
    while (read_.size() < size && read_more()) continue;
    auto bytes = read_.substr(0, size);
    read_.erase(0, bytes.size());
    return bytes;
}

void Connection::drain() {
    while (read_more()) read_.clear();
}

void Connection::write(std::string_view bytes) const {
    while (!bytes.empty()) {
        const auto count = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (count <= 0) return;  // the client has what it wanted
        bytes.remove_prefix(static_cast<std::size_t>(count));
    }
}

TestServer::TestServer(Serve serve) : serve_{std::move(serve)}, listener_{loopback_socket(port_)} {
    if (::listen(listener_, 64) != 0) throw std::runtime_error{"cannot listen on the loopback"};
    acceptor_ = std::thread{[this] { accept_all(); }};
}

TestServer::~TestServer() {
    ::shutdown(listener_, SHUT_RDWR);
    acceptor_.join();
    ::close(listener_);
    {
        const std::lock_guard guard{mutex_};
        for (const int descriptor : descriptors_) ::shutdown(descriptor, SHUT_RDWR);
    }
    for (auto& thread : threads_) thread.join();
    for (const int descriptor : descriptors_) ::close(descriptor);
}

void TestServer::accept_all() {
    while (true) {
        const int descriptor = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
        if (descriptor < 0) return;
        ++connections_;
        const std::lock_guard guard{mutex_};
        descriptors_.push_back(descriptor);
        threads_.emplace_back([this, descriptor] {
            Connection connection{descriptor};
            serve_(connection);
            ::shutdown(descriptor, SHUT_RDWR);
        });
    }
}

std::string TestServer::endpoint() const { return "127.0.0.1:" + std::to_string(port_); }

std::string TestServer::url(std::string_view rest) const { return "http://" + endpoint() + std::string{rest}; }

ClosedPort::ClosedPort() : descriptor_{loopback_socket(port_)} {}
ClosedPort::~ClosedPort() { ::close(descriptor_); }

std::size_t announced_bytes(std::string_view head) {
    constexpr std::string_view name = "\r\ncontent-length:";
    const auto folded = lower(head);
    const auto at = folded.find(name);
    return at == std::string::npos ? 0 : std::stoul(folded.substr(at + name.size()));
}

TestServer::Serve answering(std::function<std::string(const std::string& head, const std::string& body)> answer) {
    return [answer = std::move(answer)](Connection& connection) {
        for (auto head = connection.read_head(); !head.empty(); head = connection.read_head()) {
            if (lower(head).find("\r\nexpect: 100-continue\r\n") != std::string::npos)
                connection.write("HTTP/1.1 100 Continue\r\n\r\n");
            const auto body = connection.read(announced_bytes(head));
            connection.write(answer(head, body));
        }
    };
}

std::string ok(std::string_view body) {
    return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string{body};
}

}  // namespace mlo::test
