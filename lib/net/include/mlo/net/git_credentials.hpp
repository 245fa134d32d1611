// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mlo/util/secret.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mlo::net {

/// What a password is for, as gitcredentials(7) has it.
struct CredentialScope {
    std::string protocol;  ///< "https"
    std::string host;      ///< with its port where it is not the protocol's own
    std::string path{};    ///< decoded, without the slash at its start; git leaves it out unless it is told otherwise
    std::string user{};    ///< empty: any
};

struct Login {
    std::string user;
    Secret password;
};

/// The user's own store of passwords: `git credential`, and so every helper that git knows (git-credential(1)). Only
/// what is configured for the user and the system counts; the repository's own settings may come with an archive. Git
/// asks on the terminal, unless GIT_TERMINAL_PROMPT=0 is among the variables. Thread-safe.
///
/// Every function throws credential_control where a value holds a line break or another control character: it could
/// make a helper answer for another host.
class GitCredentials {
public:
    /// `variables` is the environment, KEY=VALUE; git is found in its PATH.
    explicit GitCredentials(std::vector<std::string> variables);

    /// Nothing where there is no git, or no helper knows.
    [[nodiscard]] std::optional<Login> find(const CredentialScope& scope) const;
    /// Tells the helpers that the login was accepted, so that they keep it, or refused, so that they forget it.
    void approve(const CredentialScope& scope, const Login& login) const;
    void reject(const CredentialScope& scope, const Login& login) const;

private:
    void tell(std::string_view action, const CredentialScope& scope, const Login& login) const;

    std::vector<std::string> variables_;
    std::optional<std::string> git_;
};

}  // namespace mlo::net
