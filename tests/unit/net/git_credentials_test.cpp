// SPDX-License-Identifier: Apache-2.0
#include <mlo/net/git_credentials.hpp>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <failure.hpp>
#include <filesystem>
#include <mlo/net/errors.hpp>
#include <temporary_folder.hpp>
#include <vector>

namespace mlo::test {
namespace {

/// A user whose one helper notes what it is asked and answers with `answer`.
class HelperFixture {
protected:
    net::GitCredentials credentials(std::string_view answer) {
        folder_.write("asked", "");
        folder_.write("answer", answer);
        folder_.write("helper", "#!/bin/sh\ncd " + folder_.path() +
                                    "; echo \"$1\" >>asked; cat >>asked\n[ $1 != get ] || cat answer\n");
        std::filesystem::permissions(folder_.path("helper"), std::filesystem::perms::owner_all);
        folder_.write(".gitconfig", "[credential]\n\thelper = " + folder_.path("helper") + "\n");
        return net::GitCredentials{{std::string{"PATH="} + std::getenv("PATH"), "HOME=" + folder_.path(),
                                    "GIT_CONFIG_NOSYSTEM=1", "GIT_TERMINAL_PROMPT=0",
                                    "GIT_DIR=" + folder_.path("evil")}};
    }
    std::string asked() { return folder_.read("asked"); }

    TemporaryFolder folder_;
    const net::CredentialScope scope_{.protocol = "https", .host = "example.org:8443", .path = "data", .user = "ada"};
};

}  // namespace

TEST_CASE_METHOD(HelperFixture, "a helper is asked for the host, and what it knows comes back") {
    const auto login = credentials("username=ada\npassword=a=b word\n").find(scope_);
    REQUIRE(login);
    CHECK(login->user == "ada");
    CHECK(login->password.reveal() == "a=b word");
    CHECK(asked() == "get\nprotocol=https\nhost=example.org:8443\nusername=ada\n");
}

TEST_CASE_METHOD(HelperFixture, "a helper that knows nothing, and no git at all, give nothing") {
    CHECK_FALSE(credentials("").find(scope_));
    CHECK_FALSE(credentials("username=ada\n").find(scope_));
    CHECK_FALSE(credentials("quit=1\n").find(scope_));
    CHECK_FALSE(net::GitCredentials{{"PATH=/nonexistent"}}.find(scope_));
    CHECK_FALSE(net::GitCredentials{{}}.find(scope_));
}

TEST_CASE_METHOD(HelperFixture, "helpers are told what was accepted and what was refused") {
    const auto git = credentials("");
    git.approve(scope_, {.user = "ada", .password = Secret{"word"}});
    git.reject(scope_, {.user = "ada", .password = Secret{"old"}});
    CHECK(asked() ==
          "store\nprotocol=https\nhost=example.org:8443\nusername=ada\npassword=word\n"
          "erase\nprotocol=https\nhost=example.org:8443\nusername=ada\npassword=old\n");
}

TEST_CASE_METHOD(HelperFixture, "the settings of a repository do not count") {
    for (const auto* each : {"objects", "refs"}) std::filesystem::create_directories(folder_.path("evil/") + each);
    folder_.write("evil/HEAD", "ref: refs/heads/main\n");
    folder_.write("evil/config", "[core]\n\trepositoryformatversion = 0\n[credential]\n\thelper = \"!touch " +
                                     folder_.path("ran") + "; cat >/dev/null; :\"\n");
    CHECK(credentials("username=u\npassword=p\n").find(scope_));
    CHECK_FALSE(std::filesystem::exists(folder_.path("ran")));
}

TEST_CASE_METHOD(HelperFixture, "a value with a line break or another control character goes to no helper") {
    const auto git = credentials("username=u\npassword=p\n");
    for (const std::string& bad :
         std::vector<std::string>{"a\nhost=evil", "a\rb", std::string{"a\0b", 3}, "a\x1b[2K", "a\x7f"}) {
        for (auto field : {&net::CredentialScope::protocol, &net::CredentialScope::host, &net::CredentialScope::path,
                           &net::CredentialScope::user}) {
            auto scope = scope_;
            scope.*field = bad;
            CHECK(failure([&] { return git.find(scope); }) == net::errors::credential_control.id);
        }
        CHECK(failure([&] { return git.approve(scope_, {.user = "ada", .password = Secret{bad}}), 0; }) ==
              net::errors::credential_control.id);
    }
    CHECK(asked().empty());
}

}  // namespace mlo::test
