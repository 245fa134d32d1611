// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mlo/util/document.hpp>

namespace mlo::toml {

/// Reads a text of TOML 1.0; `file` is its name in places and messages. The root is a mapping; members stand in the
/// order in which their names are first met.
///
/// Dates and times are strings, spelled as Python prints them, since that is what DVC's lock files say: `2020-01-31`,
/// `10:20:30.500000`, `2020-01-31 10:20:30+02:00`; of a second's fraction, six digits count. Throws kind config.
[[nodiscard]] Document parse(std::string_view text, std::string_view file, const DocumentLimits& limits = {});

/// The version of toml++ that mlo was built with: "3.3.0".
[[nodiscard]] std::string library_version();

}  // namespace mlo::toml
