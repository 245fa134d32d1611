// SPDX-License-Identifier: Apache-2.0
#include "aws_exchange.hpp"

#include <algorithm>
#include <cstring>
#include <mlo/json/parse.hpp>
#include <mlo/net/errors.hpp>
#include <mlo/util/errors.hpp>
#include <mlo/util/text.hpp>

#include <mlo/net/aws_time.hpp>

namespace mlo::net {
namespace {

constexpr std::size_t answer_limit_bytes = 1u << 20;
constexpr std::size_t shown_limit_bytes = 300;

/// As much of a service's words as may be shown.
std::string shown_words(std::string_view words, std::initializer_list<std::string_view> secrets) {
    words = trim(words.substr(0, words.find_first_of("\r\n")));
    if (words.size() > shown_limit_bytes) return "";
    for (const auto secret : secrets)
        if (!secret.empty() && words.find(secret) != words.npos) return "";
    return printable(words);
}

bool is_transient(int status, std::string_view code) {
    return status >= 500 || status == 429 || status == 408 || code.find("Throttl") != code.npos ||
           code == "TooManyRequestsException" || code == "RequestLimitExceeded" || code == "SlowDown";
}

std::string_view text_of(const Value& object, std::string_view name, std::string_view other_name) {
    auto value = object.find(name);
    if (!value) value = object.find(other_name);
    return value && value->is(ValueKind::string) ? value->as_string() : std::string_view{};
}

}  // namespace

AwsAnswer exchange(HttpTransport& transport, HttpRequest request, std::string_view body) {
    if (!body.empty()) {
        request.body_bytes = body.size();
        request.read_body = [body](std::span<std::byte> into, std::uint64_t offset) {
            const auto count = std::min<std::size_t>(into.size(), body.size() - offset);
            std::memcpy(into.data(), body.data() + offset, count);
            return count;
        };
    }
    AwsAnswer answer;
    auto response = transport.send(request, [&](ByteView bytes) {
        if (answer.body.size() + bytes.size() > answer_limit_bytes)
            throw Error{errors::aws_bad_answer, "a service for credentials answered with more than 1 MiB"};
        answer.body += as_text(bytes);
    });
    answer.status = response.status;
    if (!answer.is_success()) answer.body = std::move(response.error_body);
    return answer;
}

Error refusal(std::string_view who, int status, std::string_view code, std::string_view message,
              std::initializer_list<std::string_view> secrets) {
    std::string text{who};
    const bool is_unavailable = is_transient(status, code);
    text += is_unavailable ? " is not available" : " refused";
    text += " (status " + std::to_string(status);
    if (const auto shown = shown_words(code, secrets); !shown.empty()) text += ", " + shown;
    text += ")";
    Error error{is_unavailable ? errors::aws_unavailable : errors::aws_refused, std::move(text)};
    if (const auto shown = shown_words(message, secrets); !shown.empty()) error.note("it says: " + shown);
    return error;
}

AwsCredentials read_json(std::string_view text, const std::string& who, const ErrorCode& code,
                         const std::function<AwsCredentials(const Value&)>& read) {
    try {
        const auto document = json::parse(text, who);
        return read(document.root());
    } catch (const Error& error) {
        if (error.kind() != ErrorKind::config) throw;
        Error told{code, who + " answered with something else than credentials"};
        // These two name a key and a type; others may repeat the text.
        if (&error.code() == &mlo::errors::document_key_missing || &error.code() == &mlo::errors::document_wrong_type)
            told.note(error.message());
        throw Error{std::move(told)};
    }
}

AwsCredentials keys_from_json(const Value& object, std::string_view token_name) {
    AwsCredentials credentials;
    credentials.keys.access_key_id = object.get("AccessKeyId").as_string();
    credentials.keys.secret_access_key = Secret{object.get("SecretAccessKey").as_string()};
    if (const auto token = object.find(token_name); token && !token->is_null())
        credentials.keys.session_token = Secret{token->as_string()};
    if (const auto expiration = object.find("Expiration"); expiration && !expiration->is_null()) {
        credentials.expires = parse_aws_time(expiration->as_string());
        if (!credentials.expires) expiration->fail_type("a time");
    }
    return credentials;
}

Error refusal_from_json(std::string_view who, const AwsAnswer& answer,
                        std::initializer_list<std::string_view> secrets) {
    try {
        const auto document = json::parse(answer.body, "answer");
        const auto code = text_of(document.root(), "code", "Code");
        const auto message = text_of(document.root(), "message", "Message");
        return refusal(who, answer.status, code, message, secrets);
    } catch (const Error&) {
        return refusal(who, answer.status, "", "");
    }
}

}  // namespace mlo::net
