// SPDX-License-Identifier: Apache-2.0
#include "signals.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <future>

using mlo::cli::Signals;

TEST_CASE("the first signal requests a stop and is remembered") {
    std::promise<int> called;
    const Signals signals{[&](int number) { called.set_value(number); }};
    CHECK(signals.received() == 0);
    CHECK_FALSE(signals.token().stop_requested());
    ::kill(::getpid(), SIGTERM);
    CHECK(called.get_future().get() == SIGTERM);
    CHECK(signals.received() == SIGTERM);
    CHECK(signals.token().stop_requested());
}

TEST_CASE("the second signal ends the process at once") {
    const auto child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        const Signals signals{[](int) { ::kill(::getpid(), SIGINT); }};
        ::kill(::getpid(), SIGINT);
        for (;;) ::pause();
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    REQUIRE(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 130);
}

TEST_CASE("an ignored signal stays ignored") {
    const auto before = ::signal(SIGHUP, SIG_IGN);
    {
        const Signals signals{[](int) {}};
        ::kill(::getpid(), SIGHUP);
        CHECK(signals.received() == 0);
    }
    ::signal(SIGHUP, before);
}

TEST_CASE("during a pause the signals are left to somebody else, and afterwards taken again") {
    std::promise<int> called;
    Signals signals{[&](int number) { called.set_value(number); }};
    sigset_t wanted;
    sigemptyset(&wanted);
    sigaddset(&wanted, SIGTERM);
    {
        const mlo::cli::SignalPause pause{signals};
        ::kill(::getpid(), SIGTERM);
        int taken = 0;
        CHECK(::sigwait(&wanted, &taken) == 0);
        CHECK(taken == SIGTERM);
    }
    CHECK(signals.received() == 0);
    ::kill(::getpid(), SIGTERM);
    CHECK(called.get_future().get() == SIGTERM);
}
