// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

namespace mlo::track {

/// What a run may hold. Beyond it is an error; nothing is ever cut. Sizes are in bytes.
inline constexpr std::uint64_t max_key_bytes = 250;
inline constexpr std::uint64_t max_param_bytes = 6000;
inline constexpr std::uint64_t max_tag_bytes = 8000;
inline constexpr std::uint64_t max_note_bytes = 65'536;
inline constexpr std::uint64_t max_experiment_name_bytes = 500;
/// Metrics, parameters and tags of one run, each.
inline constexpr std::uint64_t max_keys = 10'000;
/// Inputs and outputs of one run, each: an event names all of them. A folder is one.
inline constexpr std::uint64_t max_objects = 4000;

/// Why `key` cannot name a metric, parameter or tag; nothing if it can.
[[nodiscard]] std::string_view key_problem(std::string_view key);
/// Throws name_invalid; `what` is "metric", "parameter" or "tag".
void check_key(std::string_view key, std::string_view what);
/// Throws name_invalid for what cannot be the name of a run: any line of text up to 250 bytes.
void check_run_name(std::string_view name);
/// Throws name_invalid for what cannot be the name of an experiment: any line of text up to 500 bytes.
void check_experiment_name(std::string_view name);
/// Throws value_invalid for a text of over `limit_bytes` or that is not UTF-8.
void check_text(std::string_view text, std::uint64_t limit_bytes, std::string_view what, std::string_view key);

/// 32 lower-case hexadecimal digits: a run, or the session of one.
[[nodiscard]] bool is_run_id(std::string_view text) noexcept;

}  // namespace mlo::track
