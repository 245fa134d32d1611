// SPDX-License-Identifier: Apache-2.0
// Which source counts. The order and the rules for profiles that name each other are botocore's:
// create_credential_resolver, ProfileProviderBuilder and AssumeRoleProvider in its credentials.py.
#include <algorithm>
#include <mlo/net/errors.hpp>
#include <mlo/util/text.hpp>

#include <mlo/net/aws_time.hpp>
#include "aws_source.hpp"

namespace mlo::net {
namespace {

constexpr std::uint64_t token_limit_bytes = 64u << 10;

enum class UseVariables { no, yes };

std::string of_profile(std::string_view what, const std::string& profile) {
    return std::string{what} + " of the profile " + quoted(profile);
}

/// What AWS tools can do that this one cannot goes through variables.
std::string export_hint(const std::string& profile) {
    return "eval \"$(aws configure export-credentials --format env --profile " + printable(profile) + ")\"";
}

class Chain {
public:
    explicit Chain(const AwsContext& context) : context_{context}, profiles_{context.profiles} {}

    MaybeCredentials find() {
        const auto use_variables = context_.sources.profile ? UseVariables::no : UseVariables::yes;
        if (use_variables == UseVariables::yes)
            if (auto found = credentials_of_environment(context_)) return found;
        const auto& profile = profiles_.current();
        if (is_role(profile)) return take_on_role(profile, {profile});
        if (auto found = find_in_profile(profile, use_variables)) return found;
        if (auto found = credentials_of_container(context_)) return found;
        return credentials_of_instance(context_);
    }

private:
    using FindInFile = const IniOption* (AwsProfiles::*)(std::string_view, std::string_view) const;

    [[nodiscard]] bool is_role(const std::string& profile) const {
        return profiles_.find(profile, "role_arn") != nullptr &&
               profiles_.find(profile, "web_identity_token_file") == nullptr;
    }
    [[nodiscard]] bool has_keys(const std::string& profile) const {
        return profiles_.find(profile, "aws_access_key_id") != nullptr ||
               profiles_.find(profile, "aws_secret_access_key") != nullptr;
    }
    [[nodiscard]] std::optional<std::string> text(const std::string& profile, std::string_view key) const {
        const auto* option = profiles_.find(profile, key);
        return option == nullptr ? std::nullopt : std::optional{option->value};
    }

    MaybeCredentials find_in_profile(const std::string& profile, UseVariables use_variables) {
        if (auto found = find_web_identity(profile, use_variables)) return found;
        if (auto found = credentials_of_sso(context_, profile)) return found;
        if (auto found = find_keys(profile, &AwsProfiles::find_in_credentials_file, profiles_.credentials_file()))
            return found;
        if (const auto* login = profiles_.find(profile, "login_session")) {
            throw Error{errors::aws_unsupported, "the profile " + quoted(profile) + " signs in with 'aws login'"}
                .at(login->place)
                .hint(export_hint(profile));
        }
        if (auto found = credentials_of_process(context_, profile)) return found;
        return find_keys(profile, &AwsProfiles::find_in_config_file, profiles_.config_file());
    }

    MaybeCredentials find_keys(const std::string& profile, FindInFile find_in_file, const std::string& file) const {
        const auto* id = (profiles_.*find_in_file)(profile, "aws_access_key_id");
        const auto* secret = (profiles_.*find_in_file)(profile, "aws_secret_access_key");
        if (id == nullptr && secret == nullptr) return std::nullopt;
        const auto require = [&](const IniOption* option, const IniOption* other, std::string_view name) {
            if (option != nullptr && !option->value.empty()) return;
            throw incomplete(option != nullptr ? *option : *other,
                             "the profile " + quoted(profile) + " lacks " + quoted(name));
        };
        require(id, secret, "aws_access_key_id");
        require(secret, id, "aws_secret_access_key");
        const auto* token = (profiles_.*find_in_file)(profile, "aws_session_token");
        if (token == nullptr) token = (profiles_.*find_in_file)(profile, "aws_security_token");
        FoundCredentials found;
        found.credentials.keys = {id->value, Secret{secret->value}, Secret{token != nullptr ? token->value : ""}};
        found.credentials.origin = "the profile " + quoted(profile) + " in " + quoted(file);
        return found;
    }

    MaybeCredentials find_web_identity(const std::string& profile, UseVariables use_variables) const {
        const auto setting = [&](std::string_view variable_name, std::string_view key) {
            std::optional<std::string> value;
            if (use_variables == UseVariables::yes) value = variable(context_.sources, variable_name);
            return value ? value : text(profile, key);
        };
        const auto file = setting("AWS_WEB_IDENTITY_TOKEN_FILE", "web_identity_token_file");
        if (!file || file->empty()) return std::nullopt;
        const auto role_arn = setting("AWS_ROLE_ARN", "role_arn");
        if (!role_arn || role_arn->empty()) {
            throw Error{errors::aws_incomplete, "there is a web identity in " + quoted(*file) + ", but no role for it"}
                .hint("set AWS_ROLE_ARN, or 'role_arn' in the profile");
        }
        auto token = read_users_file(context_.runtime.fs, *file, token_limit_bytes);
        if (!token) {
            throw Error{errors::aws_incomplete, "the token file " + quoted(*file) + " does not exist"}.hint(
                "correct AWS_WEB_IDENTITY_TOKEN_FILE, or 'web_identity_token_file' in the profile");
        }
        const Secret secret{trim(*token)};
        wipe(*token);
        const RoleRequest role{.role_arn = *role_arn,
                               .session_name = setting("AWS_ROLE_SESSION_NAME", "role_session_name").value_or(""),
                               .origin = "the role " + quoted(*role_arn) + " for the web identity in " + quoted(*file)};
        return FoundCredentials{assume_role_with_web_identity(context_, role, secret)};
    }

