// SPDX-License-Identifier: Apache-2.0
// One set of questions for every shape of repository, whichever of libgit2 and the git program answers.
#include <unistd.h>

#include <catch2/catch.hpp>
#include <mlo/git/errors.hpp>

#include "git_folder.hpp"

using namespace mlo;
using test::GitFolder;
using test::Program;

namespace {

/// What differs between the shapes.
struct Expected {
    bool history_complete = true;
    bool has_work_tree = true;
    bool blobs_are_here = true;
};

std::vector<std::string> names_of(const std::vector<git::TrackedPath>& entries) {
    std::vector<std::string> names;
    for (const auto& entry : entries) names.push_back(entry.path);
    std::sort(names.begin(), names.end());
    return names;
}

void check_commits(const GitFolder& folder, git::Repository& repository, std::string_view place,
                   const Expected& expected) {
    const auto head = repository.resolve("HEAD");
    CHECK(head == folder.git(place, {"rev-parse", "HEAD"}));
    CHECK(repository.head() == head);
    CHECK(repository.resolve(head.substr(0, 10)) == head);
    const auto history = repository.history(std::vector{head});
    CHECK(history.complete == expected.history_complete);
    if (expected.history_complete) {
        CHECK(history.commits.size() == 3);
        CHECK(repository.resolve("v1") == repository.resolve("HEAD~2"));
        CHECK(repository.resolve("v1^{commit}") == folder.git(place, {"rev-parse", "HEAD~2"}));
        const auto old = repository.blobs_with_suffix(repository.resolve("v1"), "", ".mlo", 100);
        REQUIRE(old.size() == 4);
        if (expected.blobs_are_here) CHECK(old[0].content == "one");
    } else {
        CHECK(history.commits == std::vector{head});
        CHECK_THROWS_AS(repository.resolve("HEAD~1"), Error);
    }
    const auto references = repository.references();
    CHECK(std::any_of(references.begin(), references.end(),
                      [&](const git::Reference& reference) { return reference.commit == head; }));
}

void check_files(git::Repository& repository, const Expected& expected) {
    const auto head = repository.resolve("HEAD");
    const auto blobs = repository.blobs_with_suffix(head, "", ".mlo", 100);
    REQUIRE(blobs.size() == 4);  // the symbolic link is no file
    CHECK(blobs[0].path == "data.mlo");
    CHECK(blobs[1].path == "sub-2/other.mlo");
    CHECK(blobs[2].path == "sub/deep/x y.mlo");
    CHECK(blobs[3].path == "sub/model.mlo");
    const auto state = expected.blobs_are_here ? git::BlobState::complete : git::BlobState::missing;
    CHECK(blobs[2].state == state);
    CHECK(blobs[2].content == (expected.blobs_are_here ? "deep" : ""));
    const auto below = repository.blobs_with_suffix(head, "sub", ".mlo", 100);
    REQUIRE(below.size() == 2);
    CHECK(below[0].path == "sub/deep/x y.mlo");
    CHECK(below[1].path == "sub/model.mlo");
    CHECK(repository.blobs_with_suffix(head, "nowhere", ".mlo", 100).empty());
    CHECK(repository.blobs_with_suffix(head, "README", ".mlo", 100).empty());

    CHECK_FALSE(repository.blob(head, "nothing", 100).has_value());
    CHECK_FALSE(repository.blob(head, "sub", 100).has_value());
    if (!expected.blobs_are_here) {
        CHECK_THROWS_AS(repository.blob(head, "sub/deep/x y.mlo", 100), Error);
        return;
    }
    CHECK(repository.blob(head, "sub/deep/x y.mlo", 100) == "deep");
    const auto limited = repository.blobs_with_suffix(head, "", ".mlo", 4);
    REQUIRE(limited.size() == 4);
    CHECK(limited[0].state == git::BlobState::too_large);
    CHECK(limited[0].content.empty());
    CHECK(limited[2].content == "deep");
    CHECK_THROWS_AS(repository.blob(head, "data.mlo", 4), Error);
}

void check_work_tree(git::Repository& repository, const Expected& expected) {
    const std::vector<std::string> paths{"sub", "data.mlo", "sub-", "nothing", "README/x"};
    const auto tracked = names_of(repository.tracked(paths));
    const std::vector<std::string> questions{"ignored", "sub/ignored", "sub/a.tmp", "data.mlo", "folder/", "folder"};
    const auto ignored = repository.ignored(questions);
    if (!expected.has_work_tree) {
        CHECK(tracked.empty());
        CHECK(ignored.empty());
        return;
    }
    CHECK(tracked == std::vector<std::string>{"data.mlo", "sub/deep/x y.mlo", "sub/model.mlo"});
    CHECK(repository.tracked(std::vector<std::string>{""}).size() == 7);
    CHECK(ignored == std::vector<std::string>{"ignored", "sub/a.tmp", "folder/"});
    CHECK(repository.setting("user.email") == "ada@example.org");
    CHECK_FALSE(repository.setting("user.nickname").has_value());
}

void check(const GitFolder& folder, git::Repository repository, std::string_view place, const Expected& expected) {
    CHECK(repository.layout().has_work_tree() == expected.has_work_tree);
    check_commits(folder, repository, place, expected);
    check_files(repository, expected);
    check_work_tree(repository, expected);
}

}  // namespace

