// SPDX-License-Identifier: Apache-2.0
// The credential service beside a container: of ECS tasks, Greengrass, and EKS pod identities.
#include <algorithm>
#include <mlo/net/errors.hpp>
#include <mlo/net/uri.hpp>
#include <mlo/util/text.hpp>

#include "ascii.hpp"
#include "aws_exchange.hpp"
#include "aws_source.hpp"

namespace mlo::net {
namespace {

constexpr std::string_view ecs_endpoint = "http://169.254.170.2";
constexpr std::uint64_t token_limit_bytes = 64u << 10;

/// 127.0.0.0/8, as four numbers.
bool is_loopback_v4(std::string_view host) {
    const auto parts = split(host, '.');
    return parts.size() == 4 && parts[0] == "127" && std::all_of(parts.begin(), parts.end(), [](const auto& part) {
               return !part.empty() && part.size() <= 3 && std::all_of(part.begin(), part.end(), is_digit);
           });
}

/// Without TLS the authorization token and the keys may only pass to this machine, or to ECS and EKS.
bool may_go_unencrypted(std::string_view host) {
    constexpr std::string_view known[] = {"169.254.170.2", "169.254.170.23", "[fd00:ec2::23]", "[::1]"};
    return equals_ignoring_case(host, "localhost") || is_loopback_v4(host) ||
           std::any_of(std::begin(known), std::end(known),
                       [&](std::string_view other) { return equals_ignoring_case(host, other); });
}

/// Read anew each time: EKS turns the token in the file over.
Secret authorization(const AwsContext& context) {
    const auto file = variable(context.sources, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
    auto text = file ? read_users_file(context.runtime.fs, *file, token_limit_bytes)
                     : variable(context.sources, "AWS_CONTAINER_AUTHORIZATION_TOKEN").value_or("");
    if (!text) {
        throw Error{errors::aws_incomplete, "the token file " + quoted(*file) + " does not exist"}.hint(
            "correct AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
    }
    Secret token{trim(*text)};
    wipe(*text);
    if (token.reveal().find_first_of("\r\n") != std::string_view::npos)
        throw Error{errors::aws_incomplete, "the authorization token of the container has more than one line"};
    return token;
}

}  // namespace

MaybeCredentials credentials_of_container(const AwsContext& context) {
    const auto relative = variable(context.sources, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
    const auto full = variable(context.sources, "AWS_CONTAINER_CREDENTIALS_FULL_URI");
    if (!relative && !full) return std::nullopt;
    HttpRequest request;
    if (relative) {
        if (!relative->starts_with('/'))
            throw Error{errors::aws_incomplete, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI does not start with '/'"};
        request.url = std::string{ecs_endpoint} + *relative;
    } else {
        request.url = *full;
    }
    const auto url = split_url(request.url);
    if (url.scheme != "https" && !may_go_unencrypted(url.host)) {
        throw Error{errors::aws_unsafe_endpoint,
                    "AWS_CONTAINER_CREDENTIALS_FULL_URI names " + quoted(url.host) + ", which is not this machine"}
            .hint("use https://, or a service of this machine");
    }
    request.headers.push_back({"Accept", "application/json"});
    const auto token = authorization(context);
    if (!token.empty()) request.headers.push_back({"Authorization", std::string{token.reveal()}});
    const auto answer = exchange(context.transports.metadata, std::move(request));
    const auto who = "the container's credential service at " + quoted(url.endpoint());
    if (!answer.is_success()) throw refusal_from_json(who, answer, {token.reveal()});
    FoundCredentials found;
    found.credentials = read_json(answer.body, who, errors::aws_bad_answer,
                                  [](const Value& object) { return keys_from_json(object, "Token"); });
    found.credentials.origin = who;
    return found;
}

}  // namespace mlo::net
