// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mlo/util/runtime.hpp>
#include <optional>
#include <string_view>

namespace mlo::net {

/// The times of AWS answers and caches: RFC 3339, "2026-11-21T12:00:00Z" with or without fraction or offset, and the
/// older "2026-11-21T12:00:00UTC". Nothing for anything else.
[[nodiscard]] std::optional<Timestamp> parse_aws_time(std::string_view text);

}  // namespace mlo::net
