// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <mlo/config/errors.hpp>
#include <mlo/config/places.hpp>

#include "config_folder.hpp"

using namespace mlo;
using config::Layer;
using test::ConfigFolder;
using test::error_of;

TEST_CASE("without files there are defaults") {
    const ConfigFolder folder;
    auto config = folder.config();
    CHECK(config.text("store.large") == "auto");
    CHECK(config.find("store.large")->layer == Layer::fallback);
    CHECK(config.list("checkout.link") == std::vector<std::string>{"reflink", "copy"});
    CHECK_FALSE(config.integer("core.jobs").has_value());
    CHECK_FALSE(config.text("project").has_value());
}

TEST_CASE("the stronger layer wins: flag, environment, local, repository, user, system") {
    const ConfigFolder folder;
    const auto jobs = [&](std::vector<std::string> variables, std::vector<std::string> flags) {
        return folder.config(std::move(variables), std::move(flags)).find("core.jobs").value();
    };
    folder.system("core: {jobs: 1}");
    CHECK(jobs({}, {}).layer == Layer::system);
    folder.user("core: {jobs: 2}");
    CHECK(jobs({}, {}).layer == Layer::user);
    folder.repository("core:\n  jobs: 3\n");
    CHECK(jobs({}, {}).layer == Layer::repository);
    CHECK(jobs({}, {}).place == ".mlo/config.yaml:2:9");
    folder.local("core: {jobs: 4}");
    CHECK(jobs({}, {}).place == ".git/mlo/config.yaml:1:14");
    CHECK(jobs({"MLO_CORE_JOBS=5"}, {}).place == "MLO_CORE_JOBS");
    CHECK(jobs({"MLO_CORE_JOBS=5"}, {"core.jobs=6"}).layer == Layer::flag);
    CHECK(jobs({"MLO_CORE_JOBS=5"}, {"core.jobs=6", "core.jobs=7"}).value == "7");
    CHECK(folder.config().integer("core.jobs") == 4);
}

TEST_CASE("sections may be empty, files too") {
    const ConfigFolder folder;
    folder.user("");
    folder.system("# nothing yet\n");
    folder.repository("version: 1\ncore:\nstore: {}\n");
    CHECK(folder.config().problems().empty());
}

TEST_CASE("lists are written as YAML lists or with commas") {
    const ConfigFolder folder;
    for (const char* text : {"checkout: {link: [copy, reflink]}", "checkout:\n  link:\n    - copy\n    - reflink\n",
                             "checkout: {link: \"copy,reflink\"}"}) {
        folder.repository(text);
        CHECK(folder.config().list("checkout.link") == std::vector<std::string>{"copy", "reflink"});
    }
}

TEST_CASE("an unknown key is an error with its place and a guess, in every layer") {
    const ConfigFolder folder;
    const auto check = [](const Error& error, std::string_view place, std::string_view hint) {
        CHECK(&error.code() == &config::errors::unknown_key);
        CHECK(error.place() == place);
        CHECK(error.hint_text() == hint);
    };
    folder.repository("core:\n  job: 3\n");
    check(error_of([&] { (void)folder.config().text("project"); }), ".mlo/config.yaml:2:3",
          "did you mean 'core.jobs'?");
    folder.repository("jobs: 3\n");
    check(error_of([&] { (void)folder.config().text("project"); }), ".mlo/config.yaml:1:1",
          "did you mean 'core.jobs'?");
    folder.repository("");
    check(error_of([&] { (void)folder.config({}, {"store.larg=auto"}).text("project"); }), "--config",
          "did you mean 'store.large'?");
    check(error_of([&] { (void)folder.config({"MLO_CORE_JOB=1"}).text("project"); }), "",
          "did you mean 'MLO_CORE_JOBS'?");
    check(error_of([&] { (void)folder.config().get_key("zzzzzz"); }), "", "mlo config --list --all");
}

TEST_CASE("variables of others that start with MLO_ are left alone") {
    const ConfigFolder folder;
    CHECK(folder.config({"MLO_HOME=/x", "MLO_=1", "MLO=2", "MLOX_CORE_JOBS=3", "MLO_CORPORATE=4"}).problems().empty());
}

