// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mlo/util/error.hpp>

/// The error codes of profile (F001 ...).
namespace mlo::profile::errors {
#define MLO_ERROR(name, id, kind, cause, cure) inline constexpr ErrorCode name{id, ErrorKind::kind, cause, cure};
#include <mlo/profile/errors.def>
#undef MLO_ERROR
}  // namespace mlo::profile::errors
