// SPDX-License-Identifier: Apache-2.0
// The token service: temporary credentials for roles.
#include <mlo/hash/digest.hpp>
#include <mlo/net/errors.hpp>
#include <mlo/net/sigv4.hpp>
#include <mlo/net/uri.hpp>
#include <mlo/net/xml.hpp>
#include <mlo/util/text.hpp>

#include <mlo/net/aws_time.hpp>
#include "aws_exchange.hpp"
#include "aws_source.hpp"

namespace mlo::net {
namespace {

constexpr std::string_view global_endpoint = "https://sts.amazonaws.com";
constexpr std::string_view global_region = "us-east-1";  ///< whose signature the global endpoint takes

/// A form of the token service's query interface. Holds a secret once one was added.
class Form {
public:
    Form(std::string_view action, const AwsContext& context, const RoleRequest& role) {
        const auto now = std::chrono::floor<std::chrono::seconds>(context.runtime.clock.now());
        text_ = "Action=" + std::string{action} + "&Version=2011-06-15";
        add("RoleArn", role.role_arn);
        add("RoleSessionName",
            role.session_name.empty() ? "mlo-" + std::to_string(now.time_since_epoch().count()) : role.session_name);
        if (role.external_id) add("ExternalId", *role.external_id);
        if (role.duration_seconds) add("DurationSeconds", *role.duration_seconds);
    }
    Form(const Form&) = delete;
    Form& operator=(const Form&) = delete;
    ~Form() { wipe(text_); }

    void add(std::string_view name, std::string_view value) {
        text_.append("&").append(name).append("=").append(percent_encode(value));
    }
    [[nodiscard]] const std::string& text() const noexcept { return text_; }

private:
    std::string text_;
};

class TokenService {
public:
    explicit TokenService(const AwsContext& context) : context_{context} {
        const auto region = context.profiles.region(context.sources);
        region_ = region.value_or(std::string{global_region});
        request_.method = "POST";
        request_.url = context.profiles.endpoint_url(context.sources, "sts")
                           .value_or(region ? aws_endpoint("sts", *region) : std::string{global_endpoint});
        const auto url = split_url(request_.url);
        if (url.path == "/" && !request_.url.ends_with('/')) request_.url += '/';
        who_ = "the token service at " + quoted(url.endpoint());
        request_.headers.push_back({"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"});
    }

    void sign_with(const Credentials& credentials, const Form& form) {
        sign(request_, credentials, {.region = region_, .service = "sts"}, context_.runtime.clock.now(),
             hash::sha256(as_bytes(form.text())).hex());
    }

    AwsCredentials ask(const Form& form, const RoleRequest& role, const Secret& shown_to_it) {
        const auto answer = exchange(context_.transports.services, request_, form.text());
        if (!answer.is_success())
            throw refused(answer, shown_to_it).note("it was asked for the role " + quoted(role.role_arn));
        auto credentials = read(answer);
        if (!credentials) {
            throw Error{errors::aws_bad_answer, who_ + " answered with something else than credentials"}.note(
                "it was asked for the role " + quoted(role.role_arn));
        }
        credentials->origin = role.origin;
        return std::move(*credentials);
    }

private:
    [[nodiscard]] static std::optional<AwsCredentials> read(const AwsAnswer& answer) {
        try {
            const XmlDocument document{answer.body, "answer"};
            // AssumeRoleResponse/AssumeRoleResult, and the same with the other action's name.
            const auto results = document.root().children();
            if (results.empty()) return std::nullopt;
            const auto found = results.front().child("Credentials");
            if (!found) return std::nullopt;
            AwsCredentials credentials;
            credentials.keys = {found->child_text("AccessKeyId"), Secret{found->child_text("SecretAccessKey")},
                                Secret{found->child_text("SessionToken")}};
            credentials.expires = parse_aws_time(found->child_text("Expiration"));
            const bool is_whole = !credentials.keys.access_key_id.empty() &&
                                  !credentials.keys.secret_access_key.empty() &&
                                  !credentials.keys.session_token.empty() && credentials.expires;
            return is_whole ? std::optional{std::move(credentials)} : std::nullopt;
        } catch (const Error& error) {
            if (&error.code() != &errors::bad_xml) throw;
            return std::nullopt;
        }
    }

    [[nodiscard]] Error refused(const AwsAnswer& answer, const Secret& shown_to_it) const {
        try {
            const XmlDocument document{answer.body, "answer"};
            if (const auto error = document.root().child("Error")) {
                return refusal(who_, answer.status, error->child_text("Code"), error->child_text("Message"),
                               {shown_to_it.reveal()});
            }
        } catch (const Error& error) {
            if (&error.code() != &errors::bad_xml) throw;
        }
        return refusal(who_, answer.status, "", "");
    }

    const AwsContext& context_;
    HttpRequest request_;
    std::string region_;
    std::string who_;
};

}  // namespace

AwsCredentials assume_role(const AwsContext& context, const RoleRequest& role, const Credentials& with) {
    const Form form{"AssumeRole", context, role};
    TokenService service{context};
    service.sign_with(with, form);
    return service.ask(form, role, with.session_token.empty() ? with.secret_access_key : with.session_token);
}

AwsCredentials assume_role_with_web_identity(const AwsContext& context, const RoleRequest& role, const Secret& token) {
    Form form{"AssumeRoleWithWebIdentity", context, role};
    form.add("WebIdentityToken", token.reveal());
    TokenService service{context};
    return service.ask(form, role, token);
}

}  // namespace mlo::net
