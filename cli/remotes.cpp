// SPDX-License-Identifier: Apache-2.0
#include "remotes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <mlo/remote/engine.hpp>
#include <mlo/remote/errors.hpp>
#include <mlo/remote/read_only.hpp>
#include <mlo/remote/schemes.hpp>
#include <mlo/remote/url.hpp>
#include <mlo/util/text.hpp>

#include "context.hpp"

namespace mlo::cli {
namespace {

constexpr std::string_view key_start = "remote.";
constexpr std::string_view url_end = ".url";
constexpr std::size_t max_name_bytes = 64;

/// The layers that come with a clone, or whose file could: only an approval makes their URLs one's own.
bool needs_approval(config::Layer layer) noexcept {
    return layer == config::Layer::repository || layer == config::Layer::local;
}

bool is_alphanumeric(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/// What the user has set for servers of HTTP.
std::vector<remote::HttpAccess> http_access(config::Config& config) {
    constexpr std::string_view start = "http.";
    struct Field {
        std::string_view name;
        std::string remote::HttpAccess::*field;
    };
    constexpr Field fields[] = {{"ca-file", &remote::HttpAccess::ca_file},
                                {"client-certificate", &remote::HttpAccess::client_certificate},
                                {"client-key", &remote::HttpAccess::client_key},
                                {"headers-file", &remote::HttpAccess::headers_file},
                                {"origin", &remote::HttpAccess::origin},
                                {"password-variable", &remote::HttpAccess::password_variable},
                                {"token-file", &remote::HttpAccess::token_file},
                                {"token-variable", &remote::HttpAccess::token_variable}};
    std::vector<remote::HttpAccess> groups;
    for (const auto& setting : config.effective()) {  // sorted: the settings of a group come together
        if (!setting.name.starts_with(start)) continue;
        const auto end = setting.name.rfind('.');
        const auto group = setting.name.substr(0, end);
        if (groups.empty() || groups.back().name != group) groups.push_back({.name = group, .origin = ""});
        for (const auto& each : fields)
            if (each.name == std::string_view{setting.name}.substr(end + 1)) groups.back().*each.field = setting.value;
    }
    return groups;
}

/// The environment for what a remote runs: git may ask on the terminal only where somebody sits at one.
std::vector<std::string> variables_for_remote(Context& ctx) {
    auto variables = ctx.environment().entries();
    if (!ctx.environment().get("GIT_TERMINAL_PROMPT") && !ctx.out().is_terminal())
        variables.emplace_back("GIT_TERMINAL_PROMPT=0");
    return variables;
}

std::vector<std::string> names_of(const std::vector<ConfiguredRemote>& remotes) {
    std::vector<std::string> names;
    for (const auto& each : remotes) names.push_back(each.name);
    return names;
}

}  // namespace

std::string url_key(std::string_view name) { return fmt::format("{}{}{}", key_start, name, url_end); }

std::string approval_key(std::string_view name) { return fmt::format("{}{}.trusted-url", key_start, name); }

std::vector<ConfiguredRemote> configured_remotes(config::Config& config) {
    std::vector<ConfiguredRemote> remotes;
    const auto chosen = config.text(default_remote_key);
    for (const auto& setting : config.effective()) {
        const std::string_view key = setting.name;
        if (!key.starts_with(key_start) || !key.ends_with(url_end)) continue;
        const auto name = key.substr(key_start.size(), key.size() - key_start.size() - url_end.size());
        remotes.push_back(
            {.name = std::string{name},
             .url = setting.value,
             .shown = printable(remote::without_secrets(setting.value)),
             .layer = setting.layer,
             .place = setting.place,
             .is_default = chosen == name,
             .is_approved = !needs_approval(setting.layer) || config.text(approval_key(name)) == setting.value});
    }
    if (!chosen && remotes.size() == 1) remotes.front().is_default = true;
    return remotes;
}

ConfiguredRemote get_remote(config::Config& config, const std::optional<std::string>& name) {
    const auto remotes = configured_remotes(config);
    const auto names = names_of(remotes);
    const auto wanted = name ? name : config.text(default_remote_key);
    const auto found = std::find_if(remotes.begin(), remotes.end(), [&](const ConfiguredRemote& each) {
        return wanted ? each.name == *wanted : each.is_default;
    });
    if (found != remotes.end()) return *found;
    if (!wanted) {
        if (remotes.empty())
            throw Error{remote::errors::no_default, "there is no remote"}.hint("mlo remote add NAME URL");
        throw Error{remote::errors::no_default,
                    fmt::format("none of {} remotes is the default", format_count(remotes.size()))}
            .note(fmt::format("there are {}", fmt::join(names, ", ")))
            .hint("mlo remote default NAME");
    }
    Error error{remote::errors::unknown_remote, fmt::format("there is no remote {}", quoted(*wanted))};
    if (!name) error.note(fmt::format("{} names it as the default", default_remote_key));
    if (const auto meant = closest_match(*wanted, names)) {
        error.hint(fmt::format("did you mean {}?", quoted(*meant)));
    } else {
        error.hint(remotes.empty() ? "mlo remote add NAME URL" : "mlo remote list");
    }
    throw Error{std::move(error)};
}

OpenedRemote::OpenedRemote(Context& ctx, const ConfiguredRemote& remote, const TransferLimits& limits)
    : log_{ctx.runtime().log}, name_{remote.name} {
    try {
        remote_ = remote::open_remote(
            remote.url,
            {.base = ctx.workspace_root(),
             .traffic = traffic_,
             .credentials = remote.is_approved ? remote::ShowCredentials::yes : remote::ShowCredentials::no,
             .variables = variables_for_remote(ctx),
             .home = ctx.environment().get("HOME").value_or(""),
             .http = http_access(ctx.config())},
            ctx.runtime());
    } catch (Error& error) {
        throw error.at(remote.place);
    }
    most_requests_ = ctx.jobs(limits.jobs);
    if (!limits.jobs && !ctx.config().integer("core.jobs"))
        most_requests_ = std::max(most_requests_, remote_->traits().streams);
    remote_ = remote::with_engine(std::move(remote_),
                                  {.most_requests = most_requests_, .bytes_per_second = limits.bytes_per_second},
                                  traffic_, ctx.runtime());
    if (remote.is_approved) return;
    remote_ = remote::read_only(
        std::move(remote_),
        Error{remote::errors::not_approved, fmt::format("this clone has not approved the URL '{}' of the remote {}",
                                                        remote.shown, quoted(remote.name))}
            .at(remote.place)
            .hint(fmt::format("if it is right: mlo remote trust {}", remote.name)));
}

OpenedRemote::~OpenedRemote() {
    if (traffic_.requests == 0 || !log_.enabled(LogLevel::info)) return;
    try {
        log_.log(LogLevel::info,
                 fmt::format("remote {}: {}, {} repeated; sent {}, received {}", quoted(name_),
                             plural(traffic_.requests, "request", "requests"), format_count(traffic_.repeated),
                             format_bytes(traffic_.sent_bytes), format_bytes(traffic_.received_bytes)));
    } catch (const std::exception&) {
        // Nobody is told then: a line of the log is not worth ending the program.
        return;
    }
}

void check_remote_name(std::string_view name) {
    const bool is_valid =
        !name.empty() && name.size() <= max_name_bytes && is_alphanumeric(name.front()) &&
        std::all_of(name.begin(), name.end(), [](char c) { return is_alphanumeric(c) || c == '-' || c == '_'; });
    if (is_valid) return;
    throw Error{remote::errors::bad_name, fmt::format("{} is no name for a remote", quoted(name))}.hint(
        fmt::format("at most {} letters, digits, '-' and '_', the first of them a letter or digit", max_name_bytes));
}

std::optional<std::string> value_in(config::Config& config, config::Layer layer, std::string_view key) {
    for (auto& setting : config.of_layer(layer)) {
        if (setting.name == key) return std::move(setting.value);
    }
    return std::nullopt;
}

void hint_commit(Context& ctx) {
    if (!ctx.git_layout()) return;
    ctx.out().hint(fmt::format("git add {}", printable(ctx.config().file_of(config::Layer::repository))));
}

}  // namespace mlo::cli
