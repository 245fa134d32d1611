// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mlo/util/fs.hpp>
#include <optional>
#include <string>

namespace mlo::track {

/// Up to `limit_bytes` of the regular file `name` in `dir`; nothing if it cannot be read.
[[nodiscard]] std::optional<std::string> read_start(Dir& dir, std::string_view name, std::size_t limit_bytes);
/// The same by an absolute path, whose folders may be symbolic links.
[[nodiscard]] std::optional<std::string> read_start(Fs& fs, const std::string& path, std::size_t limit_bytes);
/// The folder at that absolute path, if it can be opened.
[[nodiscard]] std::unique_ptr<Dir> try_open(Fs& fs, const std::string& path);

}  // namespace mlo::track
