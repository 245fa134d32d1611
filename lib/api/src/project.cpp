// SPDX-License-Identifier: Apache-2.0
#include "project.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <mlo/config/config.hpp>
#include <mlo/config/places.hpp>
#include <mlo/db/database.hpp>
#include <mlo/git/layout.hpp>
#include <mlo/ledger/identity.hpp>
#include <mlo/track/housekeeping.hpp>
#include <mlo/track/journal.hpp>
#include <mlo/util/errors.hpp>
#include <mlo/util/path.hpp>
#include <system_error>

namespace mlo::api {
namespace {

/// The processors are the program's: a library takes few of them.
constexpr std::int64_t usual_jobs = 2;

store::LargeFiles parse_large_files(const std::string& setting) {
    if (setting == "whole") return store::LargeFiles::whole;
    return setting == "chunked" ? store::LargeFiles::chunked : store::LargeFiles::automatic;
}

/// What belongs to the clone and not to one of its work trees.
std::string clone_folder(const workspace::WorkspaceLayout& layout) {
    return layout.git ? path::join(layout.git->common_dir, "mlo") : path::join(layout.root, ".mlo");
}

config::Sources make_sources(const Surroundings& surroundings, const std::string& directory,
                             const std::optional<git::Layout>& git, const std::string& root) {
    config::Sources sources;
    sources.system_file = config::system_file;
    sources.variables = surroundings.variables;
    sources.user_file = config::user_file(sources.variables);
    sources.workspace_root = root;
    if (git) {
        sources.local_folder = path::join(git->common_dir, "mlo");
        sources.local_name = "config.yaml";
    } else if (!root.empty()) {
        sources.local_folder = path::join(root, ".mlo");
        sources.local_name = "local.yaml";
    }
    sources.current_folder = directory;
    sources.user_id = ::geteuid();
    return sources;
}

/// A folder for one run's scratch store, for this user alone.
std::string make_scratch(Project& project) {
    auto folder = path::join(project.temporary(), "mlo-" + project.workspace().runtime().random.hex(8));
    if (::mkdir(folder.c_str(), 0700) != 0) throw_system_error(errno, "create", folder);
    return folder;
}

}  // namespace

Project::Project(const Surroundings& surroundings, const std::string& directory, Runtime runtime) {
    const git::Environment environment{surroundings.variables};
    const auto git = git::discover(directory, environment);
    const auto root = git ? git->work_tree : workspace::find_own_folder(runtime.fs, directory).value_or(std::string{});
    config::Config config{runtime.fs, runtime.log, make_sources(surroundings, directory, git, root)};
    runtime.jobs = static_cast<std::uint32_t>(config.integer("core.jobs").value_or(usual_jobs));
    large_files_ = parse_large_files(config.text("store.large").value_or(std::string{}));
    auto layout =
        workspace::find_workspace(runtime.fs, directory, git, config.text("store.dir").value_or(std::string{}));
    layout.cache_dir = config::cache_folder(surroundings.variables);
    const auto temporary = surroundings.get("TMPDIR");
    temporary_ = temporary.empty() ? "/tmp" : temporary;
    const auto storage = config.text("runs.storage").value_or("auto");
    if (storage == "journal" ||
        (storage == "auto" && !db::wal_works(*workspace::make_folders(runtime.fs, layout.store_dir))))
        journals_ = track::journals_path(layout.store_dir);
    workspace_ = std::make_unique<workspace::Workspace>(std::move(layout), directory, environment, runtime);
}

Runs::Runs(Project& project, const std::function<void(std::string_view)>& warn)
    : path_{project.journals() ? make_scratch(project) : project.workspace().layout().store_dir},
      is_scratch_{project.journals().has_value()},
      folder_{workspace::make_folders(project.workspace().runtime().fs, path_)},
      store_{path::join(path_, track::RunStore::file_name), db::Access::write, project.workspace().runtime()},
      ledger_{path_, db::Access::write, project.workspace().runtime()},
      archive_{store_,
               ledger_,
               project.workspace().store(),
               *folder_,
               ledger::clone_id(*workspace::make_folders(project.workspace().runtime().fs,
                                                         clone_folder(project.workspace().layout())),
                                project.workspace().runtime()),
               project.workspace().runtime()} {
    const auto& runtime = project.workspace().runtime();
    if (is_scratch_) {
        (void)workspace::make_folders(runtime.fs, *project.journals());
        store_.journal_to(*project.journals());
        return;
    }
    for (const auto& problem : merge_journals(store_, archive_, track::journals_path(path_), runtime).problems)
        warn(problem);
    track::tidy_up(store_, archive_, path_, runtime);
}

Runs::~Runs() {
    std::error_code ignored;
    if (is_scratch_) std::filesystem::remove_all(path_, ignored);
}

}  // namespace mlo::api
