// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <curl/curl.h>

#include <mlo/net/http.hpp>
#include <mlo/util/error.hpp>
#include <string>
#include <string_view>

namespace mlo::net {

/// What is known of a request that libcurl gave up.
struct FailedRequest {
    CURLcode code;
    std::string_view reason;       ///< libcurl's words
    int system_error = 0;          ///< of connecting
    long proxy_status = 0;         ///< what a proxy answered that was asked for a tunnel
    std::string_view endpoint;     ///< host:port
    std::string_view proxy_shown;  ///< without user and password; empty without a proxy
};

/// The error to throw for it: network where trying again may help, auth for a certificate that is not trusted.
[[nodiscard]] Error failure_of(const FailedRequest& failed, const HttpOptions& options);

/// What messages show of a proxy: scheme, host and port. Throws bad_proxy; the message shows no password.
[[nodiscard]] std::string check_proxy(std::string_view proxy);

}  // namespace mlo::net
