// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace mlo::remote {

struct Traffic;

/// Whether what identifies the user (keys, tokens, the ssh agent) may be shown to the remote.
enum class ShowCredentials : std::uint8_t { no, yes };

/// What the user has set for a server of HTTP, which nobody else may set. Paths are absolute; empty: not set.
struct HttpAccess {
    std::string name;                  ///< of the group of settings, for messages: "http.NAME"
    std::string origin;                ///< "https://host:port" as written: only requests to it see any of this
    std::string ca_file{};             ///< PEM
    std::string client_certificate{};  ///< PEM
    std::string client_key{};          ///< PEM; empty: it is in client_certificate
    std::string token_file{};          ///< holds a bearer token
    std::string token_variable{};      ///< the variable that does
    std::string password_variable{};   ///< the variable that holds the password of the user whom the URL names
    std::string headers_file{};        ///< "Name: value" lines to be sent with each request
};

/// What a scheme may know beside the URL.
struct Surroundings {
    std::string base;  ///< the absolute folder that relative paths start from
    Traffic& traffic;  ///< where requests are counted; must outlive the remote
    ShowCredentials credentials = ShowCredentials::no;
    std::vector<std::string> variables{};  ///< the environment, KEY=VALUE
    std::string home{};                    ///< the user's home folder, absolute; empty if unknown
    std::vector<HttpAccess> http{};
};

}  // namespace mlo::remote
