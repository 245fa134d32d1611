// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <failure.hpp>
#include <filesystem>
#include <mlo/git/errors.hpp>
#include <mlo/git/scratch_work_tree.hpp>

#include "git_folder.hpp"

using namespace mlo;
using test::failure;
using test::GitFolder;
using test::Program;

namespace {

constexpr git::PatchLimits limits{.total_bytes = 1 << 20, .file_bytes = 1 << 20};

/// A repository "r" with one commit.
struct OneCommit : GitFolder {
    OneCommit() {
        std::filesystem::create_directories(path("r"));
        git("r", {"init", "--quiet"});
        write("r/train.sh", "echo one\n");
        commit("r", "first");
        layout = git::discover(path("r"), environment()).value();
        first = git("r", {"rev-parse", "HEAD"});
    }

    [[nodiscard]] git::ScratchWorkTree scratch(std::string_view at, Program program = Program::present) const {
        return {layout, environment(program), path(at), first};
    }

    git::Layout layout;
    std::string first;
};

}  // namespace

TEST_CASE("a scratch work tree has a commit's files, and leaves the user's alone") {
    OneCommit folder;
    folder.write("r/train.sh", "echo two\n");
    folder.commit("r", "second");
    folder.write("r/train.sh", "echo not committed\n");
    auto scratch = folder.scratch("r/.git/scratch");
    CHECK(folder.read("r/.git/scratch/train.sh") == "echo one\n");
    CHECK(scratch.layout().work_tree == folder.path("r/.git/scratch"));
    CHECK(scratch.layout().common_dir == folder.layout.common_dir);
    CHECK(folder.open("r/.git/scratch").head() == folder.first);
    CHECK_FALSE(folder.open("r/.git/scratch").branch());
    CHECK(folder.read("r/train.sh") == "echo not committed\n");

    folder.write("r/.git/scratch/made by the job", "x");
    std::filesystem::remove_all(folder.path("r/.git/scratch"));
    git::forget_absent_work_trees(folder.layout, folder.environment());
    CHECK(folder.git("r", {"worktree", "list", "--porcelain"}).find("scratch") == std::string::npos);
    CHECK(folder.git("r", {"branch", "--show-current"}) == "main");
}

TEST_CASE("what was not committed is put into a scratch work tree") {
    OneCommit folder;
    folder.write("r/train.sh", "echo changed\n");
    folder.write("r/new.bin", std::string{"\0\1\2\n", 4});
    const auto changes = folder.open("r").changes(limits);
    auto patch = changes.patch;
    for (const auto& file : changes.new_files) patch += file.patch;
    auto scratch = folder.scratch("s");
    scratch.apply(patch);
    CHECK(folder.read("s/train.sh") == "echo changed\n");
    CHECK(folder.read("s/new.bin") == std::string{"\0\1\2\n", 4});
}

TEST_CASE("a patch that does not fit, or leads outside, changes nothing") {
    OneCommit folder;
    auto scratch = folder.scratch("s");
    const auto new_file = [](const std::string& name) {
        return "diff --git a/" + name + " b/" + name + "\nnew file mode 100755\n--- /dev/null\n+++ b/" + name +
               "\n@@ -0,0 +1 @@\n+x\n";
    };
    const auto refusal = [&](const std::string& patch) { return failure([&] { return scratch.apply(patch), 0; }); };
    CHECK(refusal(new_file("good") + "--- a/train.sh\n+++ b/train.sh\n@@ -1 +1 @@\n-echo other\n+echo changed\n") ==
          git::errors::patch_failed.id);
    CHECK_FALSE(std::filesystem::exists(folder.path("s/good")));
    CHECK(refusal(new_file("../outside")) == git::errors::patch_failed.id);
    CHECK_FALSE(std::filesystem::exists(folder.path("outside")));
    CHECK(refusal(new_file(".git/hooks/post-checkout")) == git::errors::patch_failed.id);
}

TEST_CASE("a scratch work tree runs no hooks, needs git and refuses a place that is taken") {
    OneCommit folder;
    folder.write("r/.git/hooks/post-checkout", "#!/bin/sh\necho ran > \"" + folder.path("hooked") + "\"\n");
    std::filesystem::permissions(folder.path("r/.git/hooks/post-checkout"), std::filesystem::perms::owner_all);
    (void)folder.scratch("s");
    CHECK_FALSE(std::filesystem::exists(folder.path("hooked")));
    CHECK(failure([&] { return folder.scratch("s"); }) == git::errors::git_failed.id);
    CHECK(failure([&] { return folder.scratch("t", Program::absent); }) == git::errors::cannot_read.id);
}
