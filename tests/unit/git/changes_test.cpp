// SPDX-License-Identifier: Apache-2.0
// What a work tree holds beyond HEAD, as libgit2 tells it (SHA-1) and as the git program does (SHA-256).
#include <catch2/catch.hpp>
#include <failure.hpp>
#include <filesystem>
#include <mlo/git/errors.hpp>

#include "git_folder.hpp"

using namespace mlo;
using test::GitFolder;

namespace {

namespace fs = std::filesystem;

constexpr git::PatchLimits no_limits{1u << 30, 1u << 30};

/// A repository of that format with a change of each kind in its work tree.
void make_changed(const GitFolder& folder, const std::string& format) {
    folder.make_origin(format, {"--object-format=" + format});
    const std::string binary{"a\0b\xff", 4};
    folder.write(format + "/binary", binary);
    folder.write(format + "/tool.sh", "true\n");
    folder.write(format + "/no end", "no line end");
    folder.write(format + "/gone", "gone\n");
    folder.write(format + "/staged", "before\n");
    folder.commit(format, "more");

    folder.write(format + "/README", "hello, world\n");
    folder.write(format + "/binary", binary + binary);
    folder.write(format + "/no end", "still no line end");
    fs::permissions(folder.path(format + "/tool.sh"), fs::perms::owner_all);
    fs::remove(folder.path(format + "/gone"));
    fs::remove(folder.path(format + "/link.mlo"));
    fs::create_symlink("sub/model.mlo", folder.path(format + "/link.mlo"));
    folder.write(format + "/staged", "after\n");
    folder.git(format, {"add", "staged"});
    folder.write(format + "/sub/new \"file\"\n\xc3\xa9.py", "print(1)\n");
    folder.write(format + "/-new", "dash\n");
    folder.write(format + "/empty", "");
    folder.write(format + "/new binary", binary);
    folder.write(format + "/ignored", "ignored");
    folder.write(format + "/x.tmp", "ignored");
}

std::string whole_patch(const git::Changes& changes) {
    auto patch = changes.patch;
    for (const auto& file : changes.new_files) patch += file.patch;
    return patch;
}

/// What git says of a work tree: every path with what is in it.
std::string contents(const GitFolder& folder, const std::string& place) {
    folder.git(place, {"add", "--all"});
    return folder.git(place, {"ls-files", "--stage"});
}

const std::vector<std::string> changed_paths{
    "-new",     "README",     "binary", "empty",  "gone",
    "link.mlo", "new binary", "no end", "staged", "sub/new \"file\"\n\xc3\xa9.py",
    "tool.sh"};

}  // namespace

TEST_CASE("a patch carries every kind of change to another work tree") {
    const GitFolder folder;
    const std::string format = GENERATE("sha1", "sha256");
    make_changed(folder, format);
    auto repository = folder.open(format);
    const auto changes = repository.changes(no_limits);
    CHECK(changes.paths == changed_paths);
    CHECK(changes.left_out.empty());

    folder.write("patch", whole_patch(changes));
    folder.git(format, {"worktree", "add", "-q", folder.path("other")});
    folder.git("other", {"apply", folder.path("patch")});
    CHECK(contents(folder, "other") == contents(folder, format));
}

TEST_CASE("a work tree as HEAD has it has no changes") {
    const GitFolder folder;
    const std::string format = GENERATE("sha1", "sha256");
    folder.make_origin(format, {"--object-format=" + format});
    fs::last_write_time(folder.path(format + "/README"), fs::file_time_type::clock::now() + std::chrono::hours{1});
    const auto changes = folder.open(format).changes(no_limits);
    CHECK(changes.paths.empty());
    CHECK(whole_patch(changes).empty());
}

TEST_CASE("before the first commit everything is new") {
    const GitFolder folder;
    const std::string format = GENERATE("sha1", "sha256");
    fs::create_directories(folder.path(format));
    folder.git(format, {"init", "-q", "-b", "first", "--object-format=" + format});
    folder.write(format + "/a", "1\n");
    folder.write(format + "/b", "2\n");
    folder.git(format, {"add", "a"});
    auto repository = folder.open(format);
    const auto changes = repository.changes(no_limits);
    CHECK(changes.paths == std::vector<std::string>{"a", "b"});
    CHECK(whole_patch(changes).find("+1\n") != std::string::npos);
    CHECK(whole_patch(changes).find("+2\n") != std::string::npos);
    CHECK(repository.branch() == "first");
}

