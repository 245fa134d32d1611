// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <mlo/config/config.hpp>
#include <mlo/remote/remote.hpp>
#include <mlo/remote/traffic.hpp>
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

/// How much may be asked of a remote at once.
struct TransferLimits {
    std::optional<std::uint32_t> jobs;   ///< transfers; without it core.jobs, else as many as do the scheme good
    std::uint64_t bytes_per_second = 0;  ///< 0: no limit
};

/// A remote, and what went over the wire. At the end it logs that.
class OpenedRemote {
public:
    /// Opens it without connecting. One that is not approved throws not_approved from whatever writes.
    OpenedRemote(Context& ctx, const ConfiguredRemote& remote, const TransferLimits& limits = {});
    ~OpenedRemote();
    OpenedRemote(const OpenedRemote&) = delete;
    OpenedRemote& operator=(const OpenedRemote&) = delete;

    [[nodiscard]] remote::Remote& operator*() noexcept { return *remote_; }
    [[nodiscard]] remote::Remote* operator->() noexcept { return remote_.get(); }
    [[nodiscard]] const remote::Traffic& traffic() const noexcept { return traffic_; }
    /// How many requests are made at once at most.
    [[nodiscard]] std::uint32_t most_requests() const noexcept { return most_requests_; }

private:
    LogSink& log_;
    std::string name_;
    remote::Traffic traffic_;
    std::uint32_t most_requests_ = 1;
    std::unique_ptr<remote::Remote> remote_;
};

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