TEST_CASE("a normal repository answers every question, with and without the git program") {
    const GitFolder folder;
    folder.make_origin("r");
    check(folder, folder.open("r"), "r", {});
    check(folder, folder.open("r/sub/deep", Program::absent), "r", {});
    CHECK(folder.open("r").layout().git_dir == folder.path("r/.git"));
    CHECK(folder.open("r").layout().common_dir == folder.path("r/.git"));
    const auto shape = folder.open("r").shape();
    CHECK_FALSE((shape.bare || shape.shallow || shape.partial || shape.sparse || shape.linked_work_tree));
    CHECK(shape.object_format == "sha1");
}

TEST_CASE("a shallow clone answers for what it has and calls its history incomplete") {
    const GitFolder folder;
    folder.make_origin("r");
    folder.git("", {"clone", "-q", "--depth=1", "file://" + folder.path("r"), "s"});
    check(folder, folder.open("s"), "s", {.history_complete = false});
    check(folder, folder.open("s", Program::absent), "s", {.history_complete = false});
    CHECK(folder.open("s").shape().shallow);
    try {
        (void)folder.open("s").resolve("HEAD~1");
        FAIL("HEAD~1 is not in a clone of depth 1");
    } catch (const Error& error) {
        CHECK(&error.code() == &git::errors::revision_not_found);
        CHECK(error.hint_text() == "git fetch --unshallow");
    }
}

TEST_CASE("a partial and sparse clone answers, names what is missing and fetches nothing") {
    const GitFolder folder;
    folder.make_origin("r");
    folder.git("r", {"config", "uploadpack.allowFilter", "true"});
    folder.git("", {"clone", "-q", "--filter=blob:none", "--sparse", "file://" + folder.path("r"), "p"});
    const auto objects = folder.git("p", {"count-objects", "-v"});
    for (const auto program : {Program::present, Program::absent}) {
        auto repository = folder.open("p", program);
        check_commits(folder, repository, "p", {.blobs_are_here = false});
        check_files(repository, {.blobs_are_here = false});
        check_work_tree(repository, {});
        CHECK(repository.shape().partial);
        CHECK(repository.shape().sparse);
    }
    CHECK(folder.git("p", {"count-objects", "-v"}) == objects);
}

TEST_CASE("a linked work tree has its own HEAD and shares the rest") {
    const GitFolder folder;
    folder.make_origin("r");
    folder.git("r", {"worktree", "add", "-q", "../w", "-b", "side"});
    check(folder, folder.open("w/sub"), "w", {});
    check(folder, folder.open("w", Program::absent), "w", {});
    auto repository = folder.open("w");
    CHECK(repository.layout().work_tree == folder.path("w"));
    CHECK(repository.layout().git_dir == folder.path("r/.git/worktrees/w"));
    CHECK(repository.layout().common_dir == folder.path("r/.git"));
    CHECK(repository.shape().linked_work_tree);
}

