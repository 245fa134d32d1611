// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <filesystem>
#include <mlo/dvc/site.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/process.hpp>
#include <refused.hpp>
#include <still_world.hpp>
#include <temporary_folder.hpp>

using namespace mlo;
using namespace mlo::test;

namespace {

/// A workspace `w`, a home `h`, and places of the system, in a temporary folder.
class Places {
public:
    Places() {
        folder_.write("w/.dvc/config", "");
        std::filesystem::create_directories(folder_.path("h"));
        environment = {"HOME=" + at("h"), "XDG_CONFIG_DIRS=" + at("xdg") + ":/nowhere"};
    }
    void write(std::string_view file, std::string_view text) const { folder_.write(file, text); }
    [[nodiscard]] std::string at(std::string_view relative) const { return folder_.path(relative); }
    [[nodiscard]] std::optional<dvc::Site> find(std::string_view folder = "") {
        return dvc::find_site(at("w"), folder, environment, world_.with(real_fs()));
    }
    [[nodiscard]] std::string cache() { return short_form(find().value().cache_dir); }
    [[nodiscard]] std::string refusal() {
        return short_form(refused([&] { return find(); }));
    }
    [[nodiscard]] std::string short_form(std::string text) const {
        for (auto found = text.find(folder_.path()); found != text.npos; found = text.find(folder_.path()))
            text.replace(found, folder_.path().size(), "$");
        return text;
    }

    std::vector<std::string> environment;

private:
    TemporaryFolder folder_;
    StillWorld world_{1};
};

void git(const std::string& folder, std::vector<std::string> arguments) {
    const auto program = find_program("git", "/usr/local/bin:/usr/bin:/bin");
    REQUIRE(program.has_value());
    const auto result = run_process({.program = *program,
                                     .arguments = std::move(arguments),
                                     .directory = folder,
                                     .environment = {"HOME=/nowhere"}});
    REQUIRE(result.exit_code == 0);
}

}  // namespace

TEST_CASE("a site is the nearest .dvc at or above a folder, within the workspace") {
    Places places;
    places.write("w/a/b/file", "");
    places.write("w/sub/.dvc/config", "");
    places.write("w/sub/deep/file", "");
    const auto site = places.find().value();
    CHECK(site.workspace == places.at("w"));
    CHECK(site.root == places.at("w"));
    CHECK(site.tmp_dir == places.at("w/.dvc/tmp"));
    CHECK(site.cache_dir == places.at("w/.dvc/cache"));
    CHECK(site.sharing == dvc::Site::Sharing::own);
    CHECK(places.find("a/b")->root == places.at("w"));
    CHECK(places.find("sub/deep")->root == places.at("w/sub"));
    CHECK(places.find("sub/deep")->cache_dir == places.at("w/sub/.dvc/cache"));

    std::filesystem::remove_all(places.at("w/.dvc"));
    std::filesystem::create_directories(places.at(".dvc"));
    CHECK_FALSE(places.find("a/b").has_value());
    places.write("w/a/.dvc", "a file");
    CHECK_FALSE(places.find("a/b").has_value());
}

TEST_CASE("a .dvc that is a symbolic link is not followed") {
    Places places;
    std::filesystem::rename(places.at("w/.dvc"), places.at("elsewhere"));
    std::filesystem::create_symlink(places.at("elsewhere"), places.at("w/.dvc"));
    CHECK(places.refusal().starts_with("U007 "));
}

TEST_CASE("the files of the system, the user, the project and this clone count, the later the more") {
    Places places;
    CHECK(places.cache() == "$/w/.dvc/cache");
    places.write("xdg/dvc/config", "[cache]\ndir = one\n");
    CHECK(places.cache() == "$/xdg/dvc/one");
    places.write("h/.config/dvc/config", "[cache]\ndir = ~/two\n");
    CHECK(places.cache() == "$/h/two");
    places.write("w/.dvc/config", "[cache]\ndir = ../three\n");
    CHECK(places.cache() == "$/w/three");
    places.write("w/.dvc/config.local", "[cache]\ndir = " + places.at("four") + "\n");
    CHECK(places.cache() == "$/four");
    places.write("w/.dvc/config.local", "[cache]\nshared = GROUP\n");
    CHECK(places.cache() == "$/w/three");
    CHECK(places.find()->sharing == dvc::Site::Sharing::group);
}

