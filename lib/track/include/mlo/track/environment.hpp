// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mlo::track {

/// What stands for a secret.
inline constexpr std::string_view masked = "***";

/// Of `variables` (KEY=VALUE) those that tell how a job was set up, by a fixed list of names: interpreters, threads,
/// GPUs, schedulers, seeds, languages. Where the name or the value smells of a secret, the value is masked; of one over
/// 4 KiB the start is kept. At most 500. `rules` come first, in order: a name to keep, or with a '!' in front to leave
/// out; '*' at the start or the end stands for anything.
[[nodiscard]] std::map<std::string, std::string> recorded_environment(std::span<const std::string> variables,
                                                                      std::span<const std::string> rules = {});

/// The command line, with what smells of a secret masked: "--token=x", "--password x", "https://user:x@host", "sk-...".
[[nodiscard]] std::vector<std::string> recorded_command(std::span<const std::string> command);

/// True for names such as "API_KEY", "--db-password", "GITHUB_TOKEN".
[[nodiscard]] bool names_a_secret(std::string_view name);
/// `value` with what can be recognised as a secret in it masked: passwords in URLs, tokens of known makes.
[[nodiscard]] std::string without_secret(std::string_view value);

}  // namespace mlo::track
