// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mlo/util/bytes.hpp>
#include <mlo/util/runtime.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mlo::net {

struct HttpResponse;

struct Header {
    std::string name;
    std::string value;
};
using Headers = std::vector<Header>;

/// The value of the first header of that name (ASCII case ignored), if any.
[[nodiscard]] std::optional<std::string_view> find_header(const Headers& headers, std::string_view name);

struct HttpRequest {
    std::string method = "GET";
    std::string url;    ///< absolute, http:// or https://, percent-encoded; path and query are sent byte for byte
    Headers headers{};  ///< Host, Content-Length and Expect are made from url and body unless named here
    /// Nothing: a request without a body. 0: an empty body, which is announced (Content-Length: 0).
    std::optional<std::uint64_t> body_bytes{};
    /// Reads the body from `offset` into `into`, at least one byte; returns how many. Needed if there are any. A body
    /// may be asked for again from its start, when a kept connection turns out to be dead.
    std::function<std::size_t(std::span<std::byte> into, std::uint64_t offset)> read_body{};
    /// Told status and headers of the answer before its body goes to the sink. What it throws, send throws.
    std::function<void(const HttpResponse& head)> on_head{};
};

struct HttpResponse {
    static constexpr std::size_t max_error_bytes = 64 * 1024;

    int status = 0;
    Headers headers{};         ///< in their order, white space around values removed; at most 256 KiB in all
    std::string error_body{};  ///< of a status other than 2xx: its first max_error_bytes
};

/// Sends requests. Thread-safe.
class HttpTransport {
public:
    virtual ~HttpTransport() = default;
    /// Sends one request and waits for its answer. The body of a 2xx answer goes to `sink` (null: nowhere) as it
    /// arrives; if an error follows, what arrived is a true part of it. Any status is an answer, not an error, also one
    /// that comes before the body was sent. Redirects are not followed.
    ///
    /// Throws network if retrying may help (no connection, a cut answer, silence), auth if the certificate is not
    /// trusted, config for what can never be sent, interrupted within about a second after a stop was requested, and
    /// what `sink` and `read_body` throw. Messages name host and port, never the query or a header.
    [[nodiscard]] virtual HttpResponse send(const HttpRequest& request, const std::function<void(ByteView)>& sink) = 0;
};

struct HttpOptions {
    std::string ca_file{};             ///< PEM; empty: the certificates that the system trusts
    std::string client_certificate{};  ///< PEM file
    std::string client_key{};          ///< PEM file; empty: the key is in client_certificate
    std::string proxy{};               ///< [scheme://][user:password@]host[:port]; empty: none
    std::string no_proxy{};            ///< hosts to reach directly, separated by commas; "*" for all
    std::string user_agent{};
    std::chrono::seconds connect_timeout{20};  ///< to resolve the name, connect and agree on TLS
    std::chrono::seconds stall_timeout{60};    ///< without a byte in either direction
};

/// A client over libcurl, which is loaded at the first request: a process that sends none does not pay for it. Speaks
/// HTTP/1.1, keeps connections open for later requests, one for each that was under way at once, and takes no proxy
/// from the environment. Certificates are always verified, TLS is 1.2 or newer. Throws bad_proxy; sending throws
/// no_libcurl where libcurl is missing.
[[nodiscard]] std::unique_ptr<HttpTransport> make_http_client(HttpOptions options, const Runtime& runtime);

/// The version of the libcurl that requests go through, "7.88.1"; nothing where there is none. Loads it.
[[nodiscard]] std::optional<std::string> libcurl_version();

}  // namespace mlo::net