TEST_CASE("what exceeds a limit is named and left out of the patch as a whole") {
    const GitFolder folder;
    const std::string format = GENERATE("sha1", "sha256");
    folder.make_origin(format, {"--object-format=" + format});
    folder.write(format + "/shrinks", std::string(5000, 'x') + '\n');
    folder.commit(format, "large");
    folder.write(format + "/shrinks", "small\n");
    folder.write(format + "/README", std::string(5000, 'y') + '\n');
    folder.write(format + "/new", std::string(5000, 'z') + '\n');
    folder.write(format + "/data.mlo", "changed\n");
    const auto changes = folder.open(format).changes({1u << 20, 4000});
    CHECK(changes.left_out == std::vector<std::string>{"README", "new", "shrinks"});
    CHECK(changes.paths == std::vector<std::string>{"README", "data.mlo", "new", "shrinks"});
    CHECK(changes.patch.find("+changed") != std::string::npos);
    CHECK(changes.patch.find("yyy") == std::string::npos);

    const auto bounded = folder.open(format).changes({9000, 1u << 20});
    CHECK(whole_patch(bounded).size() <= 9000);
    CHECK_FALSE(bounded.left_out.empty());
}

TEST_CASE("nested repositories, submodules and unresolved merges are named, not patched") {
    const GitFolder folder;
    const std::string format = GENERATE("sha1", "sha256");
    const std::string kind = "--object-format=" + format;
    folder.make_origin("module", {kind});
    folder.make_origin(format, {kind});
    folder.git(format, {"submodule", "--quiet", "add", folder.path("module"), "module"});
    folder.commit(format, "module");
    folder.git(format + "/module", {"checkout", "-q", "v1"});
    folder.make_origin(format + "/nested", {kind});
    folder.git(format, {"checkout", "-q", "-b", "side", "HEAD~1"});
    folder.write(format + "/README", "side\n");
    folder.git(format, {"commit", "-qam", "side"});
    folder.git(format, {"checkout", "-q", "main"});
    folder.write(format + "/README", "main\n");
    folder.git(format, {"commit", "-qm", "main", "README"});
    CHECK_THROWS(folder.git(format, {"merge", "-q", "side"}));
    const auto changes = folder.open(format).changes(no_limits);
    CHECK(changes.left_out == std::vector<std::string>{"README", "module", "nested/"});
}

TEST_CASE("no program that the configuration names is run for a patch") {
    const GitFolder folder;
    const std::string format = GENERATE("sha1", "sha256");
    folder.make_origin(format, {"--object-format=" + format});
    folder.write(format + "/.gitattributes", "*.dat filter=evil diff=evil\n");
    folder.write(format + "/a.dat", "1\n");
    folder.commit(format, "attributes");
    const auto mark = folder.path("mark");
    for (const char* key : {"filter.evil.clean", "filter.evil.process", "diff.evil.command", "diff.evil.textconv",
                            "diff.external", "core.fsmonitor"})
        folder.git(format, {"config", key, "touch " + mark});
    folder.git(format, {"config", "filter.evil.required", "true"});
    folder.write(format + "/a.dat", "2\n");
    folder.write(format + "/b.dat", "3\n");
    const auto changes = folder.open(format).changes(no_limits);
    CHECK(changes.paths == std::vector<std::string>{"a.dat", "b.dat"});
    CHECK(changes.patch.find("+2\n") != std::string::npos);
    REQUIRE(changes.new_files.size() == 1);
    CHECK(changes.new_files[0].path == "b.dat");
    CHECK(changes.new_files[0].patch.find("+3\n") != std::string::npos);
    CHECK_FALSE(fs::exists(mark));
}

TEST_CASE("the branch is that which is checked out") {
    const GitFolder folder;
    const std::string format = GENERATE("sha1", "sha256");
    folder.make_origin(format, {"--object-format=" + format});
    CHECK(folder.open(format).branch() == "main");
    folder.git(format, {"checkout", "-q", "-b", "feature/x"});
    CHECK(folder.open(format).branch() == "feature/x");
    folder.git(format, {"checkout", "-q", "--detach"});
    CHECK_FALSE(folder.open(format).branch().has_value());
}

