// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mlo/util/secret.hpp>
#include <string>

namespace mlo::net {

/// What requests to AWS and its like are signed with.
struct Credentials {
    std::string access_key_id;  ///< a name, no secret: it stands in every request
    Secret secret_access_key;
    Secret session_token{};  ///< empty for keys that last
};

}  // namespace mlo::net
