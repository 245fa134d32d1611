// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mlo/util/error.hpp>

/// The error codes of stats (Q001 ...).
namespace mlo::stats::errors {
#define MLO_ERROR(name, id, kind, cause, cure) inline constexpr ErrorCode name{id, ErrorKind::kind, cause, cure};
#include <mlo/stats/errors.def>
#undef MLO_ERROR
}  // namespace mlo::stats::errors
