// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mlo {
class Fs;
}  // namespace mlo

namespace mlo::net {

/// What the AWS command line and SDKs take from the process; handed in by the caller.
struct AwsSources {
    std::vector<std::string> variables = {};  ///< the environment, KEY=VALUE; one that is empty counts as unset
    std::string home = {};                    ///< absolute; "" = unknown
    std::optional<std::string> profile = {};  ///< named to mlo itself: wins over the variables
};

/// Where S3 is, as the user's AWS settings say it; nothing where they say nothing.
struct AwsSettings {
    std::string profile;                      ///< the one in effect; "default" if nothing names one
    std::optional<std::string> region;        ///< AWS_REGION, AWS_DEFAULT_REGION, `region`
    std::optional<std::string> endpoint_url;  ///< AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL, `services`, `endpoint_url`
    std::optional<std::string> ca_bundle;     ///< AWS_CA_BUNDLE, `ca_bundle`: a file of certificates
};

/// Reads the user's AWS settings as botocore does: a variable wins over the profile. The profile is
/// AwsSources::profile, AWS_PROFILE, AWS_DEFAULT_PROFILE or "default"; its settings are those of ~/.aws/credentials (or
/// AWS_SHARED_CREDENTIALS_FILE) over those of ~/.aws/config (or AWS_CONFIG_FILE). Files that do not exist are empty.
/// AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=true hides all endpoints. Throws aws_bad_file, aws_no_profile for a profile
/// that is named and in neither file, aws_incomplete for a reference that leads nowhere, and what reading throws.
[[nodiscard]] AwsSettings find_aws_settings(const AwsSources& sources, Fs& fs);

/// The public endpoint of a service in a region, partitions of their own included:
/// "https://s3.eu-west-1.amazonaws.com", "https://sts.cn-north-1.amazonaws.com.cn".
[[nodiscard]] std::string aws_endpoint(std::string_view service, std::string_view region);

}  // namespace mlo::net