TEST_CASE("the patch between two states leads from the one work tree to the other and leaves the repository alone") {
    const GitFolder folder;
    const std::string format = GENERATE("sha1", "sha256");
    make_changed(folder, format);
    auto repository = folder.open(format);
    const auto late = repository.head().value();
    const auto early = repository.resolve("HEAD~2");
    const auto changed = whole_patch(repository.changes(no_limits));
    folder.git(format, {"worktree", "add", "-q", "--detach", folder.path("other"), early});
    folder.write("other/README", "another\n");
    folder.write("other/other file", "new there\n");
    const auto other = whole_patch(folder.open("other").changes(no_limits));
    const auto objects = folder.git(format, {"count-objects", "-v"});

    const auto scratch = [&] {
        static int number = 0;
        auto path = folder.path("scratch \"" + std::to_string(++number));
        fs::create_directories(path);
        return path;
    };
    const auto forth = repository.patch_between({late, changed}, {early, other}, scratch());
    const auto back = repository.patch_between({early, other}, {late, changed}, scratch());
    CHECK(folder.git(format, {"count-objects", "-v"}) == objects);
    CHECK(forth.find("new there") != std::string::npos);
    CHECK(repository.patch_between({late, changed}, {late, changed}, scratch()).empty());
    CHECK(repository.patch_between({late, ""}, {late, ""}, scratch()).empty());
    CHECK(repository.patch_between({"", ""}, {early, ""}, scratch()).find("+++ b/data.mlo") != std::string::npos);

    folder.write("forth", forth);
    folder.write("back", back);
    const auto here = contents(folder, format);
    const auto there = contents(folder, "other");
    CHECK(here != there);
    folder.git(format, {"apply", "--index", folder.path("forth")});
    CHECK(contents(folder, format) == there);
    folder.git("other", {"apply", "--index", folder.path("back")});
    CHECK(contents(folder, "other") == here);
}

TEST_CASE("a patch that does not fit its commit, and a commit that is not here, are errors") {
    const GitFolder folder;
    const std::string format = GENERATE("sha1", "sha256");
    make_changed(folder, format);
    auto repository = folder.open(format);
    const auto late = repository.head().value();
    fs::create_directories(folder.path("scratch"));
    const std::string other = "--- a/README\n+++ b/README\n@@ -1 +1 @@\n-what is not there\n+x\n";
    const std::string hostile = "--- a/../x\n+++ b/../x\n@@ -0,0 +1 @@\n+x\n";
    for (const auto& patch : {std::string{"no patch"}, hostile, other})
        CHECK(test::failure([&] {
                  return repository.patch_between({late, patch}, {late, ""}, folder.path("scratch"));
              }) == git::errors::git_failed.id);
    CHECK(test::failure([&] {
              return repository.patch_between({std::string(40, 'a'), ""}, {late, ""}, folder.path("scratch"));
          }) == git::errors::revision_not_found.id);
    CHECK(test::failure([&] {
              return repository.patch_between({late, ""}, {"--output=x", ""}, folder.path("scratch"));
          }) == git::errors::revision_not_found.id);
}

TEST_CASE("two commits are told how far they are from each other") {
    const GitFolder folder;
    const std::string format = GENERATE("sha1", "sha256");
    folder.make_origin(format, {"--object-format=" + format});
    folder.git(format, {"checkout", "-q", "-b", "side", "HEAD~1"});
    folder.commit(format, "side");
    auto repository = folder.open(format);
    const auto side = repository.head().value();
    const auto main = repository.resolve("main");
    CHECK(repository.divergence(side, main) == git::Divergence{1, 1});
    CHECK(repository.divergence(repository.resolve("v1"), main) == git::Divergence{0, 2});
    CHECK(repository.divergence(main, main) == git::Divergence{0, 0});
    CHECK_FALSE(repository.divergence(main, std::string(main.size(), 'a')));
    CHECK_FALSE(repository.divergence(main, "--all"));
    folder.git("", {"clone", "-q", "--depth=1", "file://" + folder.path(format), "shallow"});
    auto shallow = folder.open("shallow");
    CHECK_FALSE(shallow.divergence(shallow.head().value(), shallow.head().value()));
}
