// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <mlo/net/aws_settings.hpp>

#include "aws_ini.hpp"

namespace mlo::net {

/// A variable of the environment; nothing if it is unset or empty.
[[nodiscard]] std::optional<std::string> variable(const AwsSources& sources, std::string_view name);

/// Reads a file that the user named, following symbolic links; nothing if there is none, or no regular file. Throws
/// aws_bad_path if `path` is not absolute, and what read_file throws.
[[nodiscard]] std::optional<std::string> read_users_file(Fs& fs, const std::string& path, std::uint64_t limit_bytes);

/// `path` for messages: "~/.aws/config" below the user's home.
[[nodiscard]] std::string shown_path(const AwsSources& sources, const std::string& path);

/// The user's two files of profiles, as they were when the object was made. Reading is thread-safe.
class AwsProfiles {
public:
    /// Throws aws_bad_file, and aws_no_profile if a profile is named and in neither file.
    AwsProfiles(const AwsSources& sources, Fs& fs);

    /// The name of the profile in effect.
    [[nodiscard]] const std::string& current() const noexcept { return current_; }
    [[nodiscard]] bool has(std::string_view profile) const;
    /// A setting of a profile, that of the credentials file first; null if there is none.
    [[nodiscard]] const IniOption* find(std::string_view profile, std::string_view key) const;
    /// The same in one file alone.
    [[nodiscard]] const IniOption* find_in_credentials_file(std::string_view profile, std::string_view key) const;
    [[nodiscard]] const IniOption* find_in_config_file(std::string_view profile, std::string_view key) const;
    /// A section [sso-session NAME] of the configuration; null if there is none.
    [[nodiscard]] const IniSection* find_sso_session(std::string_view name) const;
    /// What the variables and a profile say of the endpoint of `service` ("s3", "sts"). Throws aws_incomplete.
    [[nodiscard]] std::optional<std::string> endpoint_url(const AwsSources& sources, std::string_view service) const;
    /// AWS_REGION, AWS_DEFAULT_REGION, or `region` of the profile in effect.
    [[nodiscard]] std::optional<std::string> region(const AwsSources& sources) const;

    [[nodiscard]] const std::string& credentials_file() const noexcept { return credentials_name_; }
    [[nodiscard]] const std::string& config_file() const noexcept { return config_name_; }

private:
    void add_config_section(const std::string& title, IniSection section);

    std::string current_;
    std::string credentials_name_;  ///< as messages show it
    std::string config_name_;
    IniFile credentials_;   ///< by profile
    IniFile config_;        ///< by profile
    IniFile sso_sessions_;  ///< by name, as the next
    IniFile services_;
};

}  // namespace mlo::net
