// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <mlo/util/runtime.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace mlo::dvc {

/// Where a DVC project keeps things: the folder that holds `.dvc`, and what its configuration says.
struct Site {
    /// cache.shared: `group` makes folders of the cache that a group may write.
    enum class Sharing : std::uint8_t { own, group };

    std::string workspace;  ///< absolute: nothing below it is reached through a symbolic link
    std::string root;       ///< absolute: the folder that holds `.dvc`
    std::string tmp_dir;    ///< absolute: `.dvc/tmp`
    std::string cache_dir;  ///< absolute: `.dvc/cache`, or cache.dir; files/md5/... lies in it
    Sharing sharing = Sharing::own;
};

/// The site whose `.dvc` is nearest at or above `folder` (relative to the workspace's absolute `root`, "" is the root
/// itself), but not above the root; nothing if there is none. `environment` is the process's, as KEY=VALUE.
///
/// Reads what DVC reads, weakest first: its system's and the user's file, `.dvc/config`, `.dvc/config.local`. Throws
/// config_broken; config_unsupported for what mlo does not do as DVC does (core.hardlink_lock, a cache that is no
/// folder); cache_outside where a committed file puts the cache outside of the workspace, because a clone must not say
/// where mlo writes; leads_outside where `.dvc` is a symbolic link.
[[nodiscard]] std::optional<Site> find_site(const std::string& root, std::string_view folder,
                                            std::span<const std::string> environment, const Runtime& runtime);

}  // namespace mlo::dvc
