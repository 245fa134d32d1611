// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mlo/net/ssh.hpp>
#include <string>
#include <string_view>

namespace mlo::remote {

struct Url;

/// A folder of a host that is reached over ssh.
struct SshUrl {
    net::SshTarget target;
    std::string root;   ///< absolute, or relative to where the server starts, the user's home; "." is that itself
    std::string shown;  ///< for messages: ssh://ada@host:22/path, ssh://host/~/path
};

/// Takes ssh://[user@]host[:port]/path and [user@]host:path apart; '/~/' and what is relative in the second form start
/// at the home. `text` is the URL as written. Throws bad_url, and bad_ssh_target (net).
[[nodiscard]] SshUrl parse_ssh_url(const Url& url, std::string_view text);

}  // namespace mlo::remote
