// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mlo/util/error.hpp>

/// The error codes of table (B001 ...).
namespace mlo::table::errors {
#define MLO_ERROR(name, id, kind, cause, cure) inline constexpr ErrorCode name{id, ErrorKind::kind, cause, cure};
#include <mlo/table/errors.def>
#undef MLO_ERROR
}  // namespace mlo::table::errors
