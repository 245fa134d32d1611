// SPDX-License-Identifier: Apache-2.0
#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <mlo/git/attributes_file.hpp>
#include <mlo/git/local_settings.hpp>
#include <mlo/util/error.hpp>
#include <mlo/util/runtime.hpp>

#include "git_folder.hpp"

using namespace mlo;
using test::GitFolder;

namespace {

constexpr git::AttributeLine lines[] = {{"*.mlo", "merge=mlo"}, {"dvc.lock", "merge=mlo"}};

std::size_t add(const GitFolder& folder) { return git::add_attributes(*folder.open(), lines, system_random()); }
std::size_t remove(const GitFolder& folder) { return git::remove_attributes(*folder.open(), lines, system_random()); }
std::size_t count(const GitFolder& folder) { return git::count_attributes(*folder.open(), lines); }

}  // namespace

TEST_CASE("lines of .gitattributes are added once and removed again") {
    const GitFolder folder;
    CHECK(count(folder) == 0);
    CHECK(add(folder) == 2);
    CHECK(folder.read(".gitattributes") == "*.mlo merge=mlo\ndvc.lock merge=mlo\n");
    CHECK(count(folder) == 2);
    CHECK(add(folder) == 0);
    CHECK(remove(folder) == 2);
    CHECK_FALSE(std::filesystem::exists(folder.path(".gitattributes")));
    CHECK(remove(folder) == 0);
}

TEST_CASE("what a .gitattributes holds stays as it is, line ends and mode included") {
    const GitFolder folder;
    folder.write(".gitattributes", "# mine\r\n*.mlo\t-text merge=mlo\r\n*.bin binary");
    REQUIRE(::chmod(folder.path(".gitattributes").c_str(), 0600) == 0);
    CHECK(count(folder) == 1);
    CHECK(add(folder) == 1);
    CHECK(folder.read(".gitattributes") ==
          "# mine\r\n*.mlo\t-text merge=mlo\r\n*.bin binary\r\ndvc.lock merge=mlo\r\n");
    CHECK(remove(folder) == 1);
    CHECK(folder.read(".gitattributes") == "# mine\r\n*.mlo\t-text merge=mlo\r\n*.bin binary\r\n");
    struct stat status {};
    REQUIRE(::stat(folder.path(".gitattributes").c_str(), &status) == 0);
    CHECK((status.st_mode & 07777u) == 0600u);
}

TEST_CASE("a comment, another pattern or another attribute is no such line") {
    const GitFolder folder;
    folder.write(".gitattributes", "# *.mlo merge=mlo\n*.mlo merge=mlox\nx.mlo merge=mlo\nmerge=mlo\n");
    CHECK(count(folder) == 0);
    CHECK(remove(folder) == 0);
}

TEST_CASE("a .gitattributes that is a symbolic link is not followed") {
    const GitFolder folder;
    folder.write("elsewhere", "mine\n");
    std::filesystem::create_symlink("elsewhere", folder.path(".gitattributes"));
    CHECK_THROWS_AS(add(folder), Error);
    CHECK(folder.read("elsewhere") == "mine\n");
}

TEST_CASE("settings of one repository alone are set, replaced and removed as a section") {
    const GitFolder folder;
    folder.make_origin("one");
    const auto layout = git::discover(folder.path("one"), folder.environment());
    REQUIRE(layout);
    git::LocalSettings settings{*layout, folder.environment()};
    CHECK_FALSE(settings.find("merge.mlo.driver"));
    CHECK_FALSE(settings.remove_section("merge.mlo"));
    settings.set("merge.mlo.driver", "mlo \"x\" %O; # %A");
    settings.set("merge.mlo.driver", "mlo merge-driver %O");
    settings.set("merge.mlo.name", "names");
    CHECK(settings.find("merge.mlo.driver") == "mlo merge-driver %O");
    CHECK(folder.git("one", {"config", "--local", "merge.mlo.driver"}) == "mlo merge-driver %O");
    CHECK(settings.remove_section("merge.mlo"));
    CHECK_FALSE(settings.find("merge.mlo.name"));
    CHECK_THROWS_AS((git::LocalSettings{*layout, folder.environment(test::Program::absent)}), Error);
}
