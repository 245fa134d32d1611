// SPDX-License-Identifier: Apache-2.0
// The role of an EC2 instance, from its metadata service, version 2 (a token first).
#include <algorithm>
#include <charconv>
#include <mlo/net/errors.hpp>
#include <mlo/net/uri.hpp>
#include <mlo/util/text.hpp>

#include "ascii.hpp"
#include "aws_exchange.hpp"
#include "aws_source.hpp"

namespace mlo::net {
namespace {

constexpr std::string_view endpoint_v4 = "http://169.254.169.254";
constexpr std::string_view endpoint_v6 = "http://[fd00:ec2::254]";
constexpr std::string_view token_path = "/latest/api/token";
constexpr std::string_view roles_path = "/latest/meta-data/iam/security-credentials/";
constexpr std::string_view token_seconds = "21600";
constexpr std::chrono::seconds silence_limit{5};

/// A variable that holds a small number; 1 if it is unset or no such number, as in the SDKs.
unsigned number_of(const AwsSources& sources, std::string_view name) {
    unsigned number = 0;
    const auto text = variable(sources, name).value_or("1");
    const auto result = std::from_chars(text.data(), text.data() + text.size(), number);
    return result.ec == std::errc{} && number >= 1 && number <= 1000 ? number : 1;
}

class InstanceMetadata {
public:
    explicit InstanceMetadata(const AwsContext& context) : context_{context}, base_{endpoint()} {
        while (base_.ends_with('/')) base_.pop_back();
    }

    MaybeCredentials find() {
        if (!get_token()) return std::nullopt;
        const auto roles = ask(roles_path);
        // An instance without a role.
        if (roles.status == 404) return std::nullopt;
        if (!roles.is_success()) throw refusal_from_json(who(), roles, {token_.reveal()});
        const std::string role{trim(std::string_view{roles.body}.substr(0, roles.body.find('\n')))};
        if (role.empty()) return std::nullopt;
        const auto answer = ask(std::string{roles_path} + percent_encode(role));
        if (!answer.is_success()) throw refusal_from_json(who(), answer, {token_.reveal()});
        FoundCredentials found{.may_outlive_expiry = true};
        found.credentials = read_json(answer.body, who(), errors::aws_bad_answer, [&](const Value& object) {
            // A role that EC2 may not take on is told with status 200.
            if (const auto code = object.find("Code"); code && code->as_string() != "Success")
                throw refusal_from_json(who(), answer, {token_.reveal()});
            return keys_from_json(object, "Token");
        });
        found.credentials.origin = "the role " + quoted(role) + " of the EC2 instance";
        return found;
    }

private:
    [[nodiscard]] std::optional<std::string> setting(std::string_view variable_name, std::string_view key) const {
        auto value = variable(context_.sources, variable_name);
        const auto* option = value ? nullptr : context_.profiles.find(context_.profiles.current(), key);
        if (option != nullptr && !option->value.empty()) value = option->value;
        return value;
    }

    [[nodiscard]] std::string endpoint() const {
        if (auto named = setting("AWS_EC2_METADATA_SERVICE_ENDPOINT", "ec2_metadata_service_endpoint"))
            return std::move(*named);
        const auto mode = setting("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "ec2_metadata_service_endpoint_mode");
        return std::string{equals_ignoring_case(mode.value_or(""), "ipv6") ? endpoint_v6 : endpoint_v4};
    }

    [[nodiscard]] std::string who() const { return "the metadata service at " + quoted(split_url(base_).endpoint()); }

    /// False where there is no such service: nothing answers, or somebody else does.
    bool get_token() {
        const auto attempts = number_of(context_.sources, "AWS_METADATA_SERVICE_NUM_ATTEMPTS");
        for (unsigned attempt = 0; attempt < attempts; ++attempt) {
            try {
                HttpRequest request{.method = "PUT", .url = base_ + std::string{token_path}, .body_bytes = 0};
                request.headers.push_back({"X-aws-ec2-metadata-token-ttl-seconds", std::string{token_seconds}});
                const auto answer = exchange(context_.transports.metadata, std::move(request));
                if (!answer.is_success() || answer.body.find_first_of("\r\n") != answer.body.npos) return false;
                token_ = Secret{answer.body};
                return !token_.empty();
            } catch (const Error& error) {
                if (error.kind() != ErrorKind::network) throw;
            }
        }
        return false;
    }

    [[nodiscard]] AwsAnswer ask(std::string_view path) const {
        HttpRequest request{.url = base_ + std::string{path}};
        request.headers.push_back({"X-aws-ec2-metadata-token", std::string{token_.reveal()}});
        return exchange(context_.transports.metadata, std::move(request));
    }

    const AwsContext& context_;
    std::string base_;
    Secret token_;
};

}  // namespace

HttpOptions aws_metadata_options(const AwsSources& sources) {
    return {.connect_timeout = std::chrono::seconds{number_of(sources, "AWS_METADATA_SERVICE_TIMEOUT")},
            .stall_timeout = silence_limit};
}

MaybeCredentials credentials_of_instance(const AwsContext& context) {
    const auto disabled = variable(context.sources, "AWS_EC2_METADATA_DISABLED");
    if (equals_ignoring_case(disabled.value_or(""), "true")) return std::nullopt;
    return InstanceMetadata{context}.find();
}

}  // namespace mlo::net
