// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <thread>

#include "real_jobs.hpp"

using namespace mlo;
using namespace mlo::test;
using namespace std::chrono_literals;

TEST_CASE("a job says what it says and ends as it ends") {
    Jobs jobs;
    const auto end = jobs.run("echo out; echo err >&2; exit 7");
    CHECK(end.kind == JobEndKind::exited);
    CHECK(end.exit_code == 7);
    CHECK(end.signal == 0);
    CHECK(end.left_behind.empty());
    CHECK(end.peak_memory_bytes > 0);
    CHECK(end.duration > 0ns);
    CHECK(jobs.said(1) == "out\n");
    CHECK(jobs.complained(1) == "err\n");

    const auto killed = jobs.run("kill -SEGV $$");
    CHECK(killed.kind == JobEndKind::signalled);
    CHECK(killed.signal == SIGSEGV);
    CHECK(killed.exit_code == 0);
    CHECK(jobs.run("no-such-program").exit_code == 127);
    CHECK(jobs.run(jobs.job({})).kind == JobEndKind::exited);
}

TEST_CASE("commands of a job run one after the other, each in a shell of its own, until one fails") {
    Jobs jobs;
    auto end = jobs.run(jobs.job({"x=1; echo a", "echo b$x", "echo c; exit 3", "echo d"}));
    CHECK(jobs.said(1) == "a\nb\nc\n");
    CHECK(end.exit_code == 3);
    CHECK(end.command == 2);
    end = jobs.run(jobs.job({"true", "kill -KILL $$", "echo d"}));
    CHECK(end.kind == JobEndKind::signalled);
    CHECK(end.command == 1);
    CHECK(jobs.said(2).empty());
}

TEST_CASE("a job has nothing of ours but what it was given") {
    // What this process has open, ignores and blocks, a job knows nothing of.
    std::array<int, 2> pipe{};
    REQUIRE(::pipe(pipe.data()) == 0);
    const auto before = ::signal(SIGUSR1, SIG_IGN);
    sigset_t blocked;
    sigset_t old;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGUSR2);
    ::pthread_sigmask(SIG_BLOCK, &blocked, &old);
    Jobs jobs;
    // The C library itself ignores two signals above 31 in what it starts.
    const auto number = jobs.start(
        "sed -nE 's/^Sig(Blk|Ign):.*(.{7})$/\\1 \\2/p' /proc/self/status; ls -x /proc/self/fd; "
        "readlink /proc/self/fd/0; cat; ps -o sid= -p $$ | tr -d ' '; echo $$; env | sed 's/MLO_JOB=.*/mark/' | sort");
    CHECK(jobs.end_of(number).exit_code == 0);
    ::pthread_sigmask(SIG_SETMASK, &old, nullptr);
    ::signal(SIGUSR1, before);
    for (const int end : pipe) ::close(end);
    const auto said = jobs.said(number);
    CHECK(said.starts_with("Blk 0000000\nIgn 0000000\n0  1  2  3\n/dev/null\n"));
    CHECK(said.find("\nPATH=/usr/bin:/bin\n") != std::string::npos);
    CHECK(said.find("\nPWD=" + jobs.folder().path() + "\n") != std::string::npos);
    CHECK(said.find("mark\n") != std::string::npos);
    // The shell leads a session of its own.
    const auto ids = said.substr(std::string_view{"Blk 0000000\nIgn 0000000\n0  1  2  3\n/dev/null\n"}.size());
    const auto line = ids.find('\n');
    CHECK(ids.substr(0, line) == ids.substr(line + 1, line));
}

