// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mlo/util/error.hpp>

/// The error codes of the command line (A001 ...).
namespace mlo::cli::errors {
#define MLO_ERROR(name, id, kind, cause, cure) inline constexpr ErrorCode name{id, ErrorKind::kind, cause, cure};
#include "errors.def"
#undef MLO_ERROR
}  // namespace mlo::cli::errors
