// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mlo/util/error.hpp>
#include <optional>
#include <string_view>

namespace mlo::net {

/// How a child that was ssh ended.
struct SshEnd {
    std::string_view shown;        ///< the target
    std::string_view host;         ///< as ssh was given it
    std::string_view said;         ///< its error output; others may have written there too, the server for one
    std::string_view command;      ///< GIT_SSH_COMMAND; empty if it was not that
    std::optional<int> exit_code;  ///< nothing: it had to be killed
    bool has_spoken_sftp = false;  ///< the session stood
};

/// The error that this was. It repeats what ssh said as notes, printable.
[[nodiscard]] Error ssh_failure(const SshEnd& end);

}  // namespace mlo::net
