// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <mlo/net/errors.hpp>
#include <mlo/net/sftp.hpp>
#include <mlo/net/ssh.hpp>
#include <mlo/util/coprocess.hpp>
#include <mlo/util/text.hpp>

#include "ssh_failure.hpp"

namespace mlo::net {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view command_variable = "GIT_SSH_COMMAND=";
constexpr std::string_view path_variable = "PATH=";
constexpr auto send_step = 100ms;
/// So long a packet may still be sent to its end after a stop: what follows it would be in vain.
constexpr auto stop_patience = 1s;
constexpr auto end_patience = 2s;

/// The value of the last of equal names, as shells have it; empty if there is none.
std::string variable(const std::vector<std::string>& variables, std::string_view start) {
    std::string value;
    for (const auto& each : variables)
        if (each.starts_with(start)) value = each.substr(start.size());
    return value;
}

/// The program to start and the arguments that come first.
ProcessRequest ssh_request(const std::vector<std::string>& variables) {
    ProcessRequest request{.program = "/bin/sh", .environment = variables};
    if (const auto command = variable(variables, command_variable); !command.empty()) {
        // As git does: the shell splits the command and expands what is in it; the arguments it only passes on.
        request.arguments = {"-c", command + " \"$@\"", command};
        return request;
    }
    const auto found = find_program("ssh", variable(variables, path_variable));
    if (!found) throw Error{errors::no_ssh, "there is no program 'ssh' in PATH"};
    request.program = *found;
    return request;
}

class SshChannel final : public SftpChannel {
public:
    SshChannel(const SshTarget& target, std::string command, const ProcessRequest& request, const Runtime& runtime)
        : shown_{target.shown()},
          host_{target.host},
          command_{std::move(command)},
          runtime_{runtime},
          process_{request, [this](std::string_view line) {
                       runtime_.log.log(LogLevel::info, fmt::format("ssh: {}", printable(line)));
                   }} {}

    std::size_t receive(std::span<std::byte> into) override {
        const auto count = process_.receive(into);
        if (count > 0) has_spoken_ = true;
        return count;
    }

    bool send(ByteView first, ByteView second) override {
        std::optional<std::chrono::nanoseconds> stopped;
        for (auto bytes : {first, second}) {
            while (!bytes.empty()) {
                const auto count = process_.send(bytes, send_step);
                if (!count) return false;
                bytes = bytes.subspan(*count);
                if (!runtime_.stop.stop_requested()) continue;
                const auto now = runtime_.clock.elapsed();
                if (!stopped) stopped = now;
                if (now - *stopped > stop_patience) return false;
            }
        }
        return true;
    }

    void cut() noexcept override { process_.kill(); }
    void finish() noexcept override { process_.close_input(); }

    Error reason(ByteView unread) override {
        const auto exit_code = process_.wait(end_patience);
        // What is not even as long as a packet's length may be all that a script printed.
        const bool is_noise = !unread.empty();
        if (is_noise && exit_code == 0)
            return Error{errors::not_sftp, fmt::format("what {} answers is not SFTP", quoted(shown_))}.note(
                fmt::format("it says: {}", quoted(trim(as_text(unread)))));
        return ssh_failure({.shown = shown_,
                            .host = host_,
                            .said = process_.error_output(),
                            .command = command_,
                            .exit_code = exit_code,
                            .has_spoken_sftp = has_spoken_ && !is_noise});
    }

    const std::string& shown() const noexcept override { return shown_; }

private:
    std::string shown_;
    std::string host_;
    std::string command_;
    Runtime runtime_;
    std::atomic<bool> has_spoken_ = false;
    Coprocess process_;
};

}  // namespace

std::string SshTarget::shown() const {
    auto text = user.empty() ? std::string{} : user + "@";
    const bool needs_brackets = port && host.find(':') != host.npos;
    text += needs_brackets ? fmt::format("[{}]", host) : host;
    return port ? fmt::format("{}:{}", text, *port) : text;
}

bool is_plain_ssh_name(std::string_view name) noexcept {
    constexpr std::string_view special = "'\"$&;<>\\^`|(){}*?[]#!%";
    return !name.empty() && name.front() != '-' && std::all_of(name.begin(), name.end(), [&](char c) {
        return (c > ' ' && c < '\x7f' && special.find(c) == special.npos) || c < 0;
    });
}

std::unique_ptr<SftpChannel> open_ssh(const SshTarget& target, const std::vector<std::string>& variables,
                                      const Runtime& runtime) {
    if (!is_plain_ssh_name(target.host) || (!target.user.empty() && !is_plain_ssh_name(target.user)))
        throw Error{errors::bad_ssh_target, fmt::format("{} is no user and host", quoted(target.shown()))};
    auto request = ssh_request(variables);
    // Nothing but the one subsystem, whatever the settings of the host open besides; as OpenSSH's own sftp has it.
    // ServerAlive: a host that is gone is noticed after a minute.
    for (const std::string_view option : {"BatchMode=yes", "ForwardX11=no", "ForwardAgent=no", "PermitLocalCommand=no",
                                          "ClearAllForwardings=yes", "RemoteCommand=none", "RequestTTY=no",
                                          "ConnectTimeout=20", "ServerAliveInterval=15", "ServerAliveCountMax=4"})
        request.arguments.push_back(fmt::format("-o{}", option));
    if (target.port) request.arguments.insert(request.arguments.end(), {"-p", std::to_string(*target.port)});
    if (!target.user.empty()) request.arguments.insert(request.arguments.end(), {"-l", target.user});
    request.arguments.insert(request.arguments.end(), {"-s", "--", target.host, "sftp"});
    return std::make_unique<SshChannel>(target, variable(variables, command_variable), request, runtime);
}

std::optional<std::string> ssh_version(const std::vector<std::string>& variables) {
    try {
        auto request = ssh_request(variables);
        request.arguments.emplace_back("-V");
        const auto result = run_process(request);
        const auto said = trim(result.error_output);
        if (result.exit_code != 0 || said.empty()) return std::nullopt;
        return printable(said.substr(0, said.find_first_of(", \n")));
    } catch (const Error&) {
        return std::nullopt;
    }
}

}  // namespace mlo::net
