// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mlo/net/aws_credentials.hpp>

#include "aws_profiles.hpp"

/// The sources of AWS credentials: each answers with what it has now, or with nothing if it is not configured, and
/// throws if it is and fails.
namespace mlo::net {

/// What a source may look at.
struct AwsContext {
    const AwsSources& sources;
    const AwsProfiles& profiles;
    const Runtime& runtime;
    const AwsTransports& transports;
};

/// Credentials and how far to trust what they say of their end.
struct FoundCredentials {
    AwsCredentials credentials = {};
    /// The instance's own service: when it cannot renew them it goes on to give the old ones, and AWS accepts them.
    bool may_outlive_expiry = false;
};
using MaybeCredentials = std::optional<FoundCredentials>;

/// All sources in their order, for the profile in effect.
[[nodiscard]] MaybeCredentials find_credentials(const AwsContext& context);

[[nodiscard]] MaybeCredentials credentials_of_environment(const AwsContext& context);
[[nodiscard]] MaybeCredentials credentials_of_sso(const AwsContext& context, const std::string& profile);
[[nodiscard]] MaybeCredentials credentials_of_process(const AwsContext& context, const std::string& profile);
[[nodiscard]] MaybeCredentials credentials_of_container(const AwsContext& context);
[[nodiscard]] MaybeCredentials credentials_of_instance(const AwsContext& context);

/// A role to take on at the token service (STS).
struct RoleRequest {
    std::string role_arn;
    std::string session_name;  ///< "" = one is made up
    std::optional<std::string> external_id = {};
    std::optional<std::string> duration_seconds = {};
    std::string origin;
};
/// AssumeRole, signed with `with`.
[[nodiscard]] AwsCredentials assume_role(const AwsContext& context, const RoleRequest& role, const Credentials& with);
/// AssumeRoleWithWebIdentity: `token` stands for a signature.
[[nodiscard]] AwsCredentials assume_role_with_web_identity(const AwsContext& context, const RoleRequest& role,
                                                           const Secret& token);

/// The place of a setting, for Error::at, and its value.
[[nodiscard]] Error incomplete(const IniOption& at, std::string message);

}  // namespace mlo::net
