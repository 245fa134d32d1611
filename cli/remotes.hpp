// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <mlo/config/config.hpp>
#include <mlo/remote/remote.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The remotes that the settings name.
namespace mlo::cli {

class Context;

struct ConfiguredRemote {
    std::string name;
    std::string url;    ///< as written
    std::string shown;  ///< the URL for messages: without a password, printable
    config::Layer layer = config::Layer::fallback;
    std::string place;  ///< file:line:column
    bool is_default = false;
    /// This clone has approved the URL, or it is the user's own setting: it may be written to, with credentials.
    bool is_approved = false;
};

/// Sorted by name. Throws what the configuration throws.
[[nodiscard]] std::vector<ConfiguredRemote> configured_remotes(config::Config& config);

/// The remote of that name; without one, the default: core.remote, else the only one that there is. Throws
/// unknown_remote, no_default.
[[nodiscard]] ConfiguredRemote get_remote(config::Config& config, const std::optional<std::string>& name);

/// Opens it without connecting. One that is not approved throws not_approved from whatever writes.
[[nodiscard]] std::unique_ptr<remote::Remote> open_remote(Context& ctx, const ConfiguredRemote& remote);

/// Throws bad_name unless `name` may be the name of a remote.
void check_remote_name(std::string_view name);

/// "remote.NAME.url"
[[nodiscard]] std::string url_key(std::string_view name);
/// "remote.NAME.trusted-url"
[[nodiscard]] std::string approval_key(std::string_view name);
constexpr std::string_view default_remote_key = "core.remote";

/// What one layer says of `key`, if anything.
[[nodiscard]] std::optional<std::string> value_in(config::Config& config, config::Layer layer, std::string_view key);
/// Tells people to commit the repository's configuration.
void hint_commit(Context& ctx);

}  // namespace mlo::cli
