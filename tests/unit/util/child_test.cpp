// SPDX-License-Identifier: Apache-2.0
#include <sys/ioctl.h>
#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <fstream>
#include <mlo/util/child.hpp>
#include <mlo/util/process.hpp>
#include <thread>

#include "foreground_job.hpp"

using mlo::run_process;
using mlo::test::ForegroundJob;
using mlo::test::read_until;
using mlo::test::TemporaryFolder;
using mlo::test::TestPipe;
using Words = std::vector<std::string>;

namespace {

/// The helper at its simplest: all streams are pipes, nothing is sent.
class Run {
public:
    explicit Run(Words words, const Words& environment = {"PATH=/usr/bin:/bin"}) {
        words.insert(words.begin(), folder_.path("report"));
        result_ = run_process({.program = MLO_FOREGROUND_HELPER, .arguments = words, .environment = environment});
    }
    [[nodiscard]] const mlo::ProcessResult& result() const noexcept { return result_; }
    [[nodiscard]] std::string report() const { return folder_.read("report"); }

private:
    TemporaryFolder folder_;
    mlo::ProcessResult result_;
};

Run shell(const std::string& script) { return Run{{"/bin/sh", "-c", script}}; }

/// A job whose standard output is `pipe`, and whose error output is `errors`.
class PipedJob {
public:
    explicit PipedJob(const std::string& script, const Words& options = {})
        : job_{{"/bin/sh", "-c", script},
               [this] {
                   ::dup2(::open("/dev/null", O_RDONLY), 0);
                   ::dup2(output.write_end, 1);
                   ::dup2(errors.write_end, 2);
               },
               options} {
        TestPipe::close(output.write_end);
        TestPipe::close(errors.write_end);
    }
    ForegroundJob& job() noexcept { return job_; }

    TestPipe output;
    TestPipe errors;

private:
    ForegroundJob job_;
};

/// Until the child of a helper has ended and was waited for; nobody but the helper gets an event for that.
void await_end(pid_t pid) {
    while (::kill(pid, 0) == 0) std::this_thread::sleep_for(std::chrono::milliseconds{1});
}

}  // namespace

TEST_CASE("a child in the foreground says how it ended, and both its streams pass apart") {
    const auto run = shell("echo out; echo err >&2; exit 7");
    CHECK(run.result().output == "out\n");
    CHECK(run.result().error_output == "err\n");
    CHECK(run.result().exit_code == 7);
    CHECK(run.report() == "exit 7 signal 0 open 0 undelivered 0 seen 4 4 memory 1\n");
    CHECK(shell("kill -KILL $$").report() == "exit 0 signal 9 open 0 undelivered 0 seen 0 0 memory 1\n");
}

TEST_CASE("what a child says can be kept out of our own answer") {
    const Run run{{"-e", "/bin/sh", "-c", "echo out; echo err >&2"}};
    CHECK(run.result().output.empty());
    CHECK(run.result().error_output.find("out\n") != std::string::npos);
    CHECK(run.result().error_output.find("err\n") != std::string::npos);
    CHECK(run.report() == "exit 0 signal 0 open 0 undelivered 0 seen 4 4 memory 1\n");
}

TEST_CASE("a child in the foreground gets its words, its name and its environment as they are") {
    CHECK(Run{{"printf", "%s|", "a b", "", "$x", "\xff"}}.result().output == "a b||$x|\xff|");
    CHECK(Run{{"sh", "-c", "echo $0"}}.result().output == "sh\n");
    CHECK(Run{{"env"}, {"PATH=/usr/bin:/bin", "X=1"}}.result().output == "PATH=/usr/bin:/bin\nX=1\n");
}

