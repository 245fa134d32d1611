// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mlo/store/object_store.hpp>
#include <mlo/store/tree.hpp>
#include <mlo/util/error.hpp>
#include <mlo/util/fs.hpp>
#include <mlo/workspace/checkout.hpp>
#include <optional>
#include <string>
#include <vector>

/// What a checkout is going to do, worked out before anything is changed. All paths are relative to the root of the
/// workspace.
namespace mlo::workspace {

/// A file to write. `expected` is what stands there at present, nothing if the name is free.
struct FileWrite {
    std::string name;
    store::ObjectId id;
    std::uint64_t size_bytes = 0;
    store::Executable executable = store::Executable::no;
    std::optional<FileStat> expected{};
    std::string temporary{};  ///< filled in by the write phase; in a fresh folder a file has its own name at once
    std::optional<FileStat> written{};  ///< fresh folders: what stat said after the last byte
};

struct LinkWrite {
    std::string name;
    std::string target;
    std::optional<FileStat> expected{};
    std::string temporary{};
};

/// A folder of a fresh subtree. The root of the subtree comes first and has the path ""; a folder comes before those in
/// it.
struct FreshFolder {
    std::string path;  ///< below the root of the subtree
    std::vector<FileWrite> files;
    std::vector<LinkWrite> links;
    bool is_leaf = true;  ///< holds no folder
};

/// A subtree that does not exist yet: built under a temporary name and renamed into place at once.
struct FreshTree {
    std::string name;
    std::vector<FreshFolder> folders{};
    std::string temporary{};
};

/// A file that only lacks or wrongly has the executable bit.
struct ModeChange {
    std::string name;
    store::Executable executable = store::Executable::no;
    FileStat expected;
};

/// What is to change within one folder that exists.
struct FolderPlan {
    std::string path;
    std::vector<FileWrite> files{};
    std::vector<LinkWrite> links{};
    std::vector<FreshTree> fresh{};
    std::vector<ModeChange> modes{};
};

struct Removal {
    std::string path;
    FileStat expected;
};

/// Something in the way whose bytes are not in the store.
struct Obstacle {
    std::string path;
    Trashed::Return way_back = Trashed::Return::in_place;
};

struct TargetPlan {
    std::string path;                    ///< the target
    std::vector<FolderPlan> folders;     ///< a folder comes before those in it
    std::vector<std::string> leftovers;  ///< temporaries of a checkout that was killed
    std::vector<Obstacle> obstacles;     ///< leave for the trash, first of all
    std::vector<Removal>
        removals_before;  ///< make way for something of another kind; what is in a folder comes before it
    std::vector<Removal> removals_after;  ///< are not part of the version; in the same order
    std::vector<CheckoutChange> changes;  ///< for the report
    bool is_whole = true;                 ///< not only a part of the target was asked for
    std::uint64_t files = 0;              ///< to be written
    std::uint64_t size_bytes = 0;         ///< of the files to be written
    std::optional<Error> failure;         ///< why this target is left as it is

    [[nodiscard]] bool nothing_to_do() const noexcept {
        return folders.empty() && obstacles.empty() && leftovers.empty() && removals_before.empty() &&
               removals_after.empty();
    }
};

/// The folder that `path` is in, opened without following symbolic links; path::name(path) is the name in it.
[[nodiscard]] std::unique_ptr<Dir> open_parent(Dir& root, std::string_view path);

/// True if `now` is what was seen when the plan was made.
[[nodiscard]] bool same_file(const std::optional<FileStat>& now, const std::optional<FileStat>& expected) noexcept;

}  // namespace mlo::workspace
