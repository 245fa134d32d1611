// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <mlo/pipeline/record.hpp>
#include <mlo/store/object_store.hpp>
#include <mlo/workspace/file_memory.hpp>
#include <mlo/workspace/workspace.hpp>

namespace mlo::pipeline {

enum class WithMd5 : std::uint8_t { no, yes };

/// What was found at one path.
struct Observation {
    std::optional<PathState> state;  ///< nothing: nothing is there
    std::shared_ptr<const Error>
        error;  ///< it cannot be taken: unreadable, a pipe, a link that leads out of the workspace
};

/// A file of a folder as DVC keeps it.
struct DvcFile {
    std::string relpath{};
    std::string md5{};  ///< 32 hex
    store::ObjectId id{};
};

/// What is in the work tree, as many stages ask for it again and again: hashed once for each content, in the same read
/// pass by MD5 where DVC's dialect needs it, known from the stat cache where that answers. A symbolic link that stays
/// within the workspace is followed, as the commands do that read through it. Thread-safe.
class Observer {
public:
    /// `large_files` is for what is stored.
    Observer(workspace::Workspace& workspace, WithMd5 with_md5,
             store::LargeFiles large_files = store::LargeFiles::automatic);
    ~Observer();
    Observer(const Observer&) = delete;
    Observer& operator=(const Observer&) = delete;

    /// In the order of `paths` (of the workspace, or absolute). Each costs a stat if it is known; what is not is read
    /// with Runtime::jobs threads. Throws interrupted only.
    [[nodiscard]] std::vector<Observation> look(std::span<const std::string> paths);
    /// The same, and the bytes are in the store, durably, on return.
    [[nodiscard]] std::vector<Observation> store(std::span<const std::string> paths);
    /// Of a folder that `store` has just told of, with DVC's names: its files, and those that links in it lead to,
    /// which are stored too. Throws what keeps one from being read.
    [[nodiscard]] std::vector<DvcFile> dvc_files(const std::string& path, const PathState& folder);
    /// Keeps for later commands what was learned. A failure is logged.
    void save();
    /// What is known of the files of the workspace.
    [[nodiscard]] workspace::FileMemory& memory() noexcept;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace mlo::pipeline