TEST_CASE("not found, not executable and not started are told apart") {
    const TemporaryFolder folder;
    folder.write("plain", "echo yes\n");
    folder.write("script", "echo \"yes $1\"\n");
    folder.write("no_interpreter", "#!/no/such/thing\n");
    for (const auto* name : {"script", "no_interpreter"}) REQUIRE(::chmod(folder.path(name).c_str(), 0755) == 0);
    const auto exit_code = [&](const std::string& program) {
        return Run{{program, "arg"}, {"PATH=/usr/bin:" + folder.path()}}.result().exit_code;
    };
    CHECK(exit_code("no-such-program") == 127);
    CHECK(exit_code(folder.path("absent")) == 127);
    CHECK(exit_code(folder.path("plain/below")) == 127);
    CHECK(exit_code("plain") == 126);
    CHECK(exit_code(folder.path("plain")) == 126);
    CHECK(exit_code(folder.path("no_interpreter")) == 126);
    CHECK(exit_code(folder.path()) == 126);
    CHECK(Run{{folder.path("script"), "arg"}}.result().output == "yes arg\n");

    const auto failure = [](const mlo::ProcessRequest& request) {
        try {
            const mlo::ForegroundChild child{request};
        } catch (const mlo::Error& error) {
            return mlo::start_failure_code(error);
        }
        return 0;
    };
    CHECK(failure({.program = "/bin/sh", .directory = folder.path("absent")}) == 125);
    CHECK(failure({.program = "/bin/sh", .arguments = {std::string{"a\0b", 3}}}) == 125);
}

TEST_CASE("a child in the foreground starts with default signals and no descriptors of ours") {
    // The C library itself ignores two signals above 31 in what it starts.
    const std::string lines = "sed -nE 's/^Sig(Blk|Ign):.*(.{7})$/\\1 \\2/p' /proc/self/status; ls -x /proc/self/fd";
    CHECK(Run{{"-s", "/bin/sh", "-c", lines}}.result().output == "Blk 0000000\nIgn 0000000\n0  1  2  3\n");
    // nohup: 1 is SIGHUP.
    TestPipe output;
    ForegroundJob job{{"/bin/sh", "-c", lines}, [&] {
                          ::signal(SIGHUP, SIG_IGN);
                          ::signal(SIGALRM, SIG_IGN);
                          ::dup2(output.write_end, 1);
                      }};
    TestPipe::close(output.write_end);
    CHECK(read_until(output.read_end, "").starts_with("Blk 0000000\nIgn 0000001\n"));
    CHECK(job.wait() == 0);
}

TEST_CASE("a descriptor that the child is to keep is there, and its neighbours are not") {
    TestPipe output;
    ForegroundJob job{{"/bin/sh", "-c", "echo kept >&9; ls -x /proc/self/fd"},
                      [&] {
                          ::dup2(output.write_end, 1);
                          for (const int number : {8, 9, 11}) ::dup2(output.write_end, number);
                      },
                      {"-k", "9"}};
    TestPipe::close(output.write_end);
    CHECK(read_until(output.read_end, "") == "kept\n0  1  2  3  9\n");
    CHECK(job.wait() == 0);
}

TEST_CASE("signals that reach us reach the child and what it started") {
    const auto number = GENERATE(SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2);
    const auto name = std::to_string(number);
    PipedJob run{"trap 'echo outer; exit 5' " + name + "; sh -c 'trap \"kill \\$!; echo inner; exit\" " + name +
                 "; sleep 1000 & echo ready; wait'"};
    read_until(run.output.read_end, "ready\n");
    run.job().signal(number);
    CHECK(read_until(run.output.read_end, "outer\n") == "inner\nouter\n");
    CHECK(run.job().wait() == 5);
}

TEST_CASE("a child that ignores SIGTERM goes on until it has enough") {
    PipedJob run{"trap '' TERM; trap 'exit 3' USR1; echo ready; while :; do sleep 0.01; done"};
    read_until(run.output.read_end, "ready\n");
    run.job().signal(SIGTERM);
    run.job().signal(SIGTERM);
    run.job().signal(SIGUSR1);
    CHECK(run.job().wait() == 3);
}

