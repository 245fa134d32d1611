// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <mlo/git/repository.hpp>
#include <mlo/store/object_store.hpp>
#include <mlo/util/fs.hpp>
#include <mlo/util/runtime.hpp>

namespace mlo::workspace {

/// Where a workspace and its private parts are; absolute paths.
struct WorkspaceLayout {
    std::string root;         ///< the git work tree, or the folder that holds `.mlo`
    std::string store_dir;    ///< the object store: `<git-common-dir>/mlo`, `.mlo`, or what store.dir says
    std::string private_dir;  ///< this work tree's own: stat cache, sparse patterns (`<git-dir>/mlo` or `.mlo`)
    std::string cache_dir{};  ///< the user's cache folder for mlo; "": there is none
    std::optional<git::Layout> git;
};

/// The nearest folder, from the absolute `cwd` upwards, that holds `.mlo`: a workspace without git. Nothing if there is
/// none.
[[nodiscard]] std::optional<std::string> find_own_folder(Fs& fs, std::string_view cwd);

/// The workspace around the absolute folder `cwd`: that of `git` (what git::discover found there), else the nearest
/// folder above that holds `.mlo`. `store_dir` is the setting store.dir, absolute, "" for the usual place. Throws
/// no_workspace, git's no_work_tree.
[[nodiscard]] WorkspaceLayout find_workspace(Fs& fs, std::string_view cwd, const std::optional<git::Layout>& git,
                                             std::string_view store_dir);

/// A project's files in place. Paths are bytes, relative to the root, plain, "" for the root itself, unless said
/// otherwise. Opens its parts when first asked for them. Not thread-safe.
class Workspace {
public:
    Workspace(WorkspaceLayout layout, std::string cwd, git::Environment environment, const Runtime& runtime);
    ~Workspace();
    Workspace(const Workspace&) = delete;
    Workspace& operator=(const Workspace&) = delete;

    [[nodiscard]] const WorkspaceLayout& layout() const noexcept { return layout_; }
    [[nodiscard]] const Runtime& runtime() const noexcept { return runtime_; }
    [[nodiscard]] Dir& root() noexcept { return *root_; }

    /// The folder at `path`, however long that is. Throws path_not_found, leads_outside.
    [[nodiscard]] std::unique_ptr<Dir> open_folder(std::string_view path);
    /// What is at `path` (a symbolic link as such); nothing if there is nothing, or no folder to hold it.
    [[nodiscard]] std::optional<FileStat> stat(std::string_view path);

    /// The store of this workspace, opened once.
    [[nodiscard]] store::ObjectStore& store();
    /// The work tree's private folder, made if need be; null where that is impossible (a read-only file system).
    [[nodiscard]] Dir* private_dir();
    /// Where the stat cache is: the private folder; if that is on a network file system, where each look costs a trip
    /// to its server, a folder of this work tree's own in the user's cache folder, unless that is on one too.
    [[nodiscard]] Dir* stat_cache_dir();
    /// Null in a workspace without git.
    [[nodiscard]] git::Repository* repository();
    /// The git repository. Throws revisions_need_git.
    [[nodiscard]] git::Repository& required_repository();

    /// What a user typed, relative to the current folder, as a path of this workspace. Throws outside_workspace for a
    /// path out of it, or into `.git` or `.mlo`.
    [[nodiscard]] std::string from_user(std::string_view typed) const;
    /// How to show `path` to the user: relative to the current folder.
    [[nodiscard]] std::string shown(std::string_view path) const;
    /// The current folder as a path of this workspace.
    [[nodiscard]] std::string current_folder() const;

private:
    WorkspaceLayout layout_;
    std::string cwd_;
    git::Environment environment_;
    Runtime runtime_;
    std::unique_ptr<Dir> root_;
    [[nodiscard]] std::unique_ptr<Dir> local_cache_dir(Dir& private_dir);

    std::unique_ptr<Dir> private_;
    std::optional<std::unique_ptr<Dir>> local_cache_;  ///< once it was asked for; null: the private folder will do
    std::unique_ptr<store::ObjectStore> store_;
    std::unique_ptr<git::Repository> repository_;
};

/// Opens `path` below `root` in steps short enough for the system's limit on paths.
[[nodiscard]] std::unique_ptr<Dir> open_below(Dir& root, std::string_view path);
/// Removes a file or a whole folder; nothing outside `dir` is touched whatever is in it.
void remove_tree(Dir& dir, std::string_view name);
/// Makes `path` and the folders above it as the user named it (absolute), and opens it.
[[nodiscard]] std::unique_ptr<Dir> make_folders(Fs& fs, std::string_view absolute_path);

}  // namespace mlo::workspace
