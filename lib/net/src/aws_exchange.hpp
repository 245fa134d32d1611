// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <initializer_list>
#include <mlo/net/aws_credentials.hpp>
#include <mlo/util/document.hpp>
#include <string>
#include <string_view>

/// Asking services that hand out credentials, and telling of what they said without the secrets in it.
namespace mlo::net {

/// What a service said. The body may hold secrets and is overwritten at the end.
struct AwsAnswer {
    int status = 0;
    std::string body = {};

    AwsAnswer() = default;
    AwsAnswer(AwsAnswer&&) = default;
    AwsAnswer& operator=(AwsAnswer&&) = delete;
    ~AwsAnswer() { wipe(body); }
    [[nodiscard]] bool is_success() const noexcept { return status >= 200 && status < 300; }
};

/// Sends a request whose body is `body` (none if it is empty). Throws what the transport throws, and aws_bad_answer
/// beyond 1 MiB.
[[nodiscard]] AwsAnswer exchange(HttpTransport& transport, HttpRequest request, std::string_view body = {});

/// The error for an answer that is no success: aws_unavailable where asking again may help (server errors, throttling),
/// else aws_refused. `who` is the subject: "the token service"; `code` and `message` are the service's own words, ""
/// if it has none. Of the message only the first line is repeated (what follows may be our own request), and nothing
/// if one of `secrets` is in it.
[[nodiscard]] Error refusal(std::string_view who, int status, std::string_view code, std::string_view message,
                            std::initializer_list<std::string_view> secrets = {});

/// Reads a JSON text that may hold secrets: `read` gets its top. Whatever is wrong with it is an error of `code` that
/// starts with `who` and repeats none of its values.
[[nodiscard]] AwsCredentials read_json(std::string_view text, const std::string& who, const ErrorCode& code,
                                       const std::function<AwsCredentials(const Value&)>& read);

/// The object of the machine's services and of credential processes: AccessKeyId, SecretAccessKey, Expiration, and the
/// session token under `token_name`. Only within read_json.
[[nodiscard]] AwsCredentials keys_from_json(const Value& object, std::string_view token_name);

/// `{"code": ..., "message": ...}` in either case, as the machine's services and single sign-on explain themselves.
[[nodiscard]] Error refusal_from_json(std::string_view who, const AwsAnswer& answer,
                                      std::initializer_list<std::string_view> secrets = {});

}  // namespace mlo::net
