// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mlo/config/config.hpp>
#include <mlo/util/fs.hpp>

namespace mlo::config {

/// How far the writer of a layer is believed.
enum class Believed : std::uint8_t { yes, committed, unsafe_owner };

/// The settings in the text of a file. `file` is its name in messages. Throws as Config's questions do.
[[nodiscard]] std::vector<Setting> read_settings(std::string_view text, const std::string& file, Layer layer,
                                                 Believed believed, std::span<const Key> table, LogSink& log);

/// A setting from the command line or the environment, checked. `place` says which.
[[nodiscard]] Setting checked_setting(std::span<const Key> table, std::string_view name, std::string_view value,
                                      Layer layer, std::string place);

/// The error for a name that is no key, with a guess.
[[nodiscard]] Error unknown_key(std::span<const Key> table, std::string_view name);

/// Throws bad_value, naming what `key` takes.
[[noreturn]] void refuse_value(const Key& key, std::string_view name, std::string_view value, const std::string& place);

}  // namespace mlo::config
