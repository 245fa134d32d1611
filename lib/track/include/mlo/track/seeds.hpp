// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <vector>

namespace mlo::track {

struct Seed {
    std::string name;   ///< as it was spelled: "--seed", "random_state", "PYTHONHASHSEED"
    std::string value;  ///< as it was given, up to 100 bytes

    friend bool operator==(const Seed&, const Seed&) = default;
};

/// The seeds that can be seen from outside: those of `environment` (KEY=VALUE), then those of the command line, each
/// name once (the last value counts, as it does for most programs), at most 32.
[[nodiscard]] std::vector<Seed> find_seeds(std::span<const std::string> command,
                                           std::span<const std::string> environment);

}  // namespace mlo::track
