// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <mlo/net/http.hpp>
#include <mlo/util/runtime.hpp>
#include <optional>
#include <string_view>

/// What the fields of a head say (RFC 9110). Each is nothing where it is absent or not well formed.
namespace mlo::net {

/// "Sat, 21 Nov 2026 21:57:38 GMT", the one form of dates that is still written (section 5.6.7), from 1970 to 2261.
[[nodiscard]] std::optional<Timestamp> parse_http_date(std::string_view text);

/// Content-Length.
[[nodiscard]] std::optional<std::uint64_t> content_length(const Headers& headers);

/// How long to wait before asking again: Retry-After, in seconds or as a date, which is compared with `now`.
[[nodiscard]] std::optional<std::chrono::seconds> retry_after(const Headers& headers, Timestamp now);

/// Which bytes of a value came: Content-Range, "bytes 100-199/1000".
struct ContentRange {
    std::uint64_t first = 0;
    std::uint64_t last = 0;              ///< at least `first`
    std::optional<std::uint64_t> whole;  ///< the size of the value; nothing for '*'
};
[[nodiscard]] std::optional<ContentRange> content_range(const Headers& headers);

}  // namespace mlo::net
