// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mlo/net/git_credentials.hpp>
#include <mlo/net/http.hpp>
#include <mlo/remote/surroundings.hpp>
#include <mlo/util/error.hpp>
#include <mlo/util/runtime.hpp>
#include <mlo/util/secret.hpp>
#include <mutex>
#include <optional>
#include <string>

#include "http_url.hpp"

namespace mlo::remote {

/// What requests to one server identify the user with: a token or password that the user has set for its scheme, host
/// and port; otherwise, once the server asked for one, what git's credential helpers know. Thread-safe.
class HttpCredentials {
public:
    /// Reads nothing yet. `access` is what the user has set for this server.
    HttpCredentials(const HttpPlace& place, HttpAccess access, const Surroundings& surroundings,
                    const Runtime& runtime);

    /// The headers to add to a request, secrets among them: to be wiped. `used` becomes which login they hold. Throws
    /// bad_access, unsafe_secret_file.
    void add_to(net::Headers& headers, std::uint32_t& used);
    /// After 401: true if there is another login to try. `used` is what add_to said.
    [[nodiscard]] bool replace(const net::Headers& answer, std::uint32_t used);
    /// After an answer that let the request in.
    void accepted(std::uint32_t used);
    /// Whose login is shown, for messages: "the token in '/path'"; empty if none is.
    [[nodiscard]] std::string whose();
    [[nodiscard]] ShowCredentials may_show() const noexcept { return may_show_; }

private:
    void load();
    void load_password();
    void load_token();
    void load_headers();
    [[nodiscard]] std::string read_secret_file(const std::string& path) const;
    [[nodiscard]] Secret variable(const std::string& name) const;
    void set_basic(std::string_view user, std::string_view password);
    [[nodiscard]] Error wrong(std::string_view setting, std::string_view why) const;

    HttpAccess access_;
    net::CredentialScope scope_;
    ShowCredentials may_show_;
    std::vector<std::string> variables_;
    Runtime runtime_;
    net::GitCredentials git_;
    std::mutex mutex_;  // guards all below
    bool is_loaded_ = false;
    Secret authorization_;
    std::vector<std::pair<std::string, Secret>> headers_;
    std::string whose_;
    std::optional<net::Login> login_;  ///< of git's helpers
    bool is_approved_ = false;         ///< and they know that it was accepted
    std::uint32_t version_ = 0;        ///< of authorization_
    int asked_ = 0;
};

/// Overwrites the values of headers at its end.
class WipeAtEnd {
public:
    explicit WipeAtEnd(net::Headers& headers) : headers_{headers} {}
    ~WipeAtEnd();
    WipeAtEnd(const WipeAtEnd&) = delete;
    WipeAtEnd& operator=(const WipeAtEnd&) = delete;

private:
    net::Headers& headers_;
};

}  // namespace mlo::remote
