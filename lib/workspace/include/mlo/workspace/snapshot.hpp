// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <mlo/store/object_store.hpp>
#include <mlo/workspace/scan.hpp>

namespace mlo::workspace {

/// What is at a path at one moment, tracked or not.
struct Found {
    std::string path;
    std::optional<Entry> entry;  ///< nothing: nothing is there, or it cannot be read
    std::uint64_t files = 0;     ///< files and links, if it is a directory
    std::vector<ScanProblem> problems;
};

/// The ids of what is at each of `paths`, by the stat cache where that answers. Nothing is stored; pointers stay as
/// they are. What cannot be read is a problem of its path.
[[nodiscard]] std::vector<Found> look_at(Workspace& workspace, std::span<const std::string> paths);

/// The same, and what is there is in the store, durably, on return; but for paths with problems.
[[nodiscard]] std::vector<Found> store_paths(Workspace& workspace, std::span<const std::string> paths,
                                             store::LargeFiles large_files);

}  // namespace mlo::workspace
