// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <mlo/net/aws_settings.hpp>
#include <mlo/net/credentials.hpp>
#include <mlo/net/http.hpp>
#include <mlo/util/error.hpp>
#include <mlo/util/runtime.hpp>
#include <mutex>
#include <optional>
#include <string>

namespace mlo::net {

struct AwsCredentials {
    Credentials keys{};
    std::optional<Timestamp> expires{};  ///< nothing: they last
    std::string origin{};                ///< for messages, holds no secret: "the profile 'x' in '~/.aws/credentials'"
};

/// How credentials are asked for over HTTP. Both must be safe to use from the threads that call get().
struct AwsTransports {
    HttpTransport& services;  ///< to the token service and single sign-on
    HttpTransport& metadata;  ///< to the machine's own services: made with aws_metadata_options, and no proxy
};

/// Finds AWS credentials where the AWS command line and SDKs find them, and renews them. Thread-safe; of several
/// threads that need new ones, one asks and the others wait for its answer.
///
/// The first source that is configured counts, in the order of botocore (create_credential_resolver in its
/// credentials.py); one that fails is an error, never passed over:
/// 1. variables AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_CREDENTIAL_EXPIRATION, unless
///    AwsSources::profile is set
/// 2. `role_arn` of the profile with `source_profile` (chains too) or `credential_source`
/// 3. AWS_WEB_IDENTITY_TOKEN_FILE and AWS_ROLE_ARN, unless AwsSources::profile is set, or the same of the profile
/// 4. single sign-on of the profile, with the token that `aws sso login` left in ~/.aws/sso/cache
/// 5. keys of the profile in the credentials file
/// 6. `credential_process` of the profile in either file, run without a shell
/// 7. keys of the profile in the configuration file
/// 8. AWS_CONTAINER_CREDENTIALS_RELATIVE_URI, AWS_CONTAINER_CREDENTIALS_FULL_URI
/// 9. the EC2 instance's role (IMDSv2 alone), unless AWS_EC2_METADATA_DISABLED is "true"
/// Not supported, and an error where they are configured: `mfa_serial`, and `login_session` of `aws login`. The token
/// of single sign-on is not renewed here.
class AwsCredentialProvider {
public:
    /// Reads nothing yet. `transports` must outlive the object, and so must what `runtime` refers to.
    AwsCredentialProvider(AwsSources sources, const Runtime& runtime, AwsTransports transports);

    /// Credentials that are valid now; nothing if there is no source, which is found out once. The source is asked at
    /// the first call, again from 5 minutes before they expire (not more often than once a minute), and after refuse().
    /// If it fails while what it gave is still valid, that is a warning and the old ones go on.
    /// Throws config for wrong settings, auth where a source refuses or gives what has expired, network where it cannot
    /// be reached, and unsupported.
    [[nodiscard]] std::optional<AwsCredentials> get();
    /// The server said that these have expired or are wrong: the next get() asks the source anew, unless somebody has
    /// done so meanwhile. A source may well give the same again; then asking on is of no use.
    void refuse(const AwsCredentials& refused);

private:
    void renew();

    const AwsSources sources_;
    const Runtime runtime_;
    const AwsTransports transports_;
    std::mutex mutex_;
    bool is_known_ = false;
    bool is_refused_ = false;
    std::optional<AwsCredentials> current_;
    Timestamp renew_at_ = Timestamp::max();
    std::atomic<std::uint64_t> failures_ = 0;
    std::optional<Error> failure_;  ///< the last
};

/// What the client for AwsTransports::metadata is made with: 1 second to connect (AWS_METADATA_SERVICE_TIMEOUT).
[[nodiscard]] HttpOptions aws_metadata_options(const AwsSources& sources);

}  // namespace mlo::net
