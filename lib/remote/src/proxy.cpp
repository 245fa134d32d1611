// SPDX-License-Identifier: Apache-2.0
#include "proxy.hpp"

#include <initializer_list>

namespace mlo::remote {
namespace {

/// The value of the first of these that is set to something.
std::string first_of(std::initializer_list<std::string_view> names, const std::vector<std::string>& variables) {
    for (const auto name : names) {
        for (const auto& each : variables) {
            const std::string_view variable{each};
            if (variable.size() > name.size() + 1 && variable.starts_with(name) && variable[name.size()] == '=')
                return std::string{variable.substr(name.size() + 1)};
        }
    }
    return {};
}

}  // namespace

std::string proxy_for(std::string_view scheme, const std::vector<std::string>& variables) {
    // HTTP_PROXY is what a request's header "Proxy" becomes in CGI programs: nobody reads it.
    if (scheme == "http") return first_of({"http_proxy", "all_proxy", "ALL_PROXY"}, variables);
    return first_of({"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"}, variables);
}

std::string unproxied_hosts(const std::vector<std::string>& variables) {
    return first_of({"no_proxy", "NO_PROXY"}, variables);
}

}  // namespace mlo::remote
