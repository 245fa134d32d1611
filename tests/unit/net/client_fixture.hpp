// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <failure.hpp>
#include <mlo/net/errors.hpp>
#include <mlo/net/http.hpp>
#include <mlo/util/errors.hpp>
#include <mlo/util/fs.hpp>
#include <refused.hpp>
#include <seeded.hpp>
#include <stop_token>
#include <string>

#include "http_server.hpp"

namespace mlo::test {

/// A clock that a test moves on while requests look at it.
class HandClock final : public Clock {
public:
    Timestamp now() override { return Timestamp{elapsed()}; }
    std::chrono::nanoseconds elapsed() override { return std::chrono::nanoseconds{nanoseconds_}; }
    void sleep(std::chrono::nanoseconds duration, std::stop_token) override { advance(duration); }
    void advance(std::chrono::nanoseconds duration) { nanoseconds_ += duration.count(); }

private:
    std::atomic<std::int64_t> nanoseconds_{1'800'000'000'000'000'000};
};

/// A client with what it needs of the world. Thread-safe as the client is.
struct Client {
    explicit Client(net::HttpOptions options = {}) : transport{net::make_http_client(std::move(options), runtime())} {}

    [[nodiscard]] Runtime runtime() {
        return {.fs = real_fs(),
                .clock = clock,
                .random = random,
                .log = silent_log(),
                .progress = silent_progress(),
                .stop = stop.get_token(),
                .jobs = 1};
    }
    struct Answer {
        net::HttpResponse response;
        std::string body;
    };
    Answer send(const net::HttpRequest& request) const {
        Answer answer;
        answer.response = transport->send(request, [&](ByteView bytes) { answer.body += as_text(bytes); });
        return answer;
    }
    Answer get(std::string url) const { return send({.url = std::move(url)}); }
    /// The code of the error of a GET, and the error in full.
    [[nodiscard]] std::string_view failure_of(const std::string& url) const {
        return failure([&] { return get(url).response.status; });
    }
    [[nodiscard]] std::string refusal_of(const std::string& url) const {
        return refused([&] { return get(url).response.status; });
    }

    HandClock clock;
    SeededRandom random{1};
    std::stop_source stop;
    std::unique_ptr<net::HttpTransport> transport;
};

/// A request whose body is `body`. Must not outlive it.
[[nodiscard]] inline net::HttpRequest put_of(std::string url, const std::string& body) {
    return {.method = "PUT",
            .url = std::move(url),
            .body_bytes = body.size(),
            .read_body = [&body](std::span<std::byte> into, std::uint64_t offset) {
                return body.copy(reinterpret_cast<char*>(into.data()), into.size(), offset);
            }};
}

}  // namespace mlo::test
