// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mlo/util/error.hpp>

namespace mlo {

inline constexpr int exit_ok = 0;
inline constexpr int exit_failed = 1;
inline constexpr int exit_usage = 2;      ///< the command line, a config or a YAML file is wrong
inline constexpr int exit_negative = 3;   ///< the check ran and its verdict is negative
inline constexpr int exit_undecided = 4;  ///< not enough data to decide
inline constexpr int exit_internal = 70;
inline constexpr int exit_signal_base = 128;  ///< + n: ended by signal n

/// The exit code of a command that failed with an error of this kind.
[[nodiscard]] constexpr int exit_code_of(ErrorKind kind) noexcept {
    switch (kind) {
        case ErrorKind::usage:
        case ErrorKind::config:
            return exit_usage;
        case ErrorKind::internal:
            return exit_internal;
        default:
            return exit_failed;
    }
}

/// The kind's name as JSON output and `mlo explain` spell it: "not_found".
[[nodiscard]] std::string_view to_string(ErrorKind kind) noexcept;

}  // namespace mlo