    /// `visited`: the profiles that led here, this one last.
    MaybeCredentials take_on_role(const std::string& profile, std::vector<std::string> visited) {
        const auto& arn = *profiles_.find(profile, "role_arn");
        if (const auto* mfa = profiles_.find(profile, "mfa_serial")) {
            throw Error{errors::aws_unsupported, of_profile("the role", profile) + " asks for a code from a device"}
                .at(mfa->place)
                .hint(export_hint(profile));
        }
        const auto duration = text(profile, "duration_seconds");
        if (duration &&
            (duration->empty() || duration->size() > 6 || duration->find_first_not_of("0123456789") != duration->npos))
            throw incomplete(*profiles_.find(profile, "duration_seconds"), "'duration_seconds' is not a number");
        const RoleRequest role{.role_arn = arn.value,
                               .session_name = text(profile, "role_session_name").value_or(""),
                               .external_id = text(profile, "external_id"),
                               .duration_seconds = duration,
                               .origin = "the role " + quoted(arn.value) + " of the profile " + quoted(profile)};
        const auto with = find_keys_for_role(profile, arn, std::move(visited));
        return FoundCredentials{assume_role(context_, role, with.credentials.keys)};
    }

    FoundCredentials find_keys_for_role(const std::string& profile, const IniOption& arn,
                                        std::vector<std::string> visited) {
        const auto* source = profiles_.find(profile, "source_profile");
        const auto* kind = profiles_.find(profile, "credential_source");
        if (source != nullptr && kind != nullptr)
            throw incomplete(*kind, of_profile("the role", profile) +
                                        " has both 'source_profile' and 'credential_source': remove one");
        if (source == nullptr && kind == nullptr)
            throw incomplete(arn, of_profile("the role", profile) + " lacks 'source_profile' or 'credential_source'");
        auto found = source != nullptr ? find_in_source_profile(profile, *source, std::move(visited))
                                       : find_in_named_source(*kind);
        if (!found) {
            const auto& option = source != nullptr ? *source : *kind;
            throw incomplete(option,
                             quoted(option.value) + " has no credentials for " + of_profile("the role", profile));
        }
        return std::move(*found);
    }

    MaybeCredentials find_in_named_source(const IniOption& kind) const {
        if (kind.value == "Environment") return credentials_of_environment(context_);
        if (kind.value == "EcsContainer") return credentials_of_container(context_);
        if (kind.value == "Ec2InstanceMetadata") return credentials_of_instance(context_);
        throw incomplete(
            kind, "'credential_source' is Environment, EcsContainer or Ec2InstanceMetadata, not " + quoted(kind.value));
    }

    MaybeCredentials find_in_source_profile(const std::string& profile, const IniOption& source,
                                            std::vector<std::string> visited) {
        const auto& name = source.value;
        if (!profiles_.has(name)) throw incomplete(source, "there is no profile " + quoted(name));
        if (std::find(visited.begin(), visited.end(), name) != visited.end()) {
            // A profile may name itself: its keys then take on its role.
            if (name != profile || !has_keys(name))
                throw incomplete(source, "the profile " + quoted(name) + " leads back to itself");
        }
        visited.push_back(name);
        if (has_keys(name) || !is_role(name)) return find_in_profile(name, UseVariables::no);
        return take_on_role(name, std::move(visited));
    }

    const AwsContext& context_;
    const AwsProfiles& profiles_;
};

}  // namespace

Error incomplete(const IniOption& at, std::string message) {
    return Error{errors::aws_incomplete, std::move(message)}.at(at.place);
}

MaybeCredentials credentials_of_environment(const AwsContext& context) {
    const auto id = variable(context.sources, "AWS_ACCESS_KEY_ID");
    const auto secret = variable(context.sources, "AWS_SECRET_ACCESS_KEY");
    if (!id && !secret) return std::nullopt;
    if (!id || !secret) {
        const std::string missing = id ? "AWS_SECRET_ACCESS_KEY" : "AWS_ACCESS_KEY_ID";
        throw Error{errors::aws_incomplete, "the environment lacks " + missing}.hint("export " + missing + "=...");
    }
    auto token = variable(context.sources, "AWS_SESSION_TOKEN");
    if (!token) token = variable(context.sources, "AWS_SECURITY_TOKEN");
    FoundCredentials found;
    found.credentials.keys = {*id, Secret{*secret}, Secret{token.value_or("")}};
    found.credentials.origin = "AWS_ACCESS_KEY_ID in the environment";
    if (const auto expiry = variable(context.sources, "AWS_CREDENTIAL_EXPIRATION")) {
        found.credentials.expires = parse_aws_time(*expiry);
        if (!found.credentials.expires)
            throw Error{errors::aws_incomplete, "AWS_CREDENTIAL_EXPIRATION is no time: " + quoted(*expiry)}.hint(
                "unset AWS_CREDENTIAL_EXPIRATION");
    }
    return found;
}

MaybeCredentials find_credentials(const AwsContext& context) { return Chain{context}.find(); }

}  // namespace mlo::net