TEST_CASE("DVC's own variables and those of XDG say where the files are") {
    Places places;
    places.write("system/config", "[cache]\ndir = s\n");
    places.write("user/config", "[cache]\ndir = u\n");
    places.write("config/dvc/config", "[cache]\ndir = x\n");
    places.environment.push_back("DVC_SYSTEM_CONFIG_DIR=" + places.at("system"));
    CHECK(places.cache() == "$/system/s");
    places.environment.push_back("XDG_CONFIG_HOME=" + places.at("config"));
    CHECK(places.cache() == "$/config/dvc/x");
    places.environment.push_back("DVC_GLOBAL_CONFIG_DIR=" + places.at("user"));
    CHECK(places.cache() == "$/user/u");
    places.environment.back() = "DVC_GLOBAL_CONFIG_DIR=user";
    CHECK(places.refusal() ==
          "V002  DVC_GLOBAL_CONFIG_DIR must be an absolute path, not 'user' help: export "
          "DVC_GLOBAL_CONFIG_DIR=\"$PWD/user\"");
    places.environment.back() = "DVC_GLOBAL_CONFIG_DIR=";
    CHECK(places.cache() == "$/config/dvc/x");
}

TEST_CASE("a user's file may be a link") {
    Places places;
    places.write("dotfiles/dvc", "[cache]\ndir = ~\n");
    std::filesystem::create_directories(places.at("h/.config/dvc"));
    std::filesystem::create_symlink("../../../dotfiles/dvc", places.at("h/.config/dvc/config"));
    CHECK(places.cache() == "$/h");
    std::filesystem::remove(places.at("h/.config/dvc/config"));
    std::filesystem::create_symlink("config", places.at("h/.config/dvc/config"));
    CHECK(places.refusal().starts_with("U007 "));
}

TEST_CASE("what comes with a clone does not put the cache outside of the workspace") {
    Places places;
    const auto* const refusal =
        "V003 .dvc/config:2 'cache.dir' leads out of the workspace, to '$/outside', in a file that is committed help: "
        "dvc config --local cache.dir PATH";
    places.write("w/.dvc/config", "[cache]\ndir = " + places.at("outside") + "\n");
    CHECK(places.refusal() == refusal);
    places.write("w/.dvc/config", "[cache]\ndir = ../../w/../outside\n");
    CHECK(places.refusal() == refusal);
    places.write("w/.dvc/config.local", "[cache]\ndir = ../../outside\n");
    CHECK(places.cache() == "$/outside");

    git(places.at("w"), {"init", "-q"});
    CHECK(places.cache() == "$/outside");
    git(places.at("w"), {"add", "-f", ".dvc/config.local"});
    CHECK(places.refusal() ==
          "V003 .dvc/config.local:2 'cache.dir' leads out of the workspace, to '$/outside', in a file that is "
          "committed help: git rm --cached .dvc/config.local");
    places.write("w/.dvc/config.local", "[cache]\ndir = " + places.at("w") + "/inside\n");
    CHECK(places.cache() == "$/w/inside");
}

TEST_CASE("what mlo does not do as DVC does is refused") {
    Places places;
    const auto refusal = [&](std::string_view text) {
        places.write("w/.dvc/config", text);
        return places.refusal();
    };
    CHECK(refusal("[core]\nhardlink_lock = True\n").starts_with("V002 .dvc/config:2 "));
    CHECK(refusal("[core]\nhardlink_lock = False\n") == "nothing");
    CHECK(refusal("[core]\nhardlink_lock = yes\n") ==
          "V001 .dvc/config:2 'core.hardlink_lock' is true or false, not 'yes' help: dvc config --unset "
          "core.hardlink_lock");
    CHECK(refusal("[cache]\nlocal = mine\n").starts_with("V002 .dvc/config:2 "));
    CHECK(refusal("[cache]\ndir = s3://bucket/cache\n").starts_with("V002 .dvc/config:2 "));
    CHECK(refusal("[cache]\ndir = ~other/cache\n").starts_with("V002 .dvc/config:2 "));
    CHECK(refusal("[cache]\ndir = %(home)s/cache\n").starts_with("V002 .dvc/config:2 "));
    CHECK(refusal("[cache]\ndir = a, b\n") ==
          "V001 .dvc/config:2 'cache.dir' is one value, not a list help: dvc config "
          "cache.dir VALUE");
    CHECK(refusal("[cache]\nshared = all\n") ==
          "V001 .dvc/config:2 'cache.shared' is group or not there, not 'all' help: dvc config "
          "--unset cache.shared");
    CHECK(refusal("[cache\n").starts_with("V001 .dvc/config:1 "));
}
