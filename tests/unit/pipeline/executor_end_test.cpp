// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <children.hpp>
#include <chrono>
#include <sstream>

#include "real_jobs.hpp"

using namespace mlo;
using namespace mlo::test;
using namespace std::chrono_literals;

namespace {

/// Runs a job whose timeout comes long after it said "ready", however busy the machine is.
std::uint64_t run_to_timeout(Jobs& jobs, Job job) {
    for (job.timeout.after = 100ms;; job.timeout.after *= 2) {
        const auto begin = std::chrono::steady_clock::now();
        jobs.start(job);
        while (jobs.said(job.number).find("ready") == std::string::npos && !jobs.has_ended(job.number)) jobs.poll();
        const bool is_early = std::chrono::steady_clock::now() - begin < job.timeout.after / 2;
        if (!is_early) jobs.executor().cancel(job.number, 0ns);
        static_cast<void>(jobs.end_of(job.number));
        if (is_early) return job.number;
        job.number = jobs.job({}).number;
    }
}

}  // namespace

TEST_CASE("a job that takes too long is asked to end, and then made to") {
    for (const auto end_signals : {EndSignals::descriptors, EndSignals::looks}) {
        Jobs jobs{end_signals};
        auto job = jobs.job({"trap 'echo asked; exit 9' TERM; sh -c 'echo ready; exec sleep 1000' & wait", "echo no"});
        job.timeout.grace = 100s;
        auto number = run_to_timeout(jobs, job);
        auto end = jobs.end_of(number);
        CHECK(end.kind == JobEndKind::timed_out);
        CHECK(end.exit_code == 9);
        CHECK(jobs.said(number) == "ready\nasked\n");
        CHECK(end.left_behind.empty());  // its sleep was asked too

        job = jobs.job({"trap '' TERM; sh -c 'echo ready; exec sleep 1000' & sleep 1000"});
        job.timeout.grace = 10ms;
        end = jobs.end_of(run_to_timeout(jobs, job));
        CHECK(end.kind == JobEndKind::timed_out);
        CHECK(end.signal == SIGKILL);
        CHECK_FALSE(end.left_behind.empty());
        for (const int pid : end.left_behind) CHECK(::kill(pid, 0) != 0);
    }
}

TEST_CASE("a timeout is for all commands of a job together") {
    Jobs jobs;
    auto job = jobs.job({"true", "echo ready; sleep 1000"});
    job.timeout.grace = 100s;
    const auto end = jobs.end_of(run_to_timeout(jobs, job));
    CHECK(end.kind == JobEndKind::timed_out);
    CHECK(end.command == 1);
    CHECK(end.signal == SIGTERM);
}

TEST_CASE("a job that is cancelled ends, its grandchildren and daemons with it") {
    Jobs jobs;
    Fifo alive{jobs.folder().path("alive")};
    // A grandchild, a session of its own, and a daemon whose parents are gone; the last ignores TERM.
    const auto number = jobs.start(
        "exec 9>alive; (sleep 1000 & sleep 1000) & setsid sleep 1000 & "
        "(setsid sh -c 'trap \"\" TERM; echo yes >deaf; sleep 1000 & wait; sleep 1000' &) ; "
        "while ! [ -s deaf ]; do :; done; "
        "echo ready; sleep 1000");
    jobs.await_text(number, "ready");
    jobs.executor().cancel(number, 1s);
    const auto& end = jobs.end_of(number);
    CHECK(end.kind == JobEndKind::cancelled);
    CHECK(end.signal == SIGTERM);
    CHECK_FALSE(end.left_behind.empty());
    alive.await_nobody();
    CHECK(children().find(' ') == children().rfind(' '));
    jobs.executor().cancel(number, 0ns);  // it is over: nothing happens
    jobs.executor().cancel(77, 0ns);
}

TEST_CASE("a stopped job can be cancelled") {
    Jobs jobs;
    const auto number = jobs.start("trap 'exit 5' TERM; echo ready; kill -STOP $$; sleep 1000");
    jobs.await_text(number, "ready");
    jobs.executor().cancel(number, 1000s);
    CHECK(jobs.end_of(number).kind == JobEndKind::cancelled);
}

TEST_CASE("impatience shortens a grace") {
    Jobs jobs;
    const auto number = jobs.start("trap '' TERM; echo ready; while :; do sleep 1000; done");
    jobs.await_text(number, "ready");
    jobs.executor().cancel(number, 1000s);
    CHECK_FALSE(jobs.has_ended(number));
    jobs.executor().cancel(number, 0ns);
    CHECK(jobs.end_of(number).signal == SIGKILL);
}

