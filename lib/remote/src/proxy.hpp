// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mlo::remote {

/// The proxy that the environment names for requests of that scheme, as curl reads it: http_proxy (in lower case
/// alone), https_proxy or HTTPS_PROXY, else all_proxy or ALL_PROXY. Empty if there is none.
[[nodiscard]] std::string proxy_for(std::string_view scheme, const std::vector<std::string>& variables);
/// no_proxy or NO_PROXY: the hosts to reach without it.
[[nodiscard]] std::string unproxied_hosts(const std::vector<std::string>& variables);

}  // namespace mlo::remote
