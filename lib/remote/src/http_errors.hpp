// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mlo/net/http.hpp>
#include <mlo/remote/surroundings.hpp>
#include <mlo/util/error.hpp>
#include <mlo/util/runtime.hpp>
#include <string>
#include <string_view>

namespace mlo::remote {

/// The answer to a request, after redirects.
struct HttpAnswer {
    int status = 0;
    net::Headers headers{};
    std::string error_body{};
    bool is_folder = false;  ///< the server led to the same path with a slash at its end

    [[nodiscard]] bool is_ok() const noexcept { return status >= 200 && status < 300; }
    /// Nothing is there: not found, gone, or a folder where a value was asked for.
    [[nodiscard]] bool is_absent() const noexcept { return status == 404 || status == 410 || is_folder; }
};

/// Whether a request was to change something.
enum class Intent : std::uint8_t { read, write };

/// What is known of a request that failed.
struct HttpFailure {
    std::string_view place;  ///< the remote, as messages show it
    std::string_view doing;  ///< "read 'format'"
    Intent intent = Intent::read;
    std::string credentials{};  ///< whose they were; empty: none were shown
    ShowCredentials may_show = ShowCredentials::yes;
    Timestamp now{};  ///< by the clock of this machine
};

/// The answer as an Error: of kind network where asking again may help, else by what the status says (RFC 9110 section
/// 15, RFC 4918 section 11).
[[nodiscard]] Error to_error(const HttpAnswer& answer, const HttpFailure& failure);

}  // namespace mlo::remote
