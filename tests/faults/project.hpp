// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fault_fs.hpp>
#include <memory_tree.hpp>
#include <still_world.hpp>

#include <catch2/catch.hpp>
#include <mlo/store/check.hpp>
#include <mlo/util/error.hpp>
#include <mlo/workspace/add.hpp>
#include <mlo/workspace/checkout.hpp>
#include <mlo/workspace/pointer.hpp>
#include <mlo/workspace/workspace.hpp>

namespace mlo::test {

inline constexpr std::string_view project_root = "/w";

inline const TreeText& first_version() {
    static const TreeText tree{{"a", "file one"},
                               {"b", "program #!/bin/sh"},
                               {"d", "folder"},
                               {"d/e", "folder"},
                               {"d/e/f", "file " + std::string(5000, 'f')},
                               {"d/g", "file one"},
                               {"d/l", "link e/f"},
                               {"empty", "folder"},
                               {"k", "file becomes a folder"}};
    return tree;
}

inline const TreeText& second_version() {
    static const TreeText tree{{"a", "file two"},
                               {"b", "file #!/bin/sh"},
                               {"d", "folder"},
                               {"d/e", "folder"},
                               {"d/e/f", "file " + std::string(5000, 'F')},
                               {"d/h", "file one"},
                               {"d/l", "link ../a"},
                               {"k", "folder"},
                               {"k/x", "file below"}};
    return tree;
}

enum class Start { nothing, first_version_added, first_version_missing, second_version_added };

/// A workspace without git whose folder `data` is versioned.
class Project {
public:
    explicit Project(Start start, CloneSupport clones) : start_{start}, clones_{clones} {}

    [[nodiscard]] FaultFs prepare() {
        FaultFs fs{project_root, clones_};
        const auto dir = fs.open_root(project_root);
        dir->make_dir("own");  // as .git is there before mlo is
        dir->make_dir("data");
        make_tree(*dir->open_dir("data"), first_version());
        if (start_ != Start::nothing) add(fs);
        const auto pointer = start_ == Start::nothing ? std::string{} : read_file(*dir, "data.mlo", 1u << 16);
        if (start_ == Start::first_version_added || start_ == Start::second_version_added)
            replace_data(fs, second_version());
        if (start_ == Start::first_version_missing) replace_data(fs, {});
        if (start_ == Start::second_version_added) {
            add(fs);
            write_file_atomically(*dir, "data.mlo", pointer, 0666, world_.random());
        }
        dir->sync_file_system();
        return fs;
    }

    void add(FaultFs& fs) {
        auto workspace = open(fs);
        const std::vector<std::string> paths{"data"};
        static_cast<void>(workspace::add(workspace, paths, store::LargeFiles::automatic));
    }

    void checkout(FaultFs& fs, workspace::InTheWay in_the_way = workspace::InTheWay::refuse) {
        auto workspace = open(fs);
        const auto report = workspace::checkout(workspace, {.paths = {}, .in_the_way = in_the_way});
        for (const auto& failure : report.failures) throw Error{failure.error};
    }

    [[nodiscard]] static TreeText data(FaultFs& fs) {
        TreeText tree;
        const auto dir = fs.open_root(project_root);
        if (dir->stat("data")) read_tree(*dir->open_dir("data"), "", tree);
        return tree;
    }

    static void replace_data(FaultFs& fs, const TreeText& tree) {
        const auto dir = fs.open_root(project_root);
        remove_all(*dir, "data");
        if (tree.empty()) return;
        dir->make_dir("data");
        make_tree(*dir->open_dir("data"), tree);
    }

    /// The store is sound and holds all that the pointer names. Returns the pointer's text, "" if there is none.
    std::string check_store(FaultFs& fs) {
        const auto dir = fs.open_root(project_root);
        auto workspace = open(fs);
        auto report = store::check(workspace.store(), store::CheckDepth::data, world_.with(fs));
        std::string text;
        if (dir->stat("data.mlo")) {
            const auto pointer = workspace::read_pointer(*dir, "data", "data.mlo");
            store::check_reachable(workspace.store(), pointer.id, pointer.object_kind(), report);
            text = workspace::format_pointer(pointer);
        }
        for (const auto& problem : report.problems) FAIL_CHECK(problem.subject << ": " << problem.text);
        return text;
    }

    /// What the pointer names comes out of the store as `expected`.
    void check_version(FaultFs& fs, const TreeText& expected) {
        replace_data(fs, {});
        checkout(fs);
        CHECK(data(fs) == expected);
    }

private:
    workspace::Workspace open(FaultFs& fs) {
        const std::string own = std::string{project_root} + "/own/mlo";
        return workspace::Workspace{
            {.root = std::string{project_root}, .store_dir = own, .private_dir = own, .git = {}},
            std::string{project_root},
            git::Environment{},
            world_.with(fs)};
    }

    static void remove_all(Dir& dir, const std::string& name) {
        const auto found = dir.stat(name);
        if (!found) return;
        if (found->kind != FileKind::directory) return dir.remove(name);
        const auto below = dir.open_dir(name);
        for (const auto& entry : below->list()) remove_all(*below, entry.name);
        dir.remove_dir(name);
    }

    Start start_;
    CloneSupport clones_;
    StillWorld world_{11};
};

}  // namespace mlo::test
