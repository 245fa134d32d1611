// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <mlo/util/runtime.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mlo::net {

class SftpChannel;

/// Where ssh is to connect. ssh reads its own settings of the host, aliases included.
struct SshTarget {
    std::string user{};  ///< empty: as ssh's settings say
    std::string host;
    std::optional<std::uint16_t> port{};

    /// "ada@host:22"; an IPv6 address in brackets if a port follows.
    [[nodiscard]] std::string shown() const;
};

/// False for what ssh, a shell or a ProxyCommand could take for something else than a name: what starts with '-', is
/// empty, or holds white space, control characters or any of '"$&;<>\^`|(){}*?[]#!%.
[[nodiscard]] bool is_plain_ssh_name(std::string_view name) noexcept;

/// Starts the user's ssh (the command GIT_SSH_COMMAND in `variables`, read by a shell as git has it, else `ssh` in
/// PATH) and lets it open the subsystem sftp on the target. Nothing is ever asked: keys come from the agent or need no
/// passphrase, and a host key that the user has not accepted is refused, unless their own settings of ssh say
/// otherwise. What ssh says goes to the log (info). Throws no_ssh, child_failed, and bad_ssh_target for names that are
/// not plain.
///
/// The channel's reason is what ssh said: unknown_host, cannot_connect, connection_lost (network); ssh_refused,
/// unknown_host_key, wrong_host_key (auth); no_sftp, ssh_failed.
[[nodiscard]] std::unique_ptr<SftpChannel> open_ssh(const SshTarget& target, const std::vector<std::string>& variables,
                                                    const Runtime& runtime);

/// What `ssh -V` says, "OpenSSH_9.2p1"; nothing where there is no ssh.
[[nodiscard]] std::optional<std::string> ssh_version(const std::vector<std::string>& variables);

}  // namespace mlo::net
