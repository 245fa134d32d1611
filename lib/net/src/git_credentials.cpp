// SPDX-License-Identifier: Apache-2.0
#include <mlo/net/git_credentials.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <mlo/net/errors.hpp>
#include <mlo/util/process.hpp>
#include <mlo/util/text.hpp>

namespace mlo::net {
namespace {

constexpr std::uint64_t answer_limit_bytes = 1u << 20;
/// They would make git read the settings of a repository.
constexpr std::string_view of_a_repository[] = {"GIT_DIR=", "GIT_COMMON_DIR=", "GIT_WORK_TREE=", "GIT_PREFIX="};

void add_line(std::string& message, std::string_view name, std::string_view value) {
    const bool is_clean = std::none_of(value.begin(), value.end(),
                                       [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == '\x7f'; });
    if (!is_clean)
        throw Error{errors::credential_control,
                    fmt::format("the {} of a login holds a line break or another control character", name)};
    message += fmt::format("{}={}\n", name, value);
}

std::string message_of(const CredentialScope& scope) {
    std::string message;
    add_line(message, "protocol", scope.protocol);
    add_line(message, "host", scope.host);
    if (!scope.path.empty()) add_line(message, "path", scope.path);
    return message;
}

ProcessResult run_git(const std::string& git, std::string_view action, std::string message,
                      const std::vector<std::string>& variables) {
    ProcessRequest request{.program = git,
                           .arguments = {"credential", std::string{action}},
                           .directory = "/",
                           .environment = variables,
                           .input = std::move(message),
                           .output_limit_bytes = answer_limit_bytes};
    auto result = run_process(request);
    wipe(request.input);
    wipe(result.error_output);  // a helper may say there what it knows
    return result;
}

/// What follows "name=" on a line of its own; empty if there is none.
std::string_view value_of(std::string_view answer, std::string_view name) {
    while (!answer.empty()) {
        const auto line = answer.substr(0, answer.find('\n'));
        answer.remove_prefix(std::min(line.size() + 1, answer.size()));
        if (line.size() > name.size() && line.starts_with(name) && line[name.size()] == '=')
            return line.substr(name.size() + 1);
    }
    return {};
}

}  // namespace

GitCredentials::GitCredentials(std::vector<std::string> variables) : variables_{std::move(variables)} {
    constexpr std::string_view path = "PATH=";
    for (const auto& each : variables_)
        if (each.starts_with(path)) git_ = find_program("git", std::string_view{each}.substr(path.size()));
    std::erase_if(variables_, [](const std::string& each) {
        return std::any_of(std::begin(of_a_repository), std::end(of_a_repository),
                           [&](std::string_view name) { return each.starts_with(name); });
    });
    variables_.emplace_back("GIT_DIR=/dev/null");
}

std::optional<Login> GitCredentials::find(const CredentialScope& scope) const {
    auto message = message_of(scope);
    if (!scope.user.empty()) add_line(message, "username", scope.user);
    if (!git_) return std::nullopt;
    auto result = run_git(*git_, "fill", message + "\n", variables_);
    const Secret answer{result.output};
    wipe(result.output);
    const auto user = value_of(answer.reveal(), "username");
    const auto password = value_of(answer.reveal(), "password");
    if (result.exit_code != 0 || password.empty()) return std::nullopt;
    return Login{.user = std::string{user}, .password = Secret{password}};
}

void GitCredentials::approve(const CredentialScope& scope, const Login& login) const { tell("approve", scope, login); }

void GitCredentials::reject(const CredentialScope& scope, const Login& login) const { tell("reject", scope, login); }

void GitCredentials::tell(std::string_view action, const CredentialScope& scope, const Login& login) const {
    auto message = message_of(scope);
    add_line(message, "username", login.user);
    add_line(message, "password", login.password.reveal());
    if (git_) static_cast<void>(run_git(*git_, action, message + "\n", variables_));
    wipe(message);
}

}  // namespace mlo::net
