// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <mlo/git/errors.hpp>

#include "git_folder.hpp"

using namespace mlo;
using test::GitFolder;

TEST_CASE("outside of a repository nothing is found") {
    const GitFolder folder;
    std::filesystem::create_directories(folder.path("a/b"));
    CHECK_FALSE(git::discover(folder.path("a/b"), folder.environment()).has_value());
    CHECK_FALSE(git::discover(folder.path("a/does not exist"), folder.environment()).has_value());
}

TEST_CASE("the search stops below a ceiling") {
    const GitFolder folder;
    folder.make_origin("r");
    const git::Environment limited{{"GIT_CEILING_DIRECTORIES=/elsewhere:" + folder.path("r")}};
    CHECK_FALSE(git::discover(folder.path("r/sub/deep"), limited).has_value());
    CHECK(git::discover(folder.path("r"), limited).has_value());
}

TEST_CASE("an empty '.git' folder is no repository, but one further up is") {
    const GitFolder folder;
    folder.make_origin("r");
    std::filesystem::create_directories(folder.path("r/sub/.git"));
    CHECK(git::discover(folder.path("r/sub"), folder.environment())->work_tree == folder.path("r"));
}

TEST_CASE("a '.git' file that leads nowhere is an error that names the place") {
    const GitFolder folder;
    for (const char* content : {"gitdir: ../gone\n", "gitdir: /gone", "no link", ""}) {
        folder.write("r/.git", content);
        std::filesystem::create_directories(folder.path("r/sub"));
        try {
            (void)git::discover(folder.path("r/sub"), folder.environment());
            FAIL("found a repository through '" << content << "'");
        } catch (const Error& error) {
            CHECK(&error.code() == &git::errors::broken_repository);
            CHECK(error.message().find("r/.git") != std::string::npos);
        }
    }
}

TEST_CASE("inside the git folder there is no work tree") {
    const GitFolder folder;
    folder.make_origin("r");
    const auto layout = git::discover(folder.path("r/.git/refs"), folder.environment());
    REQUIRE(layout.has_value());
    CHECK_FALSE(layout->has_work_tree());
    CHECK(layout->git_dir == folder.path("r/.git"));
}

TEST_CASE("an environment is searched by whole names") {
    const git::Environment environment{{"HOMER=doh", "HOME=/home/ada", "EMPTY="}};
    CHECK(environment.find("HOME") == "/home/ada");
    CHECK(environment.find("EMPTY") == "");
    CHECK_FALSE(environment.find("HOM").has_value());
    CHECK_FALSE(environment.git_program().has_value());
}