TEST_CASE("a submodule is a repository of its own, and its parent tracks it as such") {
    const GitFolder folder;
    folder.make_origin("r");
    std::filesystem::create_directories(folder.path("outer"));
    folder.git("outer", {"init", "-q"});
    folder.git("outer", {"submodule", "--quiet", "add", folder.path("r"), "inner"});
    folder.commit("outer", "a submodule");
    check(folder, folder.open("outer/inner"), "outer/inner", {});
    check(folder, folder.open("outer/inner", Program::absent), "outer/inner", {});
    CHECK(folder.open("outer/inner/sub").layout().common_dir == folder.path("outer/.git/modules/inner"));
    for (const auto program : {Program::present, Program::absent}) {
        auto outer = folder.open("outer", program);
        const auto tracked = outer.tracked(std::vector<std::string>{"inner/data"});
        REQUIRE(tracked.size() == 1);
        CHECK(tracked[0].path == "inner");
        CHECK(tracked[0].kind == git::TrackedKind::submodule);
    }
}

TEST_CASE("a SHA-256 repository is answered for by the git program") {
    const GitFolder folder;
    folder.make_origin("r", {"--object-format=sha256"});
    check(folder, folder.open("r"), "r", {});
    CHECK(folder.open("r").resolve("HEAD").size() == 64);
    CHECK(folder.open("r").shape().object_format == "sha256");
    try {
        (void)folder.open("r", Program::absent).resolve("HEAD");
        FAIL("libgit2 1.5 cannot read SHA-256");
    } catch (const Error& error) {
        CHECK(&error.code() == &git::errors::cannot_read);
    }
}

TEST_CASE("a bare repository has commits but no work tree") {
    const GitFolder folder;
    folder.make_origin("r");
    folder.git("", {"clone", "-q", "--bare", folder.path("r"), "b.git"});
    check(folder, folder.open("b.git"), "b.git", {.has_work_tree = false});
    check(folder, folder.open("b.git/refs", Program::absent), "b.git", {.has_work_tree = false});
    CHECK(folder.open("b.git").shape().bare);
}

TEST_CASE("a repository of another owner is refused with git's own advice until the user trusts it") {
    const GitFolder folder;
    folder.make_origin("r");
    if (::geteuid() != 0) {
        WARN("needs root to give a repository away");
        return;
    }
    for (const auto& name : {"r", "r/.git", "r/.git/config"}) {
        REQUIRE(::chown(folder.path(name).c_str(), 12345, 12345) == 0);
    }
    for (const auto program : {Program::present, Program::absent}) {
        try {
            (void)folder.open("r", program).resolve("HEAD");
            FAIL("another user's repository was read");
        } catch (const Error& error) {
            INFO(error.message() << (error.notes().empty() ? "" : error.notes().front()));
            CHECK(&error.code() == &git::errors::unsafe_owner);
            CHECK(error.hint_text().find("safe.directory") != std::string::npos);
        }
    }
    folder.git("home", {"config", "--global", "--add", "safe.directory", folder.path("r")});
    check(folder, folder.open("r"), "r", {});
    check(folder, folder.open("r", Program::absent), "r", {});
}

TEST_CASE("a commit that only a reflog names can be resolved") {
    const GitFolder folder;
    folder.make_origin("r");
    const auto lost = folder.git("r", {"rev-parse", "HEAD"});
    folder.git("r", {"reset", "-q", "--hard", "HEAD~1"});
    for (const auto program : {Program::present, Program::absent}) {
        auto repository = folder.open("r", program);
        CHECK(repository.resolve("HEAD@{1}") == lost);
        CHECK(repository.history(std::vector{lost}).commits.size() == 3);
        const auto references = repository.references();
        CHECK(std::none_of(references.begin(), references.end(),
                           [&](const git::Reference& reference) { return reference.commit == lost; }));
    }
}

TEST_CASE("a repository without commits has no head") {
    const GitFolder folder;
    for (const char* format : {"sha1", "sha256"}) {
        std::filesystem::create_directories(folder.path(format));
        folder.git(format, {"init", "-q", "--object-format=" + std::string{format}});
        auto repository = folder.open(format);
        CHECK_FALSE(repository.head().has_value());
        CHECK(repository.references().empty());
        CHECK(repository.tracked(std::vector<std::string>{""}).empty());
        CHECK_THROWS_AS(repository.resolve("HEAD"), Error);
    }
}
