// SPDX-License-Identifier: Apache-2.0
#include "failure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <mlo/net/errors.hpp>
#include <mlo/net/uri.hpp>
#include <mlo/util/text.hpp>
#include <system_error>

#include "ascii.hpp"

namespace mlo::net {
namespace {

Error connect_failure(const FailedRequest& failed, std::string_view why) {
    return Error{errors::cannot_connect, fmt::format("cannot connect to {}: {}", quoted(failed.endpoint), why)};
}

Error unusable_file(std::string_view what, const std::string& path) {
    return Error{errors::tls_files, fmt::format("cannot use the {} {}", what, quoted(path))};
}

/// libcurl's reason as a note: it names hosts and files, never a URL's query or a header.
Error because(Error error, const FailedRequest& failed) {
    std::string reason{failed.reason};
    std::replace(reason.begin(), reason.end(), '\'', '"');
    if (!reason.empty()) error.note(printable(reason));
    return error;
}

Error refused_by_proxy(const FailedRequest& failed) {
    constexpr long first_server_error = 500;
    const auto& code = failed.proxy_status >= first_server_error ? errors::cannot_connect : errors::proxy_refused;
    return Error{code, fmt::format("the proxy {} does not connect to {}: it answers {}", quoted(failed.proxy_shown),
                                   quoted(failed.endpoint), failed.proxy_status)};
}

Error lost(const FailedRequest& failed) {
    const auto endpoint = quoted(failed.endpoint);
    switch (failed.code) {
        case CURLE_GOT_NOTHING:
            return Error{errors::connection_lost, fmt::format("{} closed the connection without an answer", endpoint)};
        case CURLE_PARTIAL_FILE:
            return Error{errors::connection_lost, fmt::format("the answer of {} ends early", endpoint)};
        case CURLE_SEND_ERROR:
        case CURLE_SEND_FAIL_REWIND:
            return because(Error{errors::connection_lost, fmt::format("{} stopped taking the request", endpoint)},
                           failed);
        default:
            return because(Error{errors::connection_lost, fmt::format("the connection to {} was lost", endpoint)},
                           failed);
    }
}

Error without_proxy_note(const FailedRequest& failed, const HttpOptions& options) {
    const auto endpoint = quoted(failed.endpoint);
    switch (failed.code) {
        case CURLE_COULDNT_RESOLVE_HOST:
            return Error{errors::unknown_host, fmt::format("cannot find the address of {}", endpoint)};
        case CURLE_COULDNT_RESOLVE_PROXY:
            return Error{errors::unknown_host,
                         fmt::format("cannot find the address of the proxy {}", quoted(failed.proxy_shown))};
        case CURLE_COULDNT_CONNECT:
            return connect_failure(failed, failed.system_error == 0
                                               ? printable(failed.reason)
                                               : std::generic_category().message(failed.system_error));
        case CURLE_OPERATION_TIMEDOUT:
            return connect_failure(failed, fmt::format("no connection within {} s", options.connect_timeout.count()));
        case CURLE_PROXY:
            return because(connect_failure(failed, "the proxy failed"), failed);
        case CURLE_PEER_FAILED_VERIFICATION:
            return because(Error{errors::untrusted_certificate,
                                 fmt::format("the certificate of {} cannot be trusted", endpoint)},
                           failed)
                .hint(
                    "if an authority of your own signed it, set http.NAME.origin and http.NAME.ca-file: mlo help http");
        case CURLE_SSL_CACERT_BADFILE:
            return unusable_file("file of trusted certificates", options.ca_file);
        case CURLE_SSL_CERTPROBLEM:
            return unusable_file("client certificate", options.client_certificate);
        case CURLE_SSL_CONNECT_ERROR:
        case CURLE_SSL_CIPHER:
            return because(Error{errors::tls_failed, fmt::format("cannot agree with {} on TLS", endpoint)}, failed);
        case CURLE_WEIRD_SERVER_REPLY:
        case CURLE_UNSUPPORTED_PROTOCOL:
            return Error{errors::bad_answer, fmt::format("what {} answers is not HTTP/1.1", endpoint)};
        default:
            return lost(failed);
    }
}

}  // namespace

Error failure_of(const FailedRequest& failed, const HttpOptions& options) {
    constexpr long first_refusal = 300;
    if (failed.proxy_status >= first_refusal) return refused_by_proxy(failed);
    auto error = without_proxy_note(failed, options);
    if (!failed.proxy_shown.empty()) error.note(fmt::format("by way of the proxy {}", quoted(failed.proxy_shown)));
    return error;
}

std::string check_proxy(std::string_view proxy) {
    constexpr std::array<std::string_view, 6> schemes{"http", "https", "socks4", "socks4a", "socks5", "socks5h"};
    const auto colon = proxy.find("://");
    const auto scheme = colon == proxy.npos ? "http" : lower(proxy.substr(0, colon));
    auto place = colon == proxy.npos ? proxy : proxy.substr(colon + 3);
    if (const auto at = place.rfind('@'); at != place.npos) place.remove_prefix(at + 1);
    auto shown = fmt::format("{}://{}", scheme, place);
    try {
        const auto url = split_url("http://" + std::string{place});
        const bool is_known = std::find(schemes.begin(), schemes.end(), scheme) != schemes.end();
        if (is_known && url.path == "/" && !url.query) return shown;
    } catch (const Error&) {
        // Its message would be about URLs.
    }
    throw Error{errors::bad_proxy, fmt::format("{} is no proxy", quoted(shown))}.hint(
        "http://host:port, or socks5h://host:port");
}

}  // namespace mlo::net
