// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include <mlo/pipeline/datum.hpp>
#include <mlo/pipeline/record.hpp>
#include <mlo/workspace/workspace.hpp>

namespace mlo::pipeline {

/// The text of a file of the workspace (or an absolute path); a symbolic link that stays within is followed. Throws
/// path_not_found, leads_outside, document_too_large.
[[nodiscard]] std::string read_text(const workspace::Workspace& workspace, std::string_view path);

/// What files of parameters and metrics say, each content parsed once for all stages that ask. Thread-safe.
class ParamFiles {
public:
    explicit ParamFiles(const workspace::Workspace& workspace) : workspace_{workspace} {}

    /// `state`: what was found at `path`. Throws what parsing throws.
    [[nodiscard]] std::shared_ptr<const Datum> get(const std::string& path, const PathState& state);

private:
    const workspace::Workspace& workspace_;
    std::mutex mutex_;
    std::map<std::string, std::pair<store::ObjectId, std::shared_ptr<const Datum>>> known_;
};

}  // namespace mlo::pipeline
