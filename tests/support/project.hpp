// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <mlo/util/runtime.hpp>
#include <mlo/workspace/add.hpp>
#include <mlo/workspace/status.hpp>
#include <mlo/workspace/workspace.hpp>
#include <seeded.hpp>
#include <string>
#include <temporary_folder.hpp>
#include <vector>

namespace mlo::test {

/// A project without git in a folder of its own. Its clock is far ahead of the files' stamps, so that everything read
/// is settled at once, and may be set back.
class Project {
public:
    explicit Project(std::uint32_t jobs = 2) : jobs_{jobs} { std::filesystem::create_directory(folder_.path(".mlo")); }

    [[nodiscard]] const TemporaryFolder& folder() const noexcept { return folder_; }
    [[nodiscard]] Runtime runtime() {
        return {.fs = real_fs(),
                .clock = *clock_,
                .random = random_,
                .log = silent_log(),
                .progress = *progress_,
                .stop = {},
                .jobs = jobs_};
    }
    /// A workspace as a new process would open it.
    [[nodiscard]] std::unique_ptr<workspace::Workspace> open() {
        return std::make_unique<workspace::Workspace>(workspace::find_workspace(real_fs(), folder_.path(), {}, ""),
                                                      folder_.path(), git::Environment{}, runtime());
    }
    workspace::AddReport add(const std::vector<std::string>& paths) {
        return workspace::add(*open(), paths, store::LargeFiles::automatic);
    }
    workspace::StatusReport status(workspace::Trust trust = workspace::Trust::stat_cache) {
        return workspace::status(*open(), {}, trust);
    }
    void set_clock(Timestamp now) { clock_ = std::make_unique<StillClock>(now); }
    void watch(ProgressSink& progress) { progress_ = &progress; }

private:
    TemporaryFolder folder_;
    std::uint32_t jobs_;
    std::unique_ptr<StillClock> clock_ =
        std::make_unique<StillClock>(Timestamp{std::chrono::nanoseconds{4'000'000'000'000'000'000}});
    SeededRandom random_{7};
    ProgressSink* progress_ = &silent_progress();
};

/// The differences as lines "kind path", for comparing.
[[nodiscard]] inline std::vector<std::string> lines_of(const std::vector<workspace::Change>& changes) {
    std::vector<std::string> lines;
    for (const auto& change : changes)
        lines.push_back(std::string{to_string(change.kind)} + " " +
                        (change.old_path.empty() ? "" : change.old_path + " -> ") + change.path);
    return lines;
}

}  // namespace mlo::test
