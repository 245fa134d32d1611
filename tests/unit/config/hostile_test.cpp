// SPDX-License-Identifier: Apache-2.0
// What comes with a clone must not decide over this machine, however it is written.
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <mlo/config/errors.hpp>
#include <mlo/util/errors.hpp>

#include "config_folder.hpp"

using namespace mlo;
using config::Layer;
using test::ConfigFolder;
using test::error_of;

TEST_CASE("a committed file may not set what only the user of the machine may, with its place") {
    const ConfigFolder folder;
    folder.repository("version: 1\nstore:\n  large: auto\n  dir: /tmp/evil\n");
    const auto error = error_of([&] { (void)folder.config().text("store.dir"); });
    CHECK(&error.code() == &config::errors::not_trusted);
    CHECK(error.place() == ".mlo/config.yaml:4:3");
}

TEST_CASE("no way of writing it makes a committed key trusted") {
    const ConfigFolder folder;
    const std::vector<std::string> tricks{
        "{store: {dir: /tmp/evil}}",
        "\"store\": {\"dir\": /tmp/evil}",
        "? store\n: dir: /tmp/evil\n",
        "version: 99\nstore: {dir: /tmp/evil}",
        "version: 99\nstore:\n  unknown: 1\n  dir: /tmp/evil\n",
        "core: &a {jobs: 1}\nstore: {dir: /tmp/evil}",
        "store: {dir: }",
        "store: {dir: [1]}",
        "store: {dir: relative}",
        "\xef\xbb\xbfstore: {dir: /tmp/evil}",
        "store: {\"\\x64ir\": /tmp/evil}",
    };
    for (const auto& text : tricks) {
        INFO(text);
        folder.repository(text);
        CHECK(&error_of([&] { (void)folder.config().text("store.dir"); }).code() == &config::errors::not_trusted);
        CHECK(folder.config().problems().size() == 1);
    }
}

TEST_CASE("forms that could hide a key are errors of some kind, never a value") {
    const ConfigFolder folder;
    for (const char* text :
         {"store.dir: /tmp/evil", "store: {dir: /a}\nstore: {dir: /b}", "<<: {store: {dir: /tmp/evil}}",
          "core: &a {dir: /tmp/evil}\nstore: *a", "STORE: {DIR: /tmp/evil}", "--- {}\n---\nstore: {dir: /tmp/evil}",
          "store: {store.dir: /tmp/evil}", "store: !!map {dir: /tmp/evil}", "version: x\nstore: {dir: /tmp/evil}",
          "version: 1\n...\nstore: {dir: /tmp/evil}"}) {
        INFO(text);
        folder.repository(text);
        CHECK_THROWS_AS(folder.config().text("store.dir"), Error);
    }
}

TEST_CASE("neither '.mlo' nor the file in it may be a symbolic link") {
    const ConfigFolder folder;
    folder.write("elsewhere/config.yaml", "core: {jobs: 5}");
    std::filesystem::create_directory_symlink(folder.path("elsewhere"), folder.path("w/.mlo"));
    CHECK(&error_of([&] { (void)folder.config().text("project"); }).code() == &mlo::errors::leads_outside);
    CHECK(&error_of([&] { folder.config().set(Layer::repository, "core.jobs", "6", system_random()); }).code() ==
          &mlo::errors::leads_outside);
    std::filesystem::remove(folder.path("w/.mlo"));
    std::filesystem::create_directory(folder.path("w/.mlo"));
    std::filesystem::create_symlink(folder.path("elsewhere/config.yaml"), folder.path("w/.mlo/config.yaml"));
    CHECK(&error_of([&] { (void)folder.config().text("project"); }).code() == &mlo::errors::leads_outside);
    CHECK(folder.read("elsewhere/config.yaml") == "core: {jobs: 5}");
}

TEST_CASE("a fifo in place of the committed file does not hang the reader") {
    const ConfigFolder folder;
    std::filesystem::create_directories(folder.path("w/.mlo"));
    REQUIRE(::mkfifo(folder.path("w/.mlo/config.yaml").c_str(), 0600) == 0);
    CHECK(&error_of([&] { (void)folder.config().text("project"); }).code() == &mlo::errors::not_a_regular_file);
}

TEST_CASE("a committed '.mlo/local.yaml' is not read where git is") {
    const ConfigFolder folder;
    folder.write("w/.mlo/local.yaml", "store: {dir: /tmp/evil}");
    CHECK_FALSE(folder.config().text("store.dir").has_value());
}

TEST_CASE("a local file that others may write is believed no more than the clone") {
    const ConfigFolder folder;
    folder.local("store: {dir: /data}");
    CHECK(folder.config().text("store.dir") == "/data");
    for (const unsigned mode : {0620u, 0602u, 0666u}) {
        std::filesystem::permissions(folder.path("w/.git/mlo/config.yaml"), std::filesystem::perms{mode});
        const auto error = error_of([&] { (void)folder.config().text("store.dir"); });
        CHECK(&error.code() == &config::errors::unsafe_file);
        CHECK(error.place() == ".git/mlo/config.yaml:1:9");
    }
    folder.local("core: {jobs: 3}");
    std::filesystem::permissions(folder.path("w/.git/mlo/config.yaml"), std::filesystem::perms{0666});
    CHECK(folder.config().integer("core.jobs") == 3);
}

TEST_CASE("a local file of another user is believed no more than the clone") {
    const ConfigFolder folder;
    folder.local("store: {dir: /data}");
    auto sources = folder.sources();
    sources.user_id += 1;
    if (::geteuid() == 0) REQUIRE(::chown(folder.path("w/.git/mlo/config.yaml").c_str(), 12345, 12345) == 0);
    config::Config config{real_fs(), silent_log(), sources};
    CHECK(&error_of([&] { (void)config.text("store.dir"); }).code() == &config::errors::unsafe_file);
}

TEST_CASE("what identifies the project comes from the committed file alone") {
    const ConfigFolder folder;
    const std::string id(32, 'a');
    for (const auto layer : {Layer::system, Layer::user, Layer::local}) {
        const ConfigFolder fresh;
        if (layer == Layer::system) fresh.system("project: " + id);
        if (layer == Layer::user) fresh.user("project: " + id);
        if (layer == Layer::local) fresh.local("project: " + id);
        CHECK(&error_of([&] { (void)fresh.config().text("project"); }).code() == &config::errors::wrong_layer);
    }
    CHECK(&error_of([&] { (void)folder.config({}, {"project=" + id}).text("project"); }).code() ==
          &config::errors::wrong_layer);
    folder.repository("project: " + id);
    CHECK(folder.config().text("project") == id);
}
