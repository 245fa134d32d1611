// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>

#include <mlo/pipeline/lock.hpp>
#include <mlo/workspace/workspace.hpp>

namespace mlo::pipeline {

/// The locks of all documents that a command is about: read when first asked for, written when the engine says so.
/// Thread-safe.
class StageLocks {
public:
    explicit StageLocks(const workspace::Workspace& workspace) : workspace_{workspace} {}

    /// What the lock beside `document` has for the stage. Throws what Lock throws.
    [[nodiscard]] std::optional<StageRecord> find(const std::string& document, const std::string& stage);
    void put(const std::string& document, const std::string& stage, const StageRecord& record);
    /// Writes those that were changed, each at once and durably.
    void write();

private:
    struct One {
        std::string path;
        Lock lock;
        bool is_changed = false;
    };
    One& open(const std::string& document);

    const workspace::Workspace& workspace_;
    std::mutex mutex_;
    std::map<std::string, One> locks_;
};

[[nodiscard]] Dialect dialect_of(std::string_view document) noexcept;

}  // namespace mlo::pipeline