TEST_CASE("a key is spelled in one way") {
    const ConfigFolder folder;
    for (const char* text : {"core.jobs: 3", "Core: {jobs: 3}", "core: {Jobs: 3}", "core: {core.jobs: 3}"}) {
        INFO(text);
        folder.user(text);
        CHECK(&error_of([&] { (void)folder.config().text("project"); }).code() == &config::errors::unknown_key);
    }
}

TEST_CASE("a value that does not fit says what would") {
    const ConfigFolder folder;
    for (const char* text : {"core: {jobs: many}", "core: {jobs: 1.5}", "core: {jobs: [1]}", "core: {jobs: }",
                             "core: {jobs: {a: 1}}", "checkout: {link: [copy, [reflink]]}", "store: {large: true}"}) {
        INFO(text);
        folder.user(text);
        CHECK(&error_of([&] { (void)folder.config().text("project"); }).code() == &config::errors::bad_value);
    }
    folder.user("core: {jobs: 0}");
    CHECK(error_of([&] { (void)folder.config().text("project"); }).message() ==
          "'core.jobs' takes an integer from 1 to 1024, not '0'");
    folder.user("");
    CHECK(&error_of([&] { (void)folder.config({}, {"core.jobs"}).text("project"); }).code() ==
          &config::errors::bad_assignment);
}

TEST_CASE("a file that is no mapping, or too large, is an error") {
    const ConfigFolder folder;
    for (const char* text : {"- a\n", "text\n", "core: 3\n"}) {
        folder.user(text);
        CHECK(&error_of([&] { (void)folder.config().text("project"); }).code() == &config::errors::bad_file);
    }
    folder.user("# " + std::string(2u << 20, 'x'));
    CHECK(error_of([&] { (void)folder.config().text("project"); }).code().id == "U012");
}

TEST_CASE("what a newer format adds is left out, what it keeps still counts") {
    const ConfigFolder folder;
    folder.repository("version: 2\nfuture: {thing: 1}\ncore: {jobs: 3, more: 1}\n");
    CHECK(folder.config().integer("core.jobs") == 3);
    folder.repository("version: 1\nfuture: {thing: 1}\n");
    CHECK(&error_of([&] { (void)folder.config().text("project"); }).code() == &config::errors::unknown_key);
}

TEST_CASE("a broken file disturbs nobody who asks nothing") {
    const ConfigFolder folder;
    folder.user("{{{");
    folder.repository("nonsense: 1");
    auto config = folder.config();
    CHECK(config.file_of(Layer::repository) == ".mlo/config.yaml");
    CHECK(&config.get_key("core.jobs") != nullptr);
    CHECK(config.problems().size() == 2);
    CHECK_THROWS_AS(config.text("core.jobs"), Error);
}

TEST_CASE("links to a user's own configuration are followed") {
    const ConfigFolder folder;
    folder.write("dotfiles/mlo.yaml", "core:\n  jobs: 9\n");
    std::filesystem::create_directories(folder.path("home/.config/mlo"));
    std::filesystem::create_symlink(folder.path("dotfiles/mlo.yaml"), folder.path("home/.config/mlo/config.yaml"));
    CHECK(folder.config().integer("core.jobs") == 9);
    folder.config().set(Layer::user, "core.jobs", "10", system_random());
    CHECK(folder.read("dotfiles/mlo.yaml") == "core:\n  jobs: 10\n");
}

TEST_CASE("the user's settings and cache are where the environment says") {
    using Variables = std::vector<std::string>;
    const Variables plain{"HOME=/home/ada", "PATH=/bin"};
    CHECK(config::user_file(plain) == "/home/ada/.config/mlo/config.yaml");
    CHECK(config::cache_folder(plain) == "/home/ada/.cache/mlo");
    const Variables own{"HOME=/home/ada", "XDG_CONFIG_HOME=/c", "XDG_CACHE_HOME=/k"};
    CHECK(config::user_file(own) == "/c/mlo/config.yaml");
    CHECK(config::cache_folder(own) == "/k/mlo");
    const Variables relative{"HOME=/home/ada", "XDG_CONFIG_HOME=c", "XDG_CACHE_HOME="};
    CHECK(config::user_file(relative) == "/home/ada/.config/mlo/config.yaml");
    CHECK(config::cache_folder(relative) == "/home/ada/.cache/mlo");
    CHECK(config::user_file({}).empty());
    CHECK(config::cache_folder({}).empty());
    const Variables twice{"HOME=/a", "HOME=/b"};
    CHECK(config::cache_folder(twice) == "/b/.cache/mlo");
}
