// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mlo/util/error.hpp>

/// The error codes of drift (K001 ...).
namespace mlo::drift::errors {
#define MLO_ERROR(name, id, kind, cause, cure) inline constexpr ErrorCode name{id, ErrorKind::kind, cause, cure};
#include <mlo/drift/errors.def>
#undef MLO_ERROR
}  // namespace mlo::drift::errors
