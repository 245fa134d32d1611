// SPDX-License-Identifier: Apache-2.0
#include <signal.h>

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <failure.hpp>
#include <fstream>
#include <mlo/util/coprocess.hpp>
#include <mlo/util/errors.hpp>
#include <thread>
#include <vector>

using mlo::as_bytes;
using mlo::Coprocess;
using mlo::ProcessRequest;
using namespace std::chrono_literals;

namespace {

ProcessRequest shell(std::string script) {
    return {.program = "/bin/sh", .arguments = {"-c", std::move(script)}, .environment = {"PATH=/usr/bin:/bin"}};
}

std::string receive_all(Coprocess& process) {
    std::string text;
    std::array<std::byte, 1000> buffer{};
    while (const auto count = process.receive(buffer)) text += mlo::as_text(std::span{buffer}.first(count));
    return text;
}

}  // namespace

TEST_CASE("what is sent to a program that runs beside is its input, and its output comes back") {
    Coprocess process{shell("read line; echo \"got $line\"; cat"), {}};
    CHECK(process.send(as_bytes("one\ntwo"), 10s) == 7u);
    process.close_input();
    CHECK(receive_all(process) == "got one\ntwo");
    CHECK(process.wait(10s) == 0);
    CHECK(process.wait(10s) == 0);
}

TEST_CASE("its error output comes line by line, and its end is kept") {
    std::vector<std::string> lines;
    Coprocess process{shell("echo one >&2; yes x | head -n 20000 >&2; printf 'the end' >&2; exit 3"),
                      [&](std::string_view line) { lines.emplace_back(line); }};
    CHECK(receive_all(process).empty());
    CHECK(process.wait(10s) == 3);
    REQUIRE(lines.size() == 20'001);
    CHECK(lines.front() == "one");
    CHECK(process.error_output().size() == Coprocess::kept_error_bytes);
    CHECK(process.error_output().ends_with("x\nthe end"));
}

TEST_CASE("a program that does not read takes what fits, then nothing; one that has ended takes nothing any more") {
    Coprocess process{shell("exec sleep 1000"), {}};
    const std::vector<std::byte> much(1u << 20);
    while (process.send(much, 10ms).value_or(0) > 0) continue;
    CHECK(process.send(much, 0ms) == 0u);
    process.kill();
    CHECK_FALSE(process.send(much, 10s).has_value());
    std::array<std::byte, 10> buffer{};
    CHECK(process.receive(buffer) == 0);
    CHECK(process.wait(10s) == 128 + SIGKILL);
}

TEST_CASE("it has a session of its own, which ends with it") {
    Coprocess process{shell("echo $$; ps -o sid= -p $$; sleep 1000 & echo $!; wait"), {}};
    std::string text;
    std::array<std::byte, 100> buffer{};
    while (std::count(text.begin(), text.end(), '\n') < 3) {
        const auto count = process.receive(buffer);
        REQUIRE(count > 0);
        text += mlo::as_text(std::span{buffer}.first(count));
    }
    const auto pid = std::stoi(text);
    CHECK(std::stoi(text.substr(text.find('\n'))) == pid);
    const auto below = std::stoi(text.substr(text.find('\n', text.find('\n') + 1)));
    process.kill();
    CHECK(process.wait(10s) == 128 + SIGKILL);
    // Its process is gone, or waits for whoever reaps orphans here.
    while (::kill(below, 0) == 0) {
        std::string state;
        std::getline(std::ifstream{"/proc/" + std::to_string(below) + "/stat"}, state);
        if (state.find(") Z") != std::string::npos) break;
        std::this_thread::yield();
    }
}

TEST_CASE("it ends with its object, and waiting has an end") {
    Coprocess process{shell("trap '' TERM; exec sleep 1000"), {}};
    CHECK_FALSE(process.wait(20ms).has_value());
}

TEST_CASE("a program that cannot be started is an error") {
    CHECK(mlo::test::failure([] {
              Coprocess{{.program = "/no/such/program"}, {}};
              return 0;
          }) == mlo::errors::child_failed.id);
    CHECK(mlo::test::failure([] {
              Coprocess{{.program = "/bin/sh", .arguments = {std::string("a\0b", 3)}}, {}};
              return 0;
          }) == mlo::errors::child_failed.id);
}
