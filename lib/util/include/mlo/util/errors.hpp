// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mlo/util/error.hpp>

/// The error codes of util (U001 ...).
namespace mlo::errors {
#define MLO_ERROR(name, id, kind, cause, cure) inline constexpr ErrorCode name{id, ErrorKind::kind, cause, cure};
#include <mlo/util/errors.def>
#undef MLO_ERROR
}  // namespace mlo::errors

namespace mlo {

/// Throws the Error that fits the system's error number: `cannot <operation> '<path>': <reason>`.
/// ENOENT, EACCES/EPERM/EROFS, ENOSPC/EDQUOT, EEXIST and ELOOP/EXDEV have codes of their own; the rest is system_call.
[[noreturn]] void throw_system_error(int error_number, std::string_view operation, std::string_view path);

}  // namespace mlo