TEST_CASE("what a job leaves behind is found, named and ended with it") {
    for (const auto end_signals : {EndSignals::descriptors, EndSignals::looks}) {
        Jobs jobs{end_signals};
        Fifo alive{jobs.folder().path("alive")};
        SECTION("in its session, without its environment") {
            const auto end = jobs.run("exec 9>alive; env -i sleep 1000 & echo $!");
            CHECK(end.exit_code == 0);
            CHECK(end.left_behind == std::vector{std::stoi(jobs.said(1))});
        }
        SECTION("a daemon with a session of its own, whose parents are gone") {
            const auto end = jobs.run(
                "exec 9>alive; (setsid sh -c 'echo $$; echo x >daemon; exec sleep 1000' &); "
                "while ! [ -s daemon ]; do :; done");
            CHECK(end.exit_code == 0);
            CHECK(end.left_behind == std::vector{std::stoi(jobs.said(1))});
        }
        SECTION("children of such a daemon, without environment") {
            const auto end = jobs.run(
                "exec 9>alive; (setsid sh -c 'setsid env -i sleep 1000 & echo $$ $!; wait' >pids &); "
                "while ! [ -s pids ]; do :; done; cat pids");
            std::istringstream pids{jobs.said(1)};
            std::vector<int> expected(2);
            pids >> expected[0] >> expected[1];
            std::sort(expected.begin(), expected.end());
            CHECK(end.left_behind == expected);
        }
        SECTION("one that does not want to end") {
            const auto end = jobs.run(
                "exec 9>alive; (trap '' TERM; echo ready >deaf; exec sleep 1000) & "
                "while ! [ -s deaf ]; do :; done");
            CHECK(end.exit_code == 0);
            CHECK(end.left_behind.size() == 1);
        }
        SECTION("of an earlier command, which later ones may still use") {
            const auto end =
                jobs.run(jobs.job({"exec 9>alive; sleep 1000 & echo $! >pid", "kill -0 $(cat pid) && echo there"}));
            CHECK(end.exit_code == 0);
            CHECK(jobs.said(1) == "there\n");
            CHECK(end.left_behind.size() == 1);
        }
        alive.await_nobody();
        CHECK(children().find(' ') == children().rfind(' '));  // nobody but the watchdog, and no zombies
    }
}

TEST_CASE("what ends by itself soon after the job is not left behind, and all that it says counts") {
    Jobs jobs;
    const auto number = jobs.start("(sleep 0.01; echo last words) & echo first");
    const auto& end = jobs.end_of(number);
    CHECK(end.left_behind.empty());
    CHECK(jobs.said(number) == "first\nlast words\n");
}

TEST_CASE("what is not of a job is let alone") {
    // A child of ours, such as a program that another thread runs, with a session of its own.
    const mlo::test::Child other{[](const auto&) {
        ::setsid();
        for (;;) ::pause();
    }};
    Jobs jobs;
    Fifo alive{jobs.folder().path("alive")};
    const auto second = jobs.start("exec 9>alive; sleep 1000 & echo ready; wait");
    jobs.await_text(second, "ready");
    CHECK(jobs.run("sleep 1000 &").left_behind.size() == 1);
    CHECK(::kill(other.process(), 0) == 0);
    CHECK_FALSE(jobs.has_ended(second));
    jobs.executor().cancel(second, 10s);
    CHECK(jobs.end_of(second).left_behind.empty());
    alive.await_nobody();
}

TEST_CASE("an executor that ends takes its jobs with it") {
    Jobs jobs;
    Fifo alive{jobs.folder().path("alive")};
    const auto number =
        jobs.start("exec 9>alive; setsid sleep 1000 & trap '' TERM; echo ready; while :; do sleep 1000; done");
    jobs.await_text(number, "ready");
    jobs.destroy();
    alive.await_nobody();
    CHECK(children().empty());
}

TEST_CASE("a process that is killed takes its jobs with it, and the next waits for that") {
    const TemporaryFolder folder;
    Fifo alive{folder.path("alive")};
    {
        mlo::test::Child runner{[&](const auto& tell) {
            const auto executor = local_executor(real_runtime(), folder.path("guard"));
            executor->settle();
            executor->start(
                {.number = 1,
                 .commands = {"exec 9>alive; (setsid sleep 1000 &); echo ready; trap '' TERM; sleep 1000; sleep 1000"},
                 .shell = "/bin/sh",
                 .shell_options = {},
                 .directory = folder.path(),
                 .environment = {"PATH=/usr/bin:/bin"},
                 .timeout = {},
                 .needs = {}});
            for (;;) executor->poll(std::chrono::nanoseconds::max(), [&](const JobEvent&) { tell(1); });
        }};
        std::uint64_t number = 0;
        REQUIRE(runner.hear(number));
    }
    local_executor(real_runtime(), folder.path("guard"))->settle();
    CHECK(alive.has_nobody());
    // They became ours: earlier executors made this process a subreaper.
    while (::waitpid(-1, nullptr, 0) > 0) continue;
}
