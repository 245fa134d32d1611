// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mlo/util/error.hpp>

/// The error codes of dvc (V001 ...).
namespace mlo::dvc::errors {
#define MLO_ERROR(name, id, kind, cause, cure) inline constexpr ErrorCode name{id, ErrorKind::kind, cause, cure};
#include <mlo/dvc/errors.def>
#undef MLO_ERROR
}  // namespace mlo::dvc::errors
