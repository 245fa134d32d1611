// SPDX-License-Identifier: Apache-2.0
#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <mlo/config/errors.hpp>

#include "config_folder.hpp"

using namespace mlo;
using config::Layer;
using test::ConfigFolder;
using test::error_of;

namespace {

unsigned mode_of(const std::string& path) {
    struct stat status {};
    REQUIRE(::stat(path.c_str(), &status) == 0);
    return status.st_mode & 07777u;
}

}  // namespace

TEST_CASE("a first setting makes the file, its folders and, in the local layer, mode 0600") {
    const ConfigFolder folder;
    auto config = folder.config();
    config.set(Layer::local, "store.dir", "/data/store", system_random());
    CHECK(folder.read("w/.git/mlo/config.yaml") ==
          "# Settings of mlo: man 5 mlo-config\nversion: 1\nstore:\n  dir: /data/store\n");
    CHECK(mode_of(folder.path("w/.git/mlo/config.yaml")) == 0600u);
    config.set(Layer::user, "core.jobs", "4", system_random());
    CHECK(config.integer("core.jobs") == 4);
    config.set(Layer::repository, "checkout.link", "copy, reflink", system_random());
    CHECK(config.list("checkout.link") == std::vector<std::string>{"copy", "reflink"});
    CHECK(config.find("checkout.link")->layer == Layer::repository);
}

TEST_CASE("setting and removing keep comments and everything else") {
    const ConfigFolder folder;
    const std::string before =
        "# ours\nversion: 1\n\ncore:   # machines\n  jobs: 4   # enough\n# last words\nproject: "
        "0123456789abcdef0123456789abcdef\n";
    folder.repository(before);
    auto config = folder.config();
    config.set(Layer::repository, "core.jobs", "8", system_random());
    CHECK(folder.read("w/.mlo/config.yaml").find("jobs: 8   # enough\n# last words\n") != std::string::npos);
    config.set(Layer::repository, "core.jobs", "4", system_random());
    CHECK(folder.read("w/.mlo/config.yaml") == before);
    config.set(Layer::repository, "store.large", "whole", system_random());
    CHECK(config.text("store.large") == "whole");
    CHECK(config.unset(Layer::repository, "store.large", system_random()));
    CHECK(folder.read("w/.mlo/config.yaml") == before);
    CHECK_FALSE(config.unset(Layer::repository, "store.large", system_random()));
    CHECK_FALSE(config.unset(Layer::user, "store.large", system_random()));
    CHECK(config.text("store.large") == "auto");
}

TEST_CASE("a mode that the user chose stays") {
    const ConfigFolder folder;
    folder.local("core:\n  jobs: 1\n");
    std::filesystem::permissions(folder.path("w/.git/mlo/config.yaml"), std::filesystem::perms{0640});
    folder.config().set(Layer::local, "core.jobs", "2", system_random());
    CHECK(mode_of(folder.path("w/.git/mlo/config.yaml")) == 0640u);
}

TEST_CASE("what may not be there is not written there") {
    const ConfigFolder folder;
    auto config = folder.config();
    const auto code = [&](Layer layer, std::string_view name, std::string_view value) {
        return &error_of([&] { config.set(layer, name, value, system_random()); }).code();
    };
    CHECK(code(Layer::repository, "store.dir", "/x") == &config::errors::not_trusted);
    CHECK(code(Layer::local, "project", std::string(32, 'a')) == &config::errors::wrong_layer);
    CHECK(code(Layer::local, "core.job", "1") == &config::errors::unknown_key);
    CHECK(code(Layer::local, "core.jobs", "0") == &config::errors::bad_value);
    CHECK_FALSE(std::filesystem::exists(folder.path("w/.mlo")));
    CHECK_FALSE(std::filesystem::exists(folder.path("w/.git/mlo")));
}

TEST_CASE("outside of a workspace only the user's and the system's files exist") {
    const ConfigFolder folder;
    auto sources = folder.sources();
    sources.workspace_root.clear();
    sources.local_folder.clear();
    config::Config config{real_fs(), silent_log(), sources};
    for (const auto layer : {Layer::repository, Layer::local}) {
        CHECK(&error_of([&] { config.set(layer, "core.jobs", "1", system_random()); }).code() ==
              &config::errors::no_such_layer);
    }
    config.set(Layer::user, "core.jobs", "3", system_random());
    CHECK(config.integer("core.jobs") == 3);
}
