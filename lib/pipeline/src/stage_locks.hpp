// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <mlo/hash/digest.hpp>
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
    /// Writes those that were changed, each at once and durably. What others have changed in them since they were read
    /// stays, but for the stages that were put here.
    void write();
    /// Puts new stages of DVC's locks into this order (document, stage), in which DVC would have added them: they were
    /// added as they ended. Nothing that others have written meanwhile is touched.
    void arrange(std::span<const std::pair<std::string, std::string>> order);

private:
    struct One {
        std::string path;
        Dialect dialect = Dialect::mlo;
        hash::Checksum read;  ///< of the file as it was read or written last
        Lock lock;
        std::map<std::string, StageRecord> put;  ///< since then
        std::string first;                       ///< DVC's: the file as it was read first
        std::map<std::string, StageRecord> all;  ///< DVC's: put since then
    };
    One& open(const std::string& document);
    [[nodiscard]] std::string read(const std::string& path) const;
    void write(const std::string& path, const std::string& text) const;
    /// The file as it is to be, if that is something else than it is.
    [[nodiscard]] std::optional<std::string> to_write(One& one) const;

    const workspace::Workspace& workspace_;
    std::mutex mutex_;
    std::map<std::string, One> locks_;
};

[[nodiscard]] Dialect dialect_of(std::string_view document) noexcept;

}  // namespace mlo::pipeline
