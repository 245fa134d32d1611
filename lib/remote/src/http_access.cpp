// SPDX-License-Identifier: Apache-2.0
#include "http_access.hpp"

#include <fmt/format.h>

#include <mlo/net/uri.hpp>
#include <mlo/remote/errors.hpp>
#include <mlo/util/text.hpp>

namespace mlo::remote {
namespace {

std::string origin_of(const HttpAccess& group) {
    try {
        const auto url = net::split_url(group.origin);
        if (url.path == "/" && !url.query) return url.origin();
    } catch (const Error& error) {
        if (error.kind() != ErrorKind::config) throw;
    }
    throw Error{errors::bad_access, group.origin.empty()
                                        ? fmt::format("'{}' does not say for which server it is", group.name)
                                        : fmt::format("'{}.origin' is no scheme and host", group.name)}
        .hint(fmt::format("mlo config --local {}.origin https://HOST:PORT", group.name));
}

}  // namespace

HttpAccess access_for(std::span<const HttpAccess> groups, std::string_view origin) {
    HttpAccess found;
    for (const auto& each : groups) {
        if (origin_of(each) != origin) continue;
        if (!found.name.empty())
            throw Error{errors::bad_access,
                        fmt::format("'{}' and '{}' are for the same server {}", found.name, each.name, quoted(origin))};
        found = each;
    }
    return found;
}

}  // namespace mlo::remote
