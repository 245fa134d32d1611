// SPDX-License-Identifier: Apache-2.0
#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <mlo/git/ignore_file.hpp>
#include <mlo/util/errors.hpp>
#include <mlo/util/runtime.hpp>

#include "git_folder.hpp"

using namespace mlo;
using test::GitFolder;
using test::Program;

namespace {

std::size_t add(const GitFolder& folder, std::vector<std::string> names) {
    const auto dir = folder.open();
    return git::add_to_ignore_file(*dir, names, system_random());
}

}  // namespace

TEST_CASE("a line is added once, after what is there") {
    const GitFolder folder;
    CHECK(add(folder, {"data", "model"}) == 2);
    CHECK(folder.read(".gitignore") == "/data\n/model\n");
    CHECK(add(folder, {"data"}) == 0);
    CHECK(add(folder, {"model", "x", "x"}) == 1);
    CHECK(folder.read(".gitignore") == "/data\n/model\n/x\n");
}

TEST_CASE("what a .gitignore holds stays as it is, line ends and mode included") {
    const GitFolder folder;
    folder.write(".gitignore", "# mine\r\n*.o");
    REQUIRE(::chmod(folder.path(".gitignore").c_str(), 0600) == 0);
    CHECK(add(folder, {"data"}) == 1);
    CHECK(folder.read(".gitignore") == "# mine\r\n*.o\r\n/data\r\n");
    CHECK(add(folder, {"data"}) == 0);
    struct stat status {};
    REQUIRE(::stat(folder.path(".gitignore").c_str(), &status) == 0);
    CHECK((status.st_mode & 07777u) == 0600u);
}

TEST_CASE("a .gitignore that is a symbolic link is not followed") {
    const GitFolder folder;
    folder.write("elsewhere", "mine\n");
    std::filesystem::create_symlink("elsewhere", folder.path(".gitignore"));
    CHECK_THROWS_AS(add(folder, {"data"}), Error);
    CHECK(folder.read("elsewhere") == "mine\n");
}

TEST_CASE("every name that Linux allows is excluded by its line, and its neighbours are not") {
    const GitFolder folder;
    folder.git("", {"init", "-q", "r"});
    const std::vector<std::string> names{"plain",
                                         "a b",
                                         " lead",
                                         "trail ",
                                         "trail  ",
                                         " ",
                                         "  ",
                                         "#hash",
                                         "!bang",
                                         "a*b",
                                         "a?b",
                                         "[ab]",
                                         "a]b",
                                         "a\\b",
                                         "back\\",
                                         "\\",
                                         "tab\t",
                                         "line\nfeed",
                                         "\n",
                                         "carriage\r",
                                         "\xff\xfe",
                                         "\ufeffbom",
                                         "quote\"'",
                                         "-n",
                                         "**",
                                         "a\\ ",
                                         ".hidden",
                                         "name.",
                                         std::string(255, 'x'),
                                         "\x01",
                                         "gr\u00fc\u00dfe"};
    const auto dir = real_fs().open_root(folder.path("r"));
    CHECK(git::add_to_ignore_file(*dir, names, system_random()) == names.size());
    CHECK(git::add_to_ignore_file(*dir, names, system_random()) == 0);
    const std::vector<std::string> neighbours{"plainer", "sub/plain", "a b c", "axb",  "a",    "b",  "ab",
                                              "back",    "tab",       "trai",  "hash", "bang", "xx", "aaab"};
    for (const auto program : {Program::present, Program::absent}) {
        auto repository = folder.open("r", program);
        for (const auto& name : names) {
            INFO(quoted(name) << " as " << quoted(git::ignore_pattern(name))
                              << (program == Program::present ? " (either)" : " (libgit2)"));
            CHECK(repository.ignored(std::vector{name}).size() == 1);
        }
        CHECK(repository.ignored(neighbours).empty());
    }
    // git itself, not only libgit2, must read the lines that way.
    for (const auto& name : names) {
        INFO(quoted(name) << " as " << quoted(git::ignore_pattern(name)));
        CHECK_NOTHROW(folder.git("r", {"check-ignore", "--no-index", "-q", "--", name}));
    }
    for (const auto& name : neighbours) CHECK_THROWS(folder.git("r", {"check-ignore", "--no-index", "-q", "--", name}));
}
