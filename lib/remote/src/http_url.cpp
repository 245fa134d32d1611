// SPDX-License-Identifier: Apache-2.0
#include "http_url.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <mlo/remote/errors.hpp>
#include <mlo/remote/url.hpp>
#include <mlo/util/text.hpp>
#include <vector>

namespace mlo::remote {
namespace {

constexpr std::size_t longest_path_bytes = 1024;

/// RFC 7617: a colon would end the user's name, and control characters are for nobody.
bool is_user(std::string_view user) noexcept {
    return !user.empty() && std::all_of(user.begin(), user.end(), [](char c) {
        return static_cast<unsigned char>(c) >= 0x20 && c != '\x7f' && c != ':';
    });
}

std::string encoded_path(std::string_view path, std::string_view shown) {
    std::string encoded = "/";
    for (const auto& each : split(path, '/')) {
        if (each.empty()) continue;
        const auto component = percent_decode(each, shown);
        if (component == "." || component == "..")
            throw Error{errors::bad_url,
                        fmt::format("the URL {} holds the component {}", quoted(shown), quoted(component))};
        encoded += net::percent_encode(component) + "/";
    }
    return encoded;
}

}  // namespace

std::string HttpPlace::shown() const { return origin() + path.substr(0, path.size() - 1); }

HttpPlace parse_http_place(const Url& url, std::string_view text) {
    const auto shown = without_secrets(text);
    const auto bad = [&](std::string_view why) {
        return Error{errors::bad_url, fmt::format("the URL {} {}", quoted(shown), why)};
    };
    if (url.path.find('?') != url.path.npos) throw bad("holds a query, and keys are appended to it");
    if (url.path.find('#') != url.path.npos) throw bad("holds a '#'").hint("'%23' in a path");
    const auto at = url.authority.rfind('@');
    const auto host = std::string_view{url.authority}.substr(at == url.authority.npos ? 0 : at + 1);
    HttpPlace place;
    try {
        place.server = net::split_url(fmt::format("{}://{}", url.scheme, host));
    } catch (const Error& error) {
        if (error.kind() != ErrorKind::config) throw;
        throw bad("has no host name or address in ASCII, or a port that is none");
    }
    place.path = encoded_path(url.path, shown);
    if (place.path.size() > longest_path_bytes)
        throw bad(fmt::format("has a path of over {} bytes", longest_path_bytes));
    if (at == url.authority.npos) return place;
    place.user = percent_decode(std::string_view{url.authority}.substr(0, at), shown);
    if (!is_user(place.user)) throw bad("names a user that no header can hold");
    return place;
}

}  // namespace mlo::remote
