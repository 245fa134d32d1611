// SPDX-License-Identifier: Apache-2.0
#include "console.hpp"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <mlo/util/runtime.hpp>

#include "output.hpp"
#include "progress.hpp"

using namespace mlo;
using namespace mlo::cli;
using namespace std::chrono_literals;

namespace {

/// What was written to a console that is no terminal.
class PipedConsole {
public:
    PipedConsole() { REQUIRE(::pipe(ends_) == 0); }
    ~PipedConsole() {
        ::close(ends_[0]);
        if (ends_[1] >= 0) ::close(ends_[1]);
    }
    PipedConsole(const PipedConsole&) = delete;
    PipedConsole& operator=(const PipedConsole&) = delete;

    [[nodiscard]] int write_end() const { return ends_[1]; }
    std::string written() {
        ::close(ends_[1]);
        ends_[1] = -1;
        std::string all;
        char buffer[4096];
        for (ssize_t count = 0; (count = ::read(ends_[0], buffer, sizeof buffer)) > 0;) {
            all.append(buffer, static_cast<std::size_t>(count));
        }
        return all;
    }

private:
    int ends_[2] = {-1, -1};
};

class HandClock final : public Clock {
public:
    Timestamp now() override { return {}; }
    std::chrono::nanoseconds elapsed() override { return time; }
    void sleep(std::chrono::nanoseconds, std::stop_token) override {}

    std::chrono::nanoseconds time{};
};

}  // namespace

TEST_CASE("progress says how much, how fast and how long still") {
    constexpr std::uint64_t mib = 1u << 20;
    CHECK(describe({"hashing", ProgressUnit::bytes, 40 * mib, 100 * mib, 2s}) ==
          "hashing: 40 %, 40.0 MiB of 100.0 MiB, 20.0 MiB/s, 3 s left");
    CHECK(describe({"checking out", ProgressUnit::files, 1500, 0, 3s}) == "checking out: 1,500 files, 500/s");
    CHECK(describe({"hashing", ProgressUnit::bytes, 0, 10 * mib, 0s}) == "hashing: 0 %, 0 B of 10.0 MiB, 0 B/s");
    CHECK(describe({"copying", ProgressUnit::files, 10, 36010, 1s}) ==
          "copying: 0 %, 10 of 36,010 files, 10/s, 1 h 00 min left");
    CHECK(describe({"copying", ProgressUnit::files, 2, 130, 1s}).ends_with("1 min 04 s left"));
}

TEST_CASE("without a terminal, work below a second says nothing") {
    PipedConsole pipe;
    Console console{pipe.write_end()};
    HandClock clock;
    {
        const auto progress = make_progress(console, clock)->begin("hashing", ProgressUnit::files);
        progress->expect(10);
        for (int i = 0; i < 10; ++i) {
            clock.time += 90ms;
            progress->advance(1);
        }
    }
    CHECK(pipe.written().empty());
}

TEST_CASE("without a terminal, longer work gets a line per tenth, or half a minute") {
    PipedConsole pipe;
    Console console{pipe.write_end()};
    HandClock clock;
    {
        const auto progress = make_progress(console, clock)->begin("hashing", ProgressUnit::files);
        progress->expect(100);
        for (int i = 0; i < 25; ++i) {
            clock.time += 1s;
            progress->advance(1);
        }
        clock.time += 31s;
        progress->advance(1);
    }
    CHECK(pipe.written() ==
          "hashing: 1 %, 1 of 100 files, 1/s, 1 min 39 s left\n"
          "hashing: 10 %, 10 of 100 files, 1/s, 1 min 30 s left\n"
          "hashing: 20 %, 20 of 100 files, 1/s, 1 min 20 s left\n"
          "hashing: 26 %, 26 of 100 files, 0/s, 2 min 39 s left\n");
}

TEST_CASE("a line is written above the live line, which is erased and painted again") {
    PipedConsole pipe;
    Console console{pipe.write_end()};
    console.set_live_line("10 %");
    console.set_live_line("10 %");
    console.line("something");
    console.set_live_line("");
    CHECK(pipe.written() == "\r\x1b[K10 %\r\x1b[Ksomething\n10 %\r\x1b[K");
}

TEST_CASE("a failed write tells its reason") {
    PipedConsole pipe;
    CHECK(write_fully(pipe.write_end(), "text") == 0);
    CHECK(write_fully(-1, "text") == EBADF);
    CHECK(write_fully(-1, "") == 0);
}

TEST_CASE("display width counts characters, not bytes, and no escape sequences") {
    CHECK(display_width("abc") == 3);
    CHECK(display_width("Zoë") == 3);
    CHECK(display_width(with_color(Paint::bad, "no")) == 2);
    CHECK(display_width("\x1b[") == 0);
}