TEST_CASE("what a child leaves behind does not hold us up, and that it was cut off is said") {
    PipedJob run{"sleep 1000 & echo $!"};
    const auto pid = std::stoi(read_until(run.output.read_end, "\n"));
    CHECK(run.job().wait() == 0);
    CHECK(run.job().report() == "exit 0 signal 0 open 1 undelivered 0 seen " +
                                    std::to_string(std::to_string(pid).size() + 1) + " 0 memory 1\n");
    CHECK(::kill(pid, SIGKILL) == 0);
}

TEST_CASE("one that is left behind and writes without end does not hold us up either") {
    PipedJob run{"yes & echo $! >&2"};
    const auto pid = std::stoi(read_until(run.errors.read_end, "\n"));
    std::string rest = read_until(run.output.read_end, "");
    CHECK(run.job().wait() == 0);
    CHECK(run.job().report().find("open 1") != std::string::npos);
    static_cast<void>(::kill(pid, SIGKILL));
}

TEST_CASE("much output on both streams passes unchanged, to a reader that takes its time") {
    const auto run = shell("seq 1 2000000 & seq 1 200000 >&2; wait");
    CHECK(run.result().output.size() == 14'888'896);
    CHECK(run.result().output.ends_with("\n1999999\n2000000\n"));
    CHECK(run.result().error_output.size() == 1'288'895);
    CHECK(run.report() == "exit 0 signal 0 open 0 undelivered 0 seen 14888896 1288895 memory 1\n");
}

TEST_CASE("what a child wrote before it ended arrives however slow our reader is") {
    PipedJob run{"head -c 200000 /dev/zero; echo $$ >&2"};
    await_end(std::stoi(read_until(run.errors.read_end, "\n")));
    // The time for those left behind passes as well; nothing tells when.
    std::this_thread::sleep_for(std::chrono::milliseconds{400});
    CHECK(read_until(run.output.read_end, "").size() == 200'000);
    CHECK(run.job().wait() == 0);
}

TEST_CASE("signals pass while nobody reads our output, and a second one gives the output up") {
    PipedJob run{"echo $$ >&2; exec yes"};
    const auto pid = std::stoi(read_until(run.errors.read_end, "\n"));
    // Our pipe is full, and more is on its way.
    int waiting = 0;
    while (::ioctl(run.output.read_end, FIONREAD, &waiting) == 0 &&
           waiting < ::fcntl(run.output.read_end, F_GETPIPE_SZ))
        std::this_thread::sleep_for(std::chrono::milliseconds{1});
    run.job().signal(SIGTERM);
    await_end(pid);
    run.job().signal(SIGTERM);
    CHECK(run.job().wait() == 128 + SIGTERM);
    CHECK_THAT(run.job().report(), Catch::StartsWith("exit 0 signal 15 open 0 undelivered 1 "));
}

TEST_CASE("a reader of ours that goes away is gone for the child") {
    PipedJob run{"yes"};
    read_until(run.output.read_end, "y\n");
    TestPipe::close(run.output.read_end);
    CHECK(run.job().wait() == 128 + SIGPIPE);
}

TEST_CASE("a full disk under our output does not stop the child, and is said") {
    const int full = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
    REQUIRE(full >= 0);
    ForegroundJob job{{"/bin/sh", "-c", "seq 1 100000; exit 4"}, [&] { ::dup2(full, 1); }};
    CHECK(job.wait() == 4);
    CHECK(job.report().starts_with("exit 4 signal 0 open 0 undelivered 1 seen 588895 0"));
    ::close(full);
}

TEST_CASE("a child can be run by a caller without standard streams") {
    ForegroundJob job{{"/bin/sh", "-c", "read line; echo \"$?\"; exit 3"}, [] { ::close(0), ::close(1), ::close(2); }};
    CHECK(job.wait() == 3);
    CHECK(job.report().starts_with("exit 3 signal 0 open 0 undelivered 1 seen 2 0"));
}
