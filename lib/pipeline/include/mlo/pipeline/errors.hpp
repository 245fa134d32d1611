// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mlo/util/error.hpp>

/// The error codes of pipeline (P001 ...).
namespace mlo::pipeline::errors {
#define MLO_ERROR(name, id, kind, cause, cure) inline constexpr ErrorCode name{id, ErrorKind::kind, cause, cure};
#include <mlo/pipeline/errors.def>
#undef MLO_ERROR
}  // namespace mlo::pipeline::errors
