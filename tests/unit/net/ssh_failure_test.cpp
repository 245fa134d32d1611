// SPDX-License-Identifier: Apache-2.0
#include "ssh_failure.hpp"

#include <catch2/catch.hpp>
#include <mlo/net/errors.hpp>
#include <mlo/net/ssh.hpp>

namespace mlo::net {
namespace {

std::string_view code_of(std::string_view said, int exit_code = 255) {
    return ssh_failure({.shown = "ada@h:22", .host = "h", .said = said, .command = "", .exit_code = exit_code})
        .code()
        .id;
}

}  // namespace

// What OpenSSH 9.2 says; tests/functional/ssh.py has the real program say most of it.
TEST_CASE("What ssh says tells what went wrong") {
    CHECK(code_of("ssh: Could not resolve hostname h: Name or service not known\r\n") == errors::unknown_host.id);
    CHECK(code_of("ssh: connect to host h port 22: Connection refused\r\n") == errors::cannot_connect.id);
    CHECK(code_of("ssh: connect to host h port 22: No route to host\r\n") == errors::cannot_connect.id);
    CHECK(code_of("No ED25519 host key is known for h and you have requested strict checking.\r\nHost key verification "
                  "failed.\r\n") == errors::unknown_host_key.id);
    CHECK(code_of("@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @\r\nHost key verification failed.\r\n") ==
          errors::wrong_host_key.id);
    CHECK(code_of("@       WARNING: REVOKED HOST KEY DETECTED!               @\r\nHost key verification failed.\r\n") ==
          errors::wrong_host_key.id);
    CHECK(code_of("ada@h: Permission denied (publickey,password).\r\n") == errors::ssh_refused.id);
    CHECK(code_of("Received disconnect from h port 22:2: Too many authentication failures\r\n") ==
          errors::ssh_refused.id);
    CHECK(code_of("subsystem request failed on channel 0\r\n") == errors::no_sftp.id);
    CHECK(code_of("kex_exchange_identification: Connection closed by remote host\r\n") == errors::connection_lost.id);
    CHECK(code_of("Timeout, server h not responding.\r\n") == errors::connection_lost.id);
    CHECK(code_of("client_loop: send disconnect: Broken pipe\r\n") == errors::connection_lost.id);
    CHECK(code_of("command-line: line 0: Bad configuration option: x\r\n") == errors::ssh_failed.id);
    CHECK(code_of("") == errors::ssh_failed.id);
    CHECK(code_of("sh: 1: sftp-server: not found\n", 127) == errors::no_sftp.id);
    CHECK(code_of("", 0) == errors::no_sftp.id);
}

TEST_CASE("A session that stood and ended was lost, whatever the exit code") {
    for (const int code : {0, 1, 255})
        CHECK(ssh_failure(
                  {.shown = "h", .host = "h", .said = "", .command = "", .exit_code = code, .has_spoken_sftp = true})
                  .code()
                  .id == errors::connection_lost.id);
    CHECK(ssh_failure({.shown = "h", .host = "h", .said = "", .command = "", .exit_code = {}}).code().id ==
          errors::connection_lost.id);
}

TEST_CASE("A command that the local shell does not find is told from one that the host does not find") {
    const SshEnd end{
        .shown = "h", .host = "h", .said = "nossh: 1: nossh: not found\n", .command = "nossh", .exit_code = 127};
    CHECK(ssh_failure(end).code().id == errors::no_ssh.id);
}

TEST_CASE("ssh's words are repeated in a few printable lines, without its frames") {
    const auto error = ssh_failure(
        {.shown = "h",
         .host = "h\x1b[1m",
         .said = "@@@@@\r\n@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @\r\none\r\ntwo's \x1b[31m\r\n\r\n"
                 "three\r\nfour\r\nfive\r\n",
         .command = "",
         .exit_code = 255});
    CHECK(error.notes() == std::vector<std::string>{"ssh: two\\\"s \\x1b[31m", "ssh: three", "ssh: four", "ssh: five"});
    CHECK(error.hint_text().find('\x1b') == std::string::npos);
}

TEST_CASE("Names of users and hosts hold nothing that somebody could take for something else") {
    for (const std::string_view name :
         {"h", "host.example.org", "10.0.0.1", "::1", "fe80::1", "a_b", "ada", "w\xc3\xbcst.example"})
        CHECK(is_plain_ssh_name(name));
    for (const std::string_view name : {"",     "-oProxyCommand=x",
                                        "-",    "a b",
                                        "a\tb", "a\nb",
                                        "$(x)", "`x`",
                                        "a;b",  "a|b",
                                        "a&b",  "a'b",
                                        "a\"b", "a\\b",
                                        "a<b",  "%h",
                                        "a#b",  "!a",
                                        "a{b",  "*",
                                        "a?",   "~\x7f"}) {
        INFO(name);
        CHECK_FALSE(is_plain_ssh_name(name));
    }
}

TEST_CASE("A target is shown as ssh takes it") {
    CHECK(SshTarget{.host = "h"}.shown() == "h");
    CHECK(SshTarget{.user = "ada", .host = "h", .port = 22}.shown() == "ada@h:22");
    CHECK(SshTarget{.host = "::1", .port = 22}.shown() == "[::1]:22");
}

}  // namespace mlo::net
