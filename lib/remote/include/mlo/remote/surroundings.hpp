// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace mlo::remote {

struct Traffic;

/// Whether what identifies the user (keys, tokens, the ssh agent) may be shown to the remote.
enum class ShowCredentials : std::uint8_t { no, yes };

/// What a scheme may know beside the URL.
struct Surroundings {
    std::string base;  ///< the absolute folder that relative paths start from
    Traffic& traffic;  ///< where requests are counted; must outlive the remote
    ShowCredentials credentials = ShowCredentials::no;
    std::vector<std::string> variables{};  ///< the environment, KEY=VALUE
    std::string home{};                    ///< the user's home folder, absolute; empty if unknown
};

}  // namespace mlo::remote
