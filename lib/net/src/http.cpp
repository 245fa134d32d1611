// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <mlo/net/http.hpp>

#include "ascii.hpp"

namespace mlo::net {

std::optional<std::string_view> find_header(const Headers& headers, std::string_view name) {
    const auto found = std::find_if(headers.begin(), headers.end(),
                                    [&](const Header& header) { return equals_ignoring_case(header.name, name); });
    if (found == headers.end()) return std::nullopt;
    return found->value;
}

}  // namespace mlo::net
