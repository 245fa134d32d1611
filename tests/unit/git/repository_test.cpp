// SPDX-License-Identifier: Apache-2.0
#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <mlo/git/errors.hpp>
#include <mlo/util/path.hpp>

#include "git_folder.hpp"

using namespace mlo;
using test::GitFolder;
using test::Program;

namespace {

const ErrorCode* code_of(const std::function<void()>& action) {
    try {
        action();
    } catch (const Error& error) {
        return &error.code();
    }
    return nullptr;
}

}  // namespace

TEST_CASE("text that git could take for an option or a command is no revision") {
    const GitFolder folder;
    folder.make_origin("r");
    folder.make_origin("s", {"--object-format=sha256"});
    for (const char* place : {"r", "s"}) {
        auto repository = folder.open(place);
        for (const char* text : {"", "-", "--all", "--output=/tmp/x", "-p", "HEAD\nHEAD", "HEAD\x01"}) {
            INFO(quoted(text));
            CHECK(code_of([&] { (void)repository.resolve(text); }) == &git::errors::bad_revision);
        }
        for (const char* text : {"nothing", "HEAD~9", "HEAD..v1", "v1:data.mlo", "HEAD^{tree}", "^HEAD", "HEAD --all",
                                 "@{u}", "HEAD^{", "../x"}) {
            INFO(text);
            CHECK(code_of([&] { (void)repository.resolve(text); }) == &git::errors::revision_not_found);
        }
    }
}

TEST_CASE("a form of revision that only git knows is resolved by git") {
    const GitFolder folder;
    folder.make_origin("r");
    const auto described = folder.git("r", {"describe", "--long"});
    CHECK(folder.open("r").resolve(described) == folder.git("r", {"rev-parse", "HEAD"}));
}

TEST_CASE("nothing that a repository's configuration names is run") {
    const GitFolder folder;
    folder.make_origin("r", {"--object-format=sha256"});
    const auto witness = folder.path("witness");
    folder.write("evil", "#!/bin/sh\ntouch '" + witness + "'\n");
    REQUIRE(::chmod(folder.path("evil").c_str(), 0755) == 0);
    const auto evil = folder.path("evil");
    for (const char* key :
         {"core.fsmonitor", "core.pager", "core.sshCommand", "core.editor", "core.askPass", "diff.external",
          "filter.x.clean", "filter.x.smudge", "diff.x.textconv", "credential.helper", "alias.ls-files",
          "core.alternateRefsCommand", "uploadpack.packObjectsHook"}) {
        folder.git("r", {"config", key, evil});
    }
    folder.write("r/.git/hooks/post-index-change", "#!/bin/sh\ntouch '" + witness + "'\n");
    REQUIRE(::chmod(folder.path("r/.git/hooks/post-index-change").c_str(), 0755) == 0);
    folder.write("r/.gitattributes", "* filter=x diff=x\n");
    auto repository = folder.open("r");
    const auto head = repository.resolve("HEAD");
    (void)repository.blobs_with_suffix(head, "", ".mlo", 100);
    (void)repository.tracked(std::vector<std::string>{""});
    (void)repository.ignored(std::vector<std::string>{"x"});
    (void)repository.references();
    (void)repository.history(std::vector{head});
    CHECK_FALSE(std::filesystem::exists(witness));
}

TEST_CASE("a partial SHA-256 clone names what is missing and fetches nothing") {
    const GitFolder folder;
    folder.make_origin("r", {"--object-format=sha256"});
    folder.git("r", {"config", "uploadpack.allowFilter", "true"});
    folder.git("", {"clone", "-q", "--filter=blob:none", "--no-checkout", "file://" + folder.path("r"), "p"});
    auto repository = folder.open("p");
    const auto head = repository.resolve("HEAD");
    const auto blobs = repository.blobs_with_suffix(head, "", ".mlo", 100);
    REQUIRE(blobs.size() == 4);
    for (const auto& blob : blobs) CHECK(blob.state == git::BlobState::missing);
    CHECK(code_of([&] { (void)repository.blob(head, "README", 100); }) == &git::errors::object_missing);
}

TEST_CASE("a split index, which libgit2 cannot read, is read by git") {
    const GitFolder folder;
    folder.make_origin("r");
    folder.git("r", {"update-index", "--split-index"});
    CHECK(folder.open("r").tracked(std::vector<std::string>{"sub"}).size() == 2);
    CHECK(code_of([&] { (void)folder.open("r", Program::absent).tracked(std::vector<std::string>{"sub"}); }) ==
          &git::errors::cannot_read);
}

TEST_CASE("many paths are looked up at once") {
    const GitFolder folder;
    folder.make_origin("r", {"--object-format=sha256"});
    std::vector<std::string> paths;
    for (int i = 0; i < 5000; ++i) paths.push_back("nothing/" + std::string(200, 'x') + std::to_string(i));
    paths.emplace_back("sub/deep");
    CHECK(folder.open("r").tracked(paths).size() == 1);
    CHECK(folder.open("r").ignored(paths).empty());
}

TEST_CASE("an unresolved merge is tracked") {
    const GitFolder folder;
    folder.make_origin("r");
    folder.git("r", {"switch", "-q", "-c", "side", "HEAD~1"});
    folder.write("r/data.mlo", "other");
    folder.commit("r", "other");
    CHECK_THROWS(folder.git("r", {"merge", "-q", "main"}));
    for (const auto program : {Program::present, Program::absent}) {
        const auto tracked = folder.open("r", program).tracked(std::vector<std::string>{"data.mlo"});
        CHECK_FALSE(tracked.empty());
        for (const auto& entry : tracked) CHECK(entry.path == "data.mlo");
    }
}

TEST_CASE("settings redirected by the environment are honoured") {
    const GitFolder folder;
    folder.make_origin("r");
    folder.write("other", "[user]\n\tname = Grace\n");
    auto variables = folder.environment().variables();
    variables.push_back("GIT_CONFIG_GLOBAL=" + folder.path("other"));
    const git::Environment environment{variables};
    git::Repository repository{git::discover(folder.path("r"), environment).value(), environment};
    CHECK(repository.setting("user.name") == "Grace");
    CHECK(folder.open("r").setting("user.name") == "Ada");
}
