// SPDX-License-Identifier: Apache-2.0
#include <pty.h>
#include <sys/ioctl.h>
#include <termios.h>

#include <catch2/catch.hpp>
#include <memory>

#include "foreground_job.hpp"

using mlo::test::ForegroundJob;
using mlo::test::read_until;
using mlo::test::TemporaryFolder;
using Words = std::vector<std::string>;

namespace {

/// A terminal with somebody at it, and a session that it controls.
class Screen {
public:
    Screen() {
        const winsize size{24, 80, 0, 0};
        if (::openpty(&keyboard_, &inside_, nullptr, nullptr, &size) != 0) throw std::runtime_error{"no pty"};
        ::fcntl(keyboard_, F_SETFD, FD_CLOEXEC);
        ::fcntl(inside_, F_SETFD, FD_CLOEXEC);
    }
    ~Screen() {
        ::close(keyboard_);
        ::close(inside_);
    }
    Screen(const Screen&) = delete;
    Screen& operator=(const Screen&) = delete;

    /// For the new process: makes this its terminal.
    void enter() const {
        ::setsid();
        ::ioctl(inside_, TIOCSCTTY, 0);
        for (const int stream : {0, 1, 2}) ::dup2(inside_, stream);
    }
    void type(std::string_view keys) const {
        REQUIRE(::write(keyboard_, keys.data(), keys.size()) == static_cast<ssize_t>(keys.size()));
    }
    /// What is shown up to `text`.
    [[nodiscard]] std::string see(std::string_view text) const { return read_until(keyboard_, text); }
    [[nodiscard]] termios settings() const {
        termios now{};
        ::tcgetattr(inside_, &now);
        return now;
    }
    void resize(unsigned short rows, unsigned short columns) const {
        const winsize size{rows, columns, 0, 0};
        ::ioctl(keyboard_, TIOCSWINSZ, &size);
    }
    [[nodiscard]] pid_t foreground() const {
        pid_t group = -1;
        ::ioctl(keyboard_, TIOCGPGRP, &group);
        return group;
    }

private:
    int keyboard_ = -1;
    int inside_ = -1;
};

std::unique_ptr<ForegroundJob> job_at(const Screen& screen, const std::string& script) {
    return std::make_unique<ForegroundJob>(Words{"/bin/sh", "-c", script}, [&] { screen.enter(); });
}

bool same(const termios& one, const termios& other) {
    return one.c_iflag == other.c_iflag && one.c_oflag == other.c_oflag && one.c_lflag == other.c_lflag &&
           std::equal(std::begin(one.c_cc), std::end(one.c_cc), std::begin(other.c_cc));
}

/// A shell with job control at a screen, and how it starts the helper.
struct Shell {
    Shell() {
        // Without job control of its own the first process would be the one that ^Z stops for good.
        job = std::make_unique<ForegroundJob>(Words{"/bin/sh"}, [this] {
            screen.enter();
            ::setenv("PS1", "", 1);
            ::execl("/bin/sh", "sh", "-i", "-m", nullptr);
        });
        screen.type("stty -echo; PS1=; echo $((1000 + 1))\n");
        static_cast<void>(screen.see("1001\r\n"));
    }
    ~Shell() { screen.type("exit 0\nexit 0\n"); }
    void run(const std::string& script) const {
        folder.write("script", script);
        screen.type(std::string{MLO_FOREGROUND_HELPER} + " " + folder.path("report") + " /bin/sh " +
                    folder.path("script") + "\n");
    }

    Screen screen;
    TemporaryFolder folder;
    std::unique_ptr<ForegroundJob> job;
};

}  // namespace

TEST_CASE("at a terminal the child's output is a terminal of that size, and its bytes arrive unchanged") {
    const Screen screen;
    const auto job = job_at(
        screen, "test -t 0 && test -t 1 && test -t 2 && stty size <&1; printf 'a\\nb\\tc\\r\\n.'; echo e >&2; exit 6");
    CHECK(screen.see("e\r\n") == "24 80\r\na\r\nb\tc\r\r\n.e\r\n");
    CHECK(job->wait() == 6);
    CHECK(job->report() == "exit 6 signal 0 open 0 undelivered 0 seen 16 0 memory 1\n");
}

