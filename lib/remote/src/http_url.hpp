// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mlo/net/uri.hpp>
#include <string>
#include <string_view>

namespace mlo::remote {

struct Url;

/// What an http: or https: URL says: http(s)://[user@]host[:port]/path.
struct HttpPlace {
    net::HttpUrl server;  ///< its path is "/"
    std::string path;     ///< percent-encoded, with a slash at both ends
    std::string user;     ///< decoded; empty if none is named

    [[nodiscard]] std::string origin() const { return server.origin(); }
    /// "https://host/path", without the user.
    [[nodiscard]] std::string shown() const;
};

/// Throws bad_url, never with more in its message than without_secrets(text).
[[nodiscard]] HttpPlace parse_http_place(const Url& url, std::string_view text);

}  // namespace mlo::remote
