// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mlo/util/error.hpp>

/// The error codes of toml (M001 ...).
namespace mlo::toml::errors {
#define MLO_ERROR(name, id, kind, cause, cure) inline constexpr ErrorCode name{id, ErrorKind::kind, cause, cure};
#include <mlo/toml/errors.def>
#undef MLO_ERROR
}  // namespace mlo::toml::errors
