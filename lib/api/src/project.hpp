// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <mlo/ledger/ledger.hpp>
#include <mlo/store/object_store.hpp>
#include <mlo/track/archive.hpp>
#include <mlo/track/run_store.hpp>
#include <mlo/workspace/workspace.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "surroundings.hpp"

namespace mlo::api {

/// The workspace around a folder, with the settings in force there. One thread at a time.
class Project {
public:
    /// `directory` is absolute. Throws no_workspace, and kind config where settings are wrong.
    Project(const Surroundings& surroundings, const std::string& directory, Runtime runtime);

    [[nodiscard]] workspace::Workspace& workspace() noexcept { return *workspace_; }
    [[nodiscard]] store::LargeFiles large_files() const noexcept { return large_files_; }
    /// Where new runs are written in journals, by the setting runs.storage or because databases do not work there.
    [[nodiscard]] const std::optional<std::string>& journals() const noexcept { return journals_; }
    /// Where temporary files go.
    [[nodiscard]] const std::string& temporary() const noexcept { return temporary_; }

private:
    std::unique_ptr<workspace::Workspace> workspace_;
    store::LargeFiles large_files_ = store::LargeFiles::automatic;
    std::optional<std::string> journals_;
    std::string temporary_;
};

/// The runs of a project with ledger and objects, opened for writing and tidied up; or a scratch store for one run,
/// which goes with the object, where runs are written in journals.
class Runs {
public:
    /// `warn` takes what is wrong with journals.
    Runs(Project& project, const std::function<void(std::string_view)>& warn);
    ~Runs();
    Runs(const Runs&) = delete;
    Runs& operator=(const Runs&) = delete;

    [[nodiscard]] track::RunStore& store() noexcept { return store_; }
    [[nodiscard]] track::Archive& archive() noexcept { return archive_; }

private:
    std::string path_;
    bool is_scratch_;
    std::unique_ptr<Dir> folder_;
    track::RunStore store_;
    ledger::Ledger ledger_;
    track::Archive archive_;
};

}  // namespace mlo::api