TEST_CASE("what cannot be started is an end of its own") {
    Jobs jobs;
    auto job = jobs.job({"true"});
    job.shell = "/no/such/shell";
    auto end = jobs.run(job);
    CHECK(end.kind == JobEndKind::not_started);
    CHECK(end.trouble == "cannot run '/no/such/shell': No such file or directory");
    job = jobs.job({"true"});
    job.directory += "/absent";
    end = jobs.run(job);
    CHECK(end.kind == JobEndKind::not_started);
    CHECK(end.trouble == "cannot run '/bin/sh' in '" + job.directory + "': No such file or directory");
    end = jobs.run(jobs.job({std::string{"echo a\0b", 8}}));
    CHECK(end.kind == JobEndKind::not_started);
    CHECK(end.trouble.find("NUL byte") != std::string::npos);
    end = jobs.run(jobs.job({"true", std::string(200'000, 'x')}));
    CHECK(end.kind == JobEndKind::not_started);
    CHECK(end.trouble.find("Argument list too long") != std::string::npos);
    CHECK(children().find(' ') == children().rfind(' '));  // nobody but the watchdog
}

TEST_CASE("a job within a job is part of both") {
    Jobs jobs;
    auto job = jobs.job({"echo $MLO_JOB"});
    job.environment.emplace_back("MLO_JOB=outer-1");
    CHECK(jobs.run(job).exit_code == 0);
    CHECK(jobs.said(job.number).starts_with("outer-1:"));
    job = jobs.job({"setsid sleep 1000 &"});
    job.environment.emplace_back("MLO_JOB=outer-1");
    CHECK(jobs.run(job).left_behind.size() == 1);
}

TEST_CASE("usage is of all commands and of what they waited for") {
    Jobs jobs;
    const auto burn = "i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done";
    const auto once = jobs.run(jobs.job({burn}));
    const auto three_times = jobs.run(jobs.job({burn, burn, std::string{"("} + burn + ")"}));
    CHECK(once.user_time > 1ms);
    CHECK(three_times.user_time > once.user_time);
}

TEST_CASE("a flood is held back, and starves nobody") {
    Jobs jobs;
    jobs.keeps_output = false;
    rusage before{};
    ::getrusage(RUSAGE_SELF, &before);
    const auto flood = jobs.start("cat /dev/zero");
    const auto other_flood = jobs.start("cat /dev/zero >&2");
    std::vector<std::uint64_t> small;
    for (int i = 0; i < 20; ++i) small.push_back(jobs.start("for i in 1 2 3 4 5; do echo $i; done"));
    for (const auto number : small) CHECK(jobs.end_of(number).exit_code == 0);
    for (const auto number : small) CHECK(jobs.said_bytes[number] == 10);
    while (jobs.said_bytes[flood] < (300u << 20) || jobs.said_bytes[other_flood] < (300u << 20)) jobs.poll();
    rusage after{};
    ::getrusage(RUSAGE_SELF, &after);
    CHECK(after.ru_maxrss - before.ru_maxrss < 32 * 1024);
    for (const auto number : {flood, other_flood}) {
        jobs.executor().cancel(number, 10s);
        CHECK(jobs.end_of(number).kind == JobEndKind::cancelled);
    }
}

TEST_CASE("what a job said before its end comes before its end, all of it") {
    Jobs jobs;
    const auto number = jobs.start("head -c 1000000 /dev/zero | tr '\\0' x; head -c 100000 /dev/zero >&2");
    CHECK(jobs.end_of(number).exit_code == 0);
    CHECK(jobs.said(number) == std::string(1'000'000, 'x'));
    CHECK(jobs.complained(number).size() == 100'000);
}

TEST_CASE("hundreds of jobs run at once") {
    for (const auto end_signals : {EndSignals::descriptors, EndSignals::looks}) {
        Jobs jobs{end_signals};
        Fifo gate{jobs.folder().path("gate")};
        constexpr std::uint64_t count = 300;
        // Each says that it is there and waits for all the others.
        for (std::uint64_t i = 0; i < count; ++i) jobs.start("echo here; read line <gate; exit 4");
        for (std::uint64_t i = 1; i <= count; ++i) jobs.await_text(i, "here");
        CHECK(jobs.ended() == 0);
        gate.write(std::string(count, '\n'));
        for (std::uint64_t i = 1; i <= count; ++i) CHECK(jobs.end_of(i).exit_code == 4);
        CHECK(children().find(' ') == children().rfind(' '));
    }
}

TEST_CASE("jobs that there is no room for wait until there is") {
    Jobs jobs;
    jobs.run("true");  // the watchdog has its descriptor
    rlimit before{};
    REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
    const auto lowest_free = ::dup(0);
    ::close(lowest_free);
    const rlimit few{static_cast<rlim_t>(lowest_free) + 12, before.rlim_max};
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &few) == 0);
    std::vector<std::uint64_t> numbers;
    for (int i = 0; i < 30; ++i) numbers.push_back(jobs.start("echo here"));
    for (const auto number : numbers) CHECK(jobs.end_of(number).kind == JobEndKind::exited);
    for (const auto number : numbers) CHECK(jobs.said(number) == "here\n");
    const rlimit none{static_cast<rlim_t>(lowest_free) + 1, before.rlim_max};
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &none) == 0);
    const auto end = jobs.run("true");
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &before) == 0);
    CHECK(end.kind == JobEndKind::not_started);
    CHECK(end.trouble == "there is no room for more processes or open files");
}

TEST_CASE("jobs may be started and cancelled by whoever is told of an end") {
    Jobs jobs;
    std::uint64_t started = 0;
    const auto victim = jobs.start("sleep 1000");
    jobs.on_end = [&](std::uint64_t number) {
        if (number == victim) return;
        if (++started < 20)
            jobs.start("true");
        else
            jobs.executor().cancel(victim, 10s);
    };
    jobs.start("true");
    CHECK(jobs.end_of(victim).kind == JobEndKind::cancelled);
    CHECK(jobs.ended() == 21);
}

TEST_CASE("wake makes a poll return that has nothing to tell") {
    Jobs jobs;
    std::jthread waker{[&] { jobs.executor().wake(); }};
    jobs.poll();
    const auto number = jobs.start("sleep 1000");
    jobs.executor().wake();
    jobs.poll();
    CHECK_FALSE(jobs.has_ended(number));
    // Nor does it wait beyond the time that it was given.
    jobs.executor().poll(system_clock().elapsed(), [](const JobEvent&) { FAIL(); });
}
