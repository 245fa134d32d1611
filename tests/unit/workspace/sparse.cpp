// SPDX-License-Identifier: Apache-2.0
#include <mlo/workspace/sparse.hpp>

#include <catch2/catch.hpp>
#include <failure.hpp>
#include <mlo/workspace/errors.hpp>
#include <mlo/workspace/safe_name.hpp>

#include "checkout_world.hpp"

using namespace mlo;
using namespace mlo::test;
using namespace mlo::workspace;

TEST_CASE("a sparse pattern takes in a folder with all below it, and a later one leaves a part out") {
    const SparseSet set{{"data/train/", "!data/train/raw/", "*.json"}};
    CHECK(set.includes("data/train/a"));
    CHECK(set.includes("data/train/deep/er/a"));
    CHECK_FALSE(set.includes("data/train/raw/a"));
    CHECK(set.includes("data/train/raw/a.json"));
    CHECK(set.includes("other/x.json"));
    CHECK_FALSE(set.includes("data/val/a"));
    CHECK_FALSE(set.includes("data/trainer/a"));
    CHECK(set.includes_folder("data/train"));
    CHECK_FALSE(set.includes_folder("data"));
    CHECK(SparseSet{}.includes("anything"));
}

TEST_CASE("what is no pattern is refused") {
    for (const std::string bad : {"", "\n", "a\nb", "# comment", "/", "   "})
        CHECK(failure([&] { return SparseSet{std::vector{bad}}; }) == workspace::errors::bad_sparse_pattern.id);
    CHECK(failure([&] { return SparseSet{{std::string{"a\0b", 3}}}; }) == workspace::errors::bad_sparse_pattern.id);
}

TEST_CASE("sparse patterns are kept, and a damaged record is told") {
    TemporaryFolder folder;
    SeededRandom random{1};
    const auto dir = folder.open();
    CHECK(SparseSet::load(dir.get()).everything());
    SparseSet{{"a b/", "!*.bin"}}.save(*dir, random);
    CHECK(SparseSet::load(dir.get()).patterns() == std::vector<std::string>{"a b/", "!*.bin"});
    CHECK(folder.read("sparse") == "mlo sparse 1\na b/\n!*.bin\n");
    SparseSet{}.save(*dir, random);
    CHECK(SparseSet::load(dir.get()).everything());
    for (const auto* const bad : {"", "mlo sparse 2\nx\n", "mlo sparse 1\nx"}) {
        folder.write("sparse", bad);
        CHECK(failure([&] { return SparseSet::load(dir.get()); }) == workspace::errors::sparse_file_invalid.id);
    }
}

TEST_CASE("a sparse checkout holds only what is in, stays so, and ends") {
    CheckoutWorld world;
    world.write("data/train/a", "a");
    world.write("data/val/b", "b");
    world.make_folder("data/val/empty");
    world.write("other", "o");
    const auto pointer = world.add();
    world.add("other");
    const auto all = world.snapshot();

    CHECK(world.checkout({.paths = {}, .new_sparse = SparseSet{{"data/train/"}}}).failures.empty());
    const std::map<std::string, std::string> part{{"train", "folder"}, {"train/a", "file a"}};
    CHECK(world.snapshot() == part);
    CHECK_FALSE(world.exists("other"));
    CHECK_FALSE(world.status().differs());
    CHECK(world.checkout().changes.empty());
    world.remove("data");
    CHECK(world.checkout().written_files == 1);
    CHECK(world.snapshot() == part);

    SECTION("what is left out survives an add") {
        world.write("data/train/new", "n");
        world.add();
        CHECK(world.checkout({.paths = {}, .new_sparse = SparseSet{}}).failures.empty());
        CHECK(world.read("data/val/b") == "b");
        CHECK(world.read("data/train/new") == "n");
    }
    SECTION("a path that is left out is told as such") {
        const auto report = world.checkout({.paths = {"data/val/b"}});
        REQUIRE(report.failures.size() == 1);
        CHECK(report.failures[0].error.code().id == workspace::errors::left_out_by_sparse.id);
    }
    SECTION("everything comes back") {
        CHECK(world.checkout({.paths = {}, .new_sparse = SparseSet{}}).failures.empty());
        CHECK(world.snapshot() == all);
        CHECK(world.read("other") == "o");
    }
}

TEST_CASE("what sparse patterns would remove is kept if it is stored nowhere") {
    CheckoutWorld world;
    world.write("data/val/b", "b");
    world.add();
    world.write("data/val/b", "mine");
    const auto shrink = [&] { return world.checkout({.paths = {}, .new_sparse = SparseSet{{"data/train/"}}}); };
    CHECK(failure(shrink) == workspace::errors::files_in_the_way.id);
    CHECK(world.read("data/val/b") == "mine");
    auto space = world.open();
    CHECK(SparseSet::load(space.private_dir()).everything());
}

TEST_CASE("names that a file system may take for git's or mlo's own folder are unsafe, whoever asks") {
    for (const std::string_view name : {"",
                                        ".",
                                        "..",
                                        "a/b",
                                        ".git",
                                        ".GIT",
                                        ".gIt",
                                        "git~1",
                                        "GIT~1",
                                        ".git.",
                                        ".git ",
                                        ".git. . ",
                                        ".git::$INDEX_ALLOCATION",
                                        ".git:stream",
                                        ".g\xe2\x80\x8cit",
                                        "\xef\xbb\xbf.git",
                                        ".git\xe2\x81\xaf",
                                        "a\\.git",
                                        ".git\\config",
                                        ".mlo",
                                        ".MLO",
                                        "mlo~1",
                                        ".mlo ",
                                        ".mlo-0123456789abcdef.tmp"})
        CHECK_FALSE(unsafe_name_reason(name).empty());
    CHECK_FALSE(unsafe_name_reason(std::string_view{"a\0", 2}).empty());
    CHECK_FALSE(unsafe_name_reason(std::string(256, 'n')).empty());
    for (const std::string_view name :
         {".gitignore", ".gitmodules", "git", "git~2", ".git-x", "x.git", "data.mlo", ".mloignore", "..git", ". git",
          ".g it", "\xff\xfe", "a\nb", ".mlo-0123456789ABCDEF.tmp", ".mlo-0123456789abcde.tmp", " "})
        CHECK(unsafe_name_reason(name).empty());
    CHECK(unsafe_name_reason(std::string(255, 'n')).empty());
}
