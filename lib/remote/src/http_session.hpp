// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mlo/net/http.hpp>
#include <mlo/remote/surroundings.hpp>
#include <mlo/util/bytes.hpp>
#include <mlo/util/runtime.hpp>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "http_credentials.hpp"
#include "http_errors.hpp"
#include "http_url.hpp"

namespace mlo::remote {

struct Traffic;

/// One request to a value or folder below the URL.
struct HttpCall {
    std::string method = "GET";
    std::string path{};  ///< below the URL, as a key is written; a folder ends in a slash; empty: the URL's own folder
    net::Headers headers{};
    std::optional<std::uint64_t> body_bytes{};
    std::function<std::size_t(std::span<std::byte> into, std::uint64_t offset)> read_body{};
    std::function<void(const net::HttpResponse& head)> on_head{};  ///< of an answer of 2xx
    std::string doing;                                             ///< for messages: "read 'format'"
    Intent intent = Intent::read;
};

/// Requests to one server, with the credentials that belong to it. Follows redirects of requests that only read; what
/// identifies the user goes to the URL's own scheme, host and port alone. Thread-safe.
class HttpSession {
public:
    /// Connects to nothing. Throws bad_access, bad_proxy.
    HttpSession(HttpPlace place, const Surroundings& surroundings, const Runtime& runtime);

    /// Sends a request. The body of an answer of 2xx goes to `sink`. Any status is an answer, but for a redirect that
    /// is not followed: redirected. Throws what the transport throws.
    [[nodiscard]] HttpAnswer send(const HttpCall& call, const std::function<void(ByteView)>& sink = {});
    /// What to throw where the answer is none that the caller expects.
    [[nodiscard]] Error error(const HttpCall& call, const HttpAnswer& answer);

    /// The absolute URL of a path below the remote's own: what MOVE wants to know.
    [[nodiscard]] std::string url_of(std::string_view path) const;
    [[nodiscard]] const std::string& shown() const noexcept { return shown_; }
    [[nodiscard]] const HttpPlace& place() const noexcept { return place_; }
    /// Requests are counted here, bytes of values by who knows that they are some.
    [[nodiscard]] Traffic& traffic() noexcept { return traffic_; }

private:
    [[nodiscard]] net::HttpTransport& transport_for(const net::HttpUrl& target);
    [[nodiscard]] net::HttpResponse send_once(const HttpCall& call, const net::HttpUrl& target, const std::string& url,
                                              const std::function<void(ByteView)>& sink);
    [[nodiscard]] std::string next_target(const HttpCall& call, const net::HttpUrl& from,
                                          const net::HttpResponse& answer, int redirects) const;

    HttpPlace place_;
    Runtime runtime_;
    Traffic& traffic_;
    std::vector<std::string> variables_;
    std::vector<HttpAccess> settings_;
    std::string shown_;
    HttpCredentials credentials_;
    std::mutex mutex_;
    std::map<std::string, std::unique_ptr<net::HttpTransport>> transports_;  ///< guarded by mutex_; by origin
};

}  // namespace mlo::remote
