// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mlo/remote/surroundings.hpp>
#include <span>
#include <string_view>

namespace mlo::remote {

/// What the user has set for the server at `origin` (HttpUrl::origin); nothing set if there is no such group. Throws
/// bad_access for a group whose origin is none, and for two groups with the same.
[[nodiscard]] HttpAccess access_for(std::span<const HttpAccess> groups, std::string_view origin);

}  // namespace mlo::remote