TEST_CASE("a key of the terminal ends the child, and the terminal is ours again with its settings") {
    const Screen screen;
    const auto before = screen.settings();
    const auto job = job_at(screen, "stty -echo; echo ready; exec sleep 1000");
    static_cast<void>(screen.see("ready\r\n"));
    CHECK(screen.foreground() != job->pid());
    CHECK(!same(before, screen.settings()));
    screen.type("\x03");
    CHECK(job->wait() == 128 + SIGINT);
    CHECK(same(before, screen.settings()));
}

TEST_CASE("a child that is killed while it reads single keys leaves the terminal as it was") {
    const Screen screen;
    const auto before = screen.settings();
    const auto job = job_at(screen, "stty raw; echo ready; kill -KILL $$");
    CHECK(job->wait() == 128 + SIGKILL);
    CHECK(same(before, screen.settings()));
}

TEST_CASE("what the child sets on its output terminal is set on the real one") {
    const Screen screen;
    const auto job = job_at(
        screen,
        "stty -echo -icanon -icrnl <&1; read line; stty echo icanon icrnl <&1; echo \"got $line\"; read line; exit 4");
    // No event tells of settings: the child waits for the key that ends the loop.
    while ((screen.settings().c_lflag & (ECHO | ICANON)) != 0 || (screen.settings().c_oflag & ONLCR) != 0)
        ::usleep(1000);
    screen.type("x\n");
    static_cast<void>(screen.see("got x"));
    while ((screen.settings().c_lflag & (ECHO | ICANON)) == 0 || (screen.settings().c_oflag & ONLCR) == 0)
        ::usleep(1000);
    screen.type("y\n");
    CHECK(job->wait() == 4);
}

TEST_CASE("a change of the terminal's size reaches the child") {
    const Screen screen;
    const auto job = job_at(screen, "trap 'stty size <&1' WINCH; echo ready; while :; do sleep 0.01; done");
    static_cast<void>(screen.see("ready\r\n"));
    screen.resize(33, 44);
    static_cast<void>(screen.see("33 44\r\n"));
    screen.type("\x03");
    CHECK(job->wait() == 128 + SIGINT);
}

TEST_CASE("of two output streams only the one that is a terminal is one for the child") {
    const Screen screen;
    const auto pipe = std::make_unique<mlo::test::TestPipe>();
    ForegroundJob job{{"/bin/sh", "-c", "test -t 1 || echo pipe; test -t 2 && echo terminal >&2"}, [&] {
                          screen.enter();
                          ::dup2(pipe->write_end, 1);
                      }};
    mlo::test::TestPipe::close(pipe->write_end);
    CHECK(screen.see("terminal\r\n") == "terminal\r\n");
    CHECK(read_until(pipe->read_end, "") == "pipe\n");
    CHECK(job.wait() == 0);
    CHECK(job.report().find("seen 5 9 ") != std::string::npos);
}

TEST_CASE("keys stop and a shell continues the child and us together") {
    const Shell shell;
    shell.run("stty -icanon\necho ready\nread line\necho \"got $line\"\nexit 9\n");
    static_cast<void>(shell.screen.see("ready\r\n"));
    shell.screen.type("\x1a");
    static_cast<void>(shell.screen.see("Stopped"));
    shell.screen.type("stty -a | grep -o -- '.icanon'; echo $((1000 + 2))\n");
    CHECK(shell.screen.see("1002\r\n").find("-icanon") == std::string::npos);
    shell.screen.type("fg >/dev/null\n");
    shell.screen.type("word\n");
    static_cast<void>(shell.screen.see("got word\r\n"));
    shell.screen.type("echo status $?\n");
    static_cast<void>(shell.screen.see("status 9\r\n"));
}

TEST_CASE("a child in the background that wants the terminal waits until the shell gives it to us") {
    const Shell shell;
    shell.folder.write("script", "echo ready\nread line\necho \"got $line\"\nexit 8\n");
    shell.screen.type(std::string{MLO_FOREGROUND_HELPER} + " " + shell.folder.path("report") + " /bin/sh " +
                      shell.folder.path("script") + " &\n");
    static_cast<void>(shell.screen.see("ready\r\n"));
    shell.screen.type("fg >/dev/null\n");
    shell.screen.type("word\n");
    static_cast<void>(shell.screen.see("got word\r\n"));
    shell.screen.type("echo status $?\n");
    static_cast<void>(shell.screen.see("status 8\r\n"));
}
