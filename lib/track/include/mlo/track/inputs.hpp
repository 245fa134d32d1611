// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <mlo/track/run_store.hpp>
#include <mlo/util/error.hpp>
#include <mlo/workspace/snapshot.hpp>
#include <mlo/workspace/tree_diff.hpp>
#include <mlo/workspace/workspace.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mlo::track {

enum class WithPresent : std::uint8_t { no, yes };

/// What was there when a run began.
struct InputList {
    std::vector<Input> inputs;        ///< sorted
    std::vector<std::string> losses;  ///< in sentences
};

/// The ids of the paths `declared` (of the workspace, tracked or not) and, WithPresent::yes, of all tracked data that
/// is checked out. Throws no_such_input for a declared path where nothing is, and interrupted.
[[nodiscard]] InputList read_inputs(workspace::Workspace& workspace, std::span<const std::string> declared,
                                    WithPresent with_present);

/// That there is nothing at `path`, with a guess at what was meant, or a symbolic link: no_such_input.
[[nodiscard]] Error missing_file(workspace::Workspace& workspace, const workspace::Found& found, std::string_view what);

/// What was found at `path`, no symbolic link, as an output of a run.
[[nodiscard]] Output to_output(const std::string& path, const workspace::Entry& entry, IsModel is_model = IsModel::no);

/// Stores what is at `paths` now, durably, and returns it as outputs of a run. Throws no_such_input for a path where
/// nothing is, or a symbolic link, and what reading it throws; then none of them is an output.
[[nodiscard]] std::vector<Output> store_artifacts(workspace::Workspace& workspace, std::span<const std::string> paths,
                                                  store::LargeFiles large_files, IsModel is_model);

/// The paths of inputs that are gone, or not what they were.
[[nodiscard]] std::vector<std::string> changed_inputs(workspace::Workspace& workspace, std::span<const Input> before);

}  // namespace mlo::track
