// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>

namespace mlo::config {

/// The settings of the whole machine.
inline constexpr const char* system_file = "/etc/mlo/config.yaml";

/// The file of the user's own settings, absolute: `$XDG_CONFIG_HOME/mlo/config.yaml`, or below `$HOME/.config`; ""
/// where nobody knows. `variables` is the environment as KEY=VALUE; the last of equal names wins.
[[nodiscard]] std::string user_file(std::span<const std::string> variables);

/// Where the user keeps what can be made again: `$XDG_CACHE_HOME/mlo`, or `$HOME/.cache/mlo`; "" where nobody knows.
[[nodiscard]] std::string cache_folder(std::span<const std::string> variables);

}  // namespace mlo::config
