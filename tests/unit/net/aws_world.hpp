// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <functional>
#include <mlo/net/aws_credentials.hpp>
#include <mlo/util/text.hpp>
#include <mutex>
#include <seeded.hpp>
#include <temporary_folder.hpp>

namespace mlo::test {

/// What a transport throws where nobody listens.
inline constexpr ErrorCode unreachable{"N999", ErrorKind::network, "", ""};

/// A request as it was sent, its body read.
struct SentRequest {
    std::string method;
    std::string url;
    net::Headers headers;
    std::string body;

    [[nodiscard]] std::string header(std::string_view name) const {
        return std::string{net::find_header(headers, name).value_or("")};
    }
};

struct Answer {
    int status = 200;
    std::string body;
};

/// Answers by a function and keeps what was asked. Thread-safe.
class ScriptedTransport final : public net::HttpTransport {
public:
    using Script = std::function<Answer(const SentRequest&)>;

    explicit ScriptedTransport(Script script) : script_{std::move(script)} {}

    net::HttpResponse send(const net::HttpRequest& request, const std::function<void(ByteView)>& sink) override {
        SentRequest sent{request.method, request.url, request.headers, ""};
        while (sent.body.size() < request.body_bytes.value_or(0)) {
            std::array<std::byte, 7> piece{};
            const auto count = request.read_body(piece, sent.body.size());
            sent.body += as_text(ByteView{piece}.first(count));
        }
        const std::lock_guard guard{mutex_};
        requests_.push_back(sent);
        auto answer = script_(sent);
        net::HttpResponse response{.status = answer.status};
        if (answer.status / 100 == 2) {
            const ByteView bytes = as_bytes(answer.body);
            sink(bytes.first(bytes.size() / 2));
            sink(bytes.subspan(bytes.size() / 2));
        } else {
            response.error_body = std::move(answer.body);
        }
        return response;
    }

    void script(Script script) { script_ = std::move(script); }
    [[nodiscard]] const std::vector<SentRequest>& requests() const noexcept { return requests_; }
    [[nodiscard]] const SentRequest& last() const { return requests_.at(requests_.size() - 1); }

private:
    std::mutex mutex_;
    Script script_;
    std::vector<SentRequest> requests_;
};

/// Keeps warnings.
class KeptLog final : public LogSink {
public:
    [[nodiscard]] bool enabled(LogLevel) const noexcept override { return true; }
    void log(LogLevel level, std::string_view text) override {
        if (level == LogLevel::warning) warnings.emplace_back(text);
    }
    std::vector<std::string> warnings;
};

/// A home folder, an environment, a clock that stands at 2027-01-15T08:00:00Z, and two networks on which nobody
/// answers until a script is given.
class AwsWorld : public TemporaryFolder {
public:
    AwsWorld() { std::filesystem::create_directories(path("home")); }

    void config(std::string_view text) const { write("home/.aws/config", text); }
    void credentials(std::string_view text) const { write("home/.aws/credentials", text); }
    /// A shell script in the home; returns its path.
    [[nodiscard]] std::string program(std::string_view name, std::string_view script) const {
        const auto relative = "home/" + std::string{name};
        write(relative, "#!/bin/sh\n" + std::string{script});
        std::filesystem::permissions(path(relative), std::filesystem::perms{0700});
        return path(relative);
    }

    [[nodiscard]] net::AwsSources sources() const {
        return {.variables = variables, .home = path("home"), .profile = profile};
    }
    [[nodiscard]] net::AwsCredentialProvider provider() { return {sources(), runtime(), {services, metadata}}; }
    [[nodiscard]] Runtime runtime() {
        return {.fs = real_fs(),
                .clock = clock,
                .random = random,
                .log = log,
                .progress = silent_progress(),
                .stop = {},
                .jobs = 1};
    }
    [[nodiscard]] net::AwsSettings settings() const { return net::find_aws_settings(sources(), real_fs()); }
    /// What a fresh provider finds: its access key id, "nothing" if there is none.
    [[nodiscard]] std::string found() {
        const auto credentials = provider().get();
        return credentials ? credentials->keys.access_key_id : "nothing";
    }
    void pass(std::chrono::nanoseconds time) { clock.sleep(time, {}); }

    std::vector<std::string> variables;
    std::optional<std::string> profile;
    StillClock clock{Timestamp{std::chrono::seconds{1'800'000'000}}};
    SeededRandom random{1};
    KeptLog log;
    ScriptedTransport services{nobody};
    ScriptedTransport metadata{nobody};

private:
    /// As on a machine without such a service.
    static Answer nobody(const SentRequest& request) {
        throw Error{unreachable, "cannot connect to " + mlo::quoted(request.url)};
    }
};

/// As the machine's services and credential processes give keys.
[[nodiscard]] inline std::string keys_json(const std::string& id, const std::string& expires,
                                           const std::string& token_name = "Token") {
    return R"({"Version": 1, "Code": "Success", "AccessKeyId": ")" + id + R"(", "SecretAccessKey": "secret-of-)" + id +
           R"(", ")" + token_name + R"(": "token-of-)" + id + R"(", "Expiration": ")" + expires + R"("})";
}

/// As STS gives keys, for either action.
[[nodiscard]] inline std::string keys_xml(const std::string& action, const std::string& id,
                                          const std::string& expires) {
    return "<" + action + "Response xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><" + action +
           "Result><AssumedRoleUser><Arn>arn:aws:sts::1:assumed-role/r/s</Arn></"
           "AssumedRoleUser><Credentials><AccessKeyId>" +
           id + "</AccessKeyId><SecretAccessKey>secret-of-" + id + "</SecretAccessKey><SessionToken>token-of-" + id +
           "</SessionToken><Expiration>" + expires + "</Expiration></Credentials></" + action +
           "Result><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></" + action + "Response>";
}

}  // namespace mlo::test
