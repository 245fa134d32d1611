// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <mlo/net/errors.hpp>
#include <mlo/net/uri.hpp>
#include <mlo/util/text.hpp>
#include <vector>

#include "ascii.hpp"

namespace mlo::net {
namespace {

constexpr std::uint16_t http_port = 80;
constexpr std::uint16_t https_port = 443;

bool is_unreserved(char c) noexcept {
    return is_alphanumeric(c) || std::string_view{"-._~"}.find(c) != std::string_view::npos;
}

/// RFC 3986 section 3.3 and 3.4, and what everybody sends besides: all printable ASCII but what ends a path or a URL.
bool is_path_or_query(char c) noexcept {
    return c > ' ' && c < '\x7f' && std::string_view{"\"<>\\^`{|}#"}.find(c) == std::string_view::npos;
}

bool is_host(std::string_view host) noexcept {
    if (host.starts_with('[') && host.ends_with(']') && host.size() > 2) {
        host = host.substr(1, host.size() - 2);
        return std::all_of(host.begin(), host.end(), [](char c) { return hex_value(c) || c == ':' || c == '.'; });
    }
    return !host.empty() && std::all_of(host.begin(), host.end(), is_unreserved);
}

/// `shown` is as much of a URL as a message may show.
[[noreturn]] void fail(std::string_view shown, std::string_view why) {
    throw Error{errors::bad_url, fmt::format("the URL {} {}", quoted(shown), why)};
}

std::uint16_t parse_port(std::string_view text, std::string_view shown) {
    std::uint16_t port = 0;
    const auto result = std::from_chars(text.data(), text.data() + text.size(), port);
    if (result.ec != std::errc{} || result.ptr != text.data() + text.size() || port == 0)
        fail(shown, "has a port that is not a number from 1 to 65535");
    return port;
}

/// RFC 3986 section 5.2.4.
std::string without_dots(std::string_view path) {
    std::vector<std::string> kept;
    const auto components = split(path.substr(1), '/');
    for (std::size_t i = 0; i < components.size(); ++i) {
        const auto& each = components[i];
        const bool is_dots = each == "." || each == "..";
        if (each == ".." && !kept.empty()) kept.pop_back();
        if (!is_dots) kept.push_back(each);
        if (is_dots && i + 1 == components.size()) kept.emplace_back();
    }
    return fmt::format("/{}", fmt::join(kept, "/"));
}

}  // namespace

std::string percent_encode(std::string_view bytes, Slash slash) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string text;
    text.reserve(bytes.size());
    for (const char c : bytes) {
        if (is_unreserved(c) || (c == '/' && slash == Slash::keep)) {
            text += c;
        } else {
            const auto byte = static_cast<unsigned char>(c);
            text += {'%', digits[byte >> 4U], digits[byte & 15U]};
        }
    }
    return text;
}

std::string percent_decode(std::string_view text) {
    std::string bytes;
    bytes.reserve(text.size());
    for (std::size_t at = 0; at < text.size(); ++at) {
        const auto high = text[at] == '%' && text.size() - at > 2 ? hex_value(text[at + 1]) : std::nullopt;
        const auto low = high ? hex_value(text[at + 2]) : std::nullopt;
        if (low) {
            bytes += static_cast<char>(*high * 16 + *low);
            at += 2;
        } else {
            bytes += text[at];
        }
    }
    return bytes;
}

std::string HttpUrl::endpoint() const { return fmt::format("{}:{}", host, port); }

std::string HttpUrl::host_header() const {
    return port == (scheme == "https" ? https_port : http_port) ? host : endpoint();
}

std::string HttpUrl::origin() const { return fmt::format("{}://{}", scheme, lower(host_header())); }

HttpUrl split_url(std::string_view url) {
    const auto colon = url.find("://");
    HttpUrl parts{.scheme = lower(url.substr(0, colon == url.npos ? 0 : colon)), .host = "", .path = "/"};
    if (parts.scheme != "http" && parts.scheme != "https")
        throw Error{errors::bad_url, "a URL starts with neither 'http://' nor 'https://'"};
    auto rest = url.substr(colon + 3);
    auto authority = rest.substr(0, rest.find_first_of("/?#"));
    rest.remove_prefix(authority.size());
    // A password may hold a slash, against the standard: nothing that stands before an '@' is shown.
    if (const auto at = authority.rfind('@'); at != authority.npos)
        fail(fmt::format("{}://{}", parts.scheme, authority.substr(at + 1)), "holds a user name or password");
    const auto shown = fmt::format("{}://{}", parts.scheme, rest.find('@') == rest.npos ? authority : "...");
    const auto port = authority.rfind(':');
    const bool has_port = port != authority.npos && authority.find(']', port) == authority.npos;
    parts.port = parts.scheme == "https" ? https_port : http_port;
    if (has_port) parts.port = parse_port(authority.substr(port + 1), shown);
    parts.host = authority.substr(0, has_port ? port : authority.npos);
    if (!is_host(parts.host)) fail(shown, "has no host name or address in ASCII");
    if (!std::all_of(rest.begin(), rest.end(), is_path_or_query))
        fail(shown, rest.find('#') == rest.npos ? "has a path or query with bytes that have to be written as %XX"
                                                : "has a fragment ('#...')");
    const auto question = rest.find('?');
    if (question != rest.npos) parts.query = rest.substr(question + 1);
    if (const auto path = rest.substr(0, question); !path.empty()) parts.path = path;
    return parts;
}

std::string resolve_url(const HttpUrl& base, std::string_view reference) {
    reference = reference.substr(0, reference.find('#'));
    const auto colon = reference.find(':');
    if (colon != reference.npos && reference.substr(0, colon).find_first_of("/?") == reference.npos) {
        static_cast<void>(split_url(reference));
        return std::string{reference};
    }
    std::string target = base.scheme + "://";
    if (reference.starts_with("//")) {
        target += reference.substr(2);
    } else {
        target += base.host_header();
        if (reference.empty() || reference.starts_with('?')) {
            target += base.path;
        } else {
            const auto question = reference.find('?');
            std::string path{reference.substr(0, question)};
            if (!path.starts_with('/')) path = base.path.substr(0, base.path.rfind('/') + 1) + path;
            target += without_dots(path);
            reference.remove_prefix(std::min(question, reference.size()));
        }
        target += reference;
    }
    static_cast<void>(split_url(target));
    return target;
}

}  // namespace mlo::net
