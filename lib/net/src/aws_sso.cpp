// SPDX-License-Identifier: Apache-2.0
// Single sign-on (IAM Identity Center): the token that `aws sso login` left buys a role's credentials.
#include <algorithm>
#include <mlo/json/parse.hpp>
#include <mlo/net/errors.hpp>
#include <mlo/net/uri.hpp>
#include <mlo/util/atomic_file.hpp>
#include <mlo/util/errors.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/text.hpp>

#include <mlo/net/aws_time.hpp>
#include "aws_exchange.hpp"
#include "aws_source.hpp"

namespace mlo::net {
namespace {

constexpr std::uint64_t cache_limit_bytes = 1u << 20;

struct SsoConfig {
    std::string start_url;
    std::string region;
    std::string account_id;
    std::string role_name;
};

struct SsoToken {
    Secret text;
    Timestamp expires;
};

/// The settings of a profile, those of its [sso-session] where it names one; nothing if it has none.
std::optional<SsoConfig> find_config(const AwsContext& context, const std::string& profile) {
    const auto& profiles = context.profiles;
    const auto* role = profiles.find(profile, "sso_role_name");
    const auto* account = profiles.find(profile, "sso_account_id");
    if (role == nullptr && account == nullptr) return std::nullopt;
    const auto& place = role != nullptr ? *role : *account;
    const auto* reference = profiles.find(profile, "sso_session");
    const auto* session = reference != nullptr ? profiles.find_sso_session(reference->value) : nullptr;
    if (reference != nullptr && session == nullptr) {
        throw incomplete(*reference, "there is no section '[sso-session " + printable(reference->value) + "]'")
            .hint("aws configure sso --profile " + printable(profile));
    }
    const auto get = [&](const std::string& key) {
        const auto* own = profiles.find(profile, key);
        const auto shared = session != nullptr ? session->options.find(key) : decltype(session->options.end()){};
        const auto* common = session != nullptr && shared != session->options.end() ? &shared->second : nullptr;
        if (own != nullptr && common != nullptr && own->value != common->value) {
            throw incomplete(*own, quoted(key) + " of the profile " + quoted(profile) + " differs from that in " +
                                       printable(common->place));
        }
        const auto* option = common != nullptr ? common : own;
        if (option != nullptr && !option->value.empty()) return option->value;
        throw incomplete(place, "the profile " + quoted(profile) + " lacks " + quoted(key) + " for single sign-on")
            .hint("aws configure sso --profile " + printable(profile));
    };
    return SsoConfig{get("sso_start_url"), get("sso_region"), get("sso_account_id"), get("sso_role_name")};
}

/// The token in a file of the cache, if it is one for `start_url`. Other things lie there too.
std::optional<SsoToken> read_token(Dir& folder, const std::string& name, const std::string& start_url) {
    try {
        auto text = read_file(folder, name, cache_limit_bytes);
        const Secret secret{text};
        wipe(text);
        const auto document = json::parse(secret.reveal(), name);
        const auto url = document.root().find("startUrl");
        const auto token = document.root().find("accessToken");
        const auto expires = document.root().find("expiresAt");
        if (!url || !token || !expires || url->as_string() != start_url) return std::nullopt;
        const auto time = parse_aws_time(expires->as_string());
        return time ? std::optional{SsoToken{Secret{token->as_string()}, *time}} : std::nullopt;
    } catch (const Error& error) {
        const bool is_foreign = error.kind() == ErrorKind::config || &error.code() == &mlo::errors::too_large ||
                                &error.code() == &mlo::errors::path_not_found;
        if (!is_foreign) throw;
        return std::nullopt;
    }
}

/// The token that lasts longest. (The SDKs name the file by a SHA-1 of the session or the URL; what is in it tells the
/// same.)
std::optional<SsoToken> find_token(const AwsContext& context, const std::string& start_url) {
    if (context.sources.home.empty()) return std::nullopt;
    std::unique_ptr<Dir> folder;
    try {
        folder = context.runtime.fs.open_root(path::join(context.sources.home, ".aws/sso/cache"));
    } catch (const Error& error) {
        if (&error.code() != &mlo::errors::path_not_found) throw;
        return std::nullopt;
    }
    std::optional<SsoToken> best;
    for (const auto& entry : folder->list()) {
        if (entry.kind != FileKind::regular || !entry.name.ends_with(".json")) continue;
        auto token = read_token(*folder, entry.name, start_url);
        if (token && (!best || token->expires > best->expires)) best = std::move(token);
    }
    return best;
}

AwsCredentials read_role_credentials(const Value& answer) {
    const auto object = answer.get("roleCredentials");
    AwsCredentials credentials;
    credentials.keys = {std::string{object.get("accessKeyId").as_string()},
                        Secret{object.get("secretAccessKey").as_string()},
                        Secret{object.get("sessionToken").as_string()}};
    const auto milliseconds = object.get("expiration");
    // 2262 is as far as a Timestamp goes.
    constexpr std::int64_t limit = 9'200'000'000'000;
    if (milliseconds.as_integer() < 0 || milliseconds.as_integer() > limit) milliseconds.fail_type("a time");
    credentials.expires = Timestamp{std::chrono::milliseconds{milliseconds.as_integer()}};
    return credentials;
}

}  // namespace

MaybeCredentials credentials_of_sso(const AwsContext& context, const std::string& profile) {
    const auto config = find_config(context, profile);
    if (!config) return std::nullopt;
    const auto log_in = "aws sso login --profile " + printable(profile);
    const auto token = find_token(context, config->start_url);
    if (!token) {
        throw Error{errors::aws_expired,
                    "the profile " + quoted(profile) + " is not signed in at " + quoted(config->start_url)}
            .hint(log_in);
    }
    const auto now = context.runtime.clock.now();
    const auto expired = [&] {
        return Error{errors::aws_expired, "the sign-on of the profile " + quoted(profile) + " has expired"}.hint(
            log_in);
    };
    if (token->expires <= now) {
        throw expired().note("it was valid until " + to_rfc3339(token->expires) + ", and the clock here says " +
                             to_rfc3339(now));
    }
    const auto endpoint =
        context.profiles.endpoint_url(context.sources, "sso").value_or(aws_endpoint("portal.sso", config->region));
    HttpRequest request{.url = endpoint + "/federation/credentials?role_name=" + percent_encode(config->role_name) +
                               "&account_id=" + percent_encode(config->account_id)};
    request.headers.push_back({"x-amz-sso_bearer_token", std::string{token->text.reveal()}});
    const auto answer = exchange(context.transports.services, std::move(request));
    if (answer.status == 401) throw expired();
    const auto who = "single sign-on for the profile " + quoted(profile);
    if (!answer.is_success()) throw refusal_from_json(who, answer, {token->text.reveal()});
    FoundCredentials found;
    found.credentials = read_json(answer.body, who, errors::aws_bad_answer, read_role_credentials);
    found.credentials.origin =
        "the role " + quoted(config->role_name) + " by single sign-on of the profile " + quoted(profile);
    return found;
}

}  // namespace mlo::net
