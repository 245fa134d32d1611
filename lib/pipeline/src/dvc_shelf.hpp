// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include <mlo/dvc/cache.hpp>
#include <mlo/dvc/site.hpp>
#include <mlo/pipeline/observer.hpp>
#include <mlo/store/transfer.hpp>

namespace mlo::pipeline {

/// DVC's cache beside our store. Thread-safe.
class DvcShelf {
public:
    /// `workspace`, whose store somebody has opened, must outlive the object.
    DvcShelf(const dvc::Site& site, workspace::Workspace& workspace)
        : workspace_{workspace}, cache_{site, workspace.runtime()} {}

    /// Whether DVC has all of what it calls so.
    [[nodiscard]] bool contains(const std::string& md5) const;
    /// Takes that into the store, durably. Nothing if DVC has not all of it, or other bytes, which is logged.
    [[nodiscard]] std::optional<store::ObjectRef> take(const std::string& md5) const;
    /// Gives DVC what `observer` has stored of the output at `path`. False if links in it lead to other files by now.
    [[nodiscard]] bool put(const std::string& path, const PathState& state, Observer& observer);
    /// What was put is durable.
    void sync() { cache_.sync(); }

private:
    workspace::Workspace& workspace_;
    dvc::Cache cache_;
};

}  // namespace mlo::pipeline
