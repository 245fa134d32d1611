// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mlo::net {

enum class Slash : std::uint8_t { encode, keep };

/// `bytes` with all but RFC 3986's unreserved characters (letters, digits, '-', '.', '_', '~') as %XX, in capitals.
[[nodiscard]] std::string percent_encode(std::string_view bytes, Slash slash = Slash::encode);
/// `text` with each %XX replaced by its byte; a '%' that is not followed by two hex digits stands for itself.
[[nodiscard]] std::string percent_decode(std::string_view text);

/// An absolute http or https URL, taken apart. Nothing is decoded.
struct HttpUrl {
    std::string scheme;                  ///< "http" or "https"
    std::string host;                    ///< as written; an IPv6 address in its brackets
    std::uint16_t port = 0;              ///< the scheme's own where none is written
    std::string path;                    ///< starts with '/'
    std::optional<std::string> query{};  ///< what follows '?', which may be nothing

    /// "host:port", for messages.
    [[nodiscard]] std::string endpoint() const;
    /// What the Host header says: the port only where it is not the scheme's own.
    [[nodiscard]] std::string host_header() const;
    /// What credentials are bound to: "https://host", and ":port" where it is not the scheme's own; in lower case.
    [[nodiscard]] std::string origin() const;
};

/// Takes `url` apart. Throws bad_url for all but http:// and https://, for user information, a fragment, a port out of
/// range, and bytes that a URL cannot hold unescaped. The message shows scheme and host alone.
[[nodiscard]] HttpUrl split_url(std::string_view url);

/// Where `reference`, the Location of an answer to a request to `base`, leads (RFC 3986 section 5.2): an absolute URL
/// without a fragment. Throws bad_url as split_url does.
[[nodiscard]] std::string resolve_url(const HttpUrl& base, std::string_view reference);

}  // namespace mlo::net
