// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <failure.hpp>
#include <mlo/util/errors.hpp>
#include <mlo/util/process_tree.hpp>
#include <optional>
#include <temporary_folder.hpp>

using mlo::ChildEnd;
using mlo::ProcessTree;
using mlo::ResourceUse;
using namespace std::chrono_literals;

namespace {

constexpr int recorder = 50;
constexpr int root = 100;

/// A process as a /proc shows it. Times are in ticks, of which a second has 100.
struct Shown {
    int pid = 0;
    int parent = 0;
    int user = 0;
    int children = 0;  ///< user time of those that it waited for
    int start = pid;
    int pages = 1;
    int read = 0;
    char state = 'S';
    int group = pid;
    std::string environment{};
    bool hides_io = false;
};

class FakeProc {
public:
    FakeProc() {
        show({.pid = 1});
        show({.pid = recorder, .parent = 1, .user = 1000});
        folder_.write("self", "");
        folder_.write("meminfo", "");
    }
    void show(const Shown& process) const {
        const auto place = std::to_string(process.pid);
        folder_.write(place + "/stat",
                      fmt::format("{} (a) S 1 (b) {} {} {} 0 0 -1 0 0 0 0 0 {} {} {} 0 20 0 1 0 {} 99999 {} 0\n",
                                  process.pid, process.state, process.parent, process.group, process.user,
                                  2 * process.user, process.children, process.start, process.pages));
        folder_.write(place + "/environ", process.environment);
        if (!process.hides_io)
            folder_.write(place + "/io",
                          fmt::format("rchar: 7\nwchar: 7\nsyscr: 7\nsyscw: 7\nread_bytes: {}\nwrite_bytes: {}\n"
                                      "cancelled_write_bytes: 7\n",
                                      process.read, 3 * process.read));
    }
    void end(int pid) const { std::filesystem::remove_all(folder_.path(std::to_string(pid))); }
    [[nodiscard]] ProcessTree tree(const std::string& marker = {}) const { return ProcessTree{root, marker, path()}; }
    [[nodiscard]] const std::string& path() const { return folder_.path(); }

private:
    mlo::test::TemporaryFolder folder_;
};

/// The user time in ticks.
long ticks(const ResourceUse& use) { return use.user_time / 10ms; }

/// A program that used so many ticks, with those that it waited for.
ChildEnd end_after(int user, int read = 0) {
    ChildEnd end;
    end.user_time = user * 10ms;
    end.system_time = 2 * user * 10ms;
    end.read_bytes = static_cast<std::uint64_t>(read);
    end.peak_memory_bytes = 1;
    return end;
}

}  // namespace

TEST_CASE("what a program and its descendants use is summed up, and nothing else") {
    const FakeProc proc;
    proc.show({.pid = root, .parent = recorder, .user = 3, .children = 4, .pages = 10, .read = 5});
    proc.show({.pid = 101, .parent = root, .user = 1, .pages = 20, .read = 50});
    proc.show({.pid = 99, .parent = 101, .user = 1, .start = 300, .pages = 30, .read = 500});
    proc.show({.pid = 102, .parent = 1, .user = 100});
    proc.show({.pid = 103, .parent = 102, .user = 100});
    proc.show({.pid = 104, .parent = recorder, .user = 100});
    auto tree = proc.tree();
    const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    const ResourceUse expected{.user_time = 90ms,
                               .system_time = 100ms,
                               .read_bytes = 555,
                               .written_bytes = 1665,
                               .memory_bytes = 60 * page,
                               .peak_memory_bytes = 60 * page,
                               .processes = 3};
    CHECK(tree.sample() == expected);
    CHECK(tree.sample() == expected);
    CHECK(tree.processes() == std::vector<int>{99, root, 101});
    proc.show({.pid = 101, .parent = root, .user = 2, .pages = 5, .read = 60});
    proc.show({.pid = 99, .parent = 101, .user = 1, .start = 300, .pages = 0, .read = 500, .state = 'Z'});
    const auto later = tree.sample();
    CHECK(ticks(later) == 10);
    CHECK(later.read_bytes == 565);
    CHECK(later.memory_bytes == 15 * page);
    CHECK(later.peak_memory_bytes == 60 * page);
    CHECK(later.processes == 2);
    CHECK(tree.processes() == std::vector<int>{root, 101});
}

TEST_CASE("what an ended process used counts once, whoever inherits it") {
    const FakeProc proc;
    proc.show({.pid = root, .parent = recorder});
    proc.show({.pid = 101, .parent = root, .user = 10, .read = 10});
    proc.show({.pid = 102, .parent = 101, .user = 100, .read = 100});
    auto tree = proc.tree();
    CHECK(ticks(tree.sample()) == 110);

    SECTION("its parent, with what it used after the last sample") {
        proc.end(102);
        proc.show({.pid = 101, .parent = root, .user = 10, .children = 105, .read = 115});
        CHECK(ticks(tree.sample()) == 115);
        CHECK(tree.sample().read_bytes == 115);
        CHECK(ticks(tree.sample()) == 115);
    }
    SECTION("nobody: its parent ignores SIGCHLD") {
        proc.end(102);
        CHECK(ticks(tree.sample()) == 110);
        CHECK(tree.sample().read_bytes == 110);
        proc.show({.pid = 101, .parent = root, .user = 11, .read = 12});
        CHECK(ticks(tree.sample()) == 111);
        CHECK(tree.sample().read_bytes == 112);
    }
    SECTION("nobody, while another was waited for") {
        proc.show({.pid = 103, .parent = 101, .user = 1000});
        CHECK(ticks(tree.sample()) == 1110);
        proc.end(102);
        proc.end(103);
        proc.show({.pid = 101, .parent = root, .user = 10, .children = 1000, .read = 10});
        CHECK(ticks(tree.sample()) == 1110);
    }
    SECTION("nobody, after its parent had waited for another") {
        proc.show({.pid = 101, .parent = root, .user = 10, .children = 1000, .read = 1000});
        CHECK(ticks(tree.sample()) == 1110);
        proc.end(102);
        proc.show({.pid = 101, .parent = root, .user = 11, .children = 1000, .read = 1000});
        CHECK(ticks(tree.sample()) == 1111);
        proc.show({.pid = root, .parent = recorder, .read = 1});
        for (int i = 0; i < 8; ++i) (void)tree.sample();
        CHECK(tree.sample().read_bytes == 1101);
    }
    SECTION("its grandparent, after its parent") {
        proc.end(101);
        proc.end(102);
        proc.show({.pid = root, .parent = recorder, .children = 112, .read = 110});
        CHECK(ticks(tree.sample()) == 112);
    }
    SECTION("its grandparent inherits its parent alone") {
        proc.end(101);
        proc.end(102);
        proc.show({.pid = root, .parent = recorder, .children = 10, .read = 10});
        CHECK(ticks(tree.sample()) == 110);
        CHECK(tree.sample().read_bytes == 110);
    }
    SECTION("us: it was left behind") {
        proc.end(101);
        proc.show({.pid = root, .parent = recorder, .children = 10, .read = 10});
        proc.show({.pid = 102, .parent = recorder, .user = 120, .read = 100});
        CHECK(ticks(tree.sample()) == 130);
        CHECK(tree.sample().processes == 2);
        proc.end(102);
        proc.show({.pid = root, .parent = recorder, .user = 1, .children = 10, .read = 11});
        CHECK(ticks(tree.sample()) == 131);
        CHECK(tree.sample().read_bytes == 111);
        CHECK(tree.sample().processes == 1);
    }
}

TEST_CASE("what an ended process used counts once, whoever has its number now") {
    const FakeProc proc;
    proc.show({.pid = root, .parent = recorder});
    proc.show({.pid = 101, .parent = root, .user = 10, .read = 10});
    proc.show({.pid = 102, .parent = 101, .user = 100, .read = 100});
    auto tree = proc.tree();
    CHECK(ticks(tree.sample()) == 110);

    SECTION("another, and the parent inherited") {
        proc.show({.pid = 102, .parent = 101, .user = 5, .start = 400, .read = 5});
        proc.show({.pid = 101, .parent = root, .user = 10, .children = 100, .read = 110});
        CHECK(ticks(tree.sample()) == 115);
        CHECK(tree.sample().read_bytes == 115);
    }
    SECTION("another, and nobody inherited") {
        proc.show({.pid = 102, .parent = 101, .user = 5, .start = 400, .read = 5});
        CHECK(ticks(tree.sample()) == 115);
        CHECK(tree.sample().read_bytes == 115);
    }
    SECTION("a stranger, and nobody inherited") {
        proc.show({.pid = 102, .parent = 1, .user = 5, .start = 400});
        CHECK(ticks(tree.sample()) == 110);
        CHECK(tree.sample().processes == 2);
    }
}

TEST_CASE("what is left behind unseen is known by its group or its environment") {
    const FakeProc proc;
    proc.show({.pid = root, .parent = recorder});
    auto tree = proc.tree("JOB=7");
    CHECK(tree.sample().processes == 1);
    proc.show({.pid = 101, .parent = recorder, .user = 1, .group = root});
    using namespace std::string_literals;
    proc.show({.pid = 102, .parent = recorder, .user = 10, .environment = "A=1\0JOB=7\0B=\0"s});
    proc.show({.pid = 103, .parent = recorder, .user = 100, .environment = "A=1\0JOB=77\0XJOB=7\0"s});
    proc.show({.pid = 104, .parent = 1, .user = 1000, .environment = "JOB=7\0"s});
    proc.show({.pid = 105, .parent = 102, .user = 10000});
    CHECK(ticks(tree.sample()) == 10011);
    CHECK(tree.sample().processes == 4);
}

TEST_CASE("a number that a stranger had is looked at again some time") {
    const FakeProc proc;
    proc.show({.pid = root, .parent = recorder});
    for (int pid = 200; pid < 500; ++pid) proc.show({.pid = pid, .parent = 1});
    auto tree = proc.tree();
    CHECK(tree.sample().processes == 1);
    for (int pid = 200; pid < 500; ++pid) proc.show({.pid = pid, .parent = root, .start = 900});
    for (int i = 0; i < 20; ++i) (void)tree.sample();
    CHECK(tree.sample().processes == 301);
}

TEST_CASE("at the end it is known exactly what the program itself used") {
    const FakeProc proc;
    proc.show({.pid = root, .parent = recorder, .user = 10, .children = 5, .read = 10});
    auto tree = proc.tree();

    SECTION("if nothing else was there") {
        CHECK(ticks(tree.sample()) == 15);
        proc.end(root);
        CHECK(ticks(tree.sample()) == 15);
        CHECK(ticks(tree.end(end_after(20, 30))) == 20);
        CHECK(tree.sample().read_bytes == 30);
        CHECK(ticks(tree.sample()) == 20);
        CHECK(ticks(tree.end(end_after(20, 30))) == 20);
        CHECK(tree.sample().processes == 0);
    }
    SECTION("with those that it waited for") {
        proc.show({.pid = 101, .parent = root, .user = 7, .read = 1});
        CHECK(ticks(tree.sample()) == 22);
        proc.end(root);
        proc.end(101);
        CHECK(ticks(tree.sample()) == 22);
        CHECK(ticks(tree.end(end_after(23, 11))) == 23);
        CHECK(tree.sample().read_bytes == 11);
    }
    SECTION("without those that it did not wait for") {
        proc.show({.pid = 101, .parent = root, .user = 7, .read = 1});
        proc.show({.pid = 102, .parent = root, .user = 100});
        CHECK(ticks(tree.sample()) == 122);
        proc.end(root);
        proc.end(101);
        proc.show({.pid = 102, .parent = recorder, .user = 200});
        if (GENERATE(false, true)) CHECK(ticks(tree.sample()) == 222);
        CHECK(ticks(tree.end(end_after(15, 10))) == 222);
        CHECK(tree.sample().read_bytes == 11);
    }
    SECTION("with what it left running") {
        proc.show({.pid = 101, .parent = root, .user = 7, .read = 1});
        CHECK(ticks(tree.sample()) == 22);
        proc.end(root);
        proc.show({.pid = 101, .parent = recorder, .user = 8, .read = 1});
        CHECK(ticks(tree.end(end_after(16, 10))) == 24);
        proc.show({.pid = 101, .parent = recorder, .user = 9, .read = 1});
        CHECK(ticks(tree.sample()) == 25);
    }
    SECTION("if another has its number now") {
        CHECK(ticks(tree.sample()) == 15);
        proc.show({.pid = root, .parent = 1, .user = 1000, .start = 900});
        CHECK(ticks(tree.sample()) == 15);
        CHECK(ticks(tree.end(end_after(16))) == 16);
        CHECK(tree.sample().processes == 0);
    }
    SECTION("if it was never looked at") {
        CHECK(ticks(tree.end(end_after(16))) == 16);
        CHECK(tree.sample().peak_memory_bytes == 1);
    }
}

TEST_CASE("a program that ended before anybody looked has used what its end says") {
    const FakeProc proc;
    auto tree = proc.tree();
    CHECK(tree.sample() == ResourceUse{});
    auto expected = ResourceUse{.user_time = 160ms, .system_time = 320ms, .read_bytes = 9, .peak_memory_bytes = 1};
    CHECK(tree.end(end_after(16, 9)) == expected);
    CHECK(tree.sample() == expected);
}

TEST_CASE("counters that may not be seen count as they were, and nothing falls") {
    const FakeProc proc;
    proc.show({.pid = root, .parent = recorder, .user = 5, .read = 5});
    proc.show({.pid = 101, .parent = root, .user = 5, .hides_io = true});
    auto tree = proc.tree();
    CHECK(tree.sample().read_bytes == 5);
    proc.end(root);
    proc.show({.pid = root, .parent = recorder, .user = 4, .hides_io = true});
    CHECK(tree.sample().read_bytes == 5);
    CHECK(ticks(tree.sample()) == 10);
}

TEST_CASE("the bytes of a process that hardly runs are known after a while, and at its end at once") {
    const FakeProc proc;
    proc.show({.pid = root, .parent = recorder});
    proc.show({.pid = 101, .parent = root});
    auto tree = proc.tree();
    CHECK(tree.sample().read_bytes == 0);
    proc.show({.pid = 101, .parent = root, .read = 5});
    for (int i = 0; i < 8; ++i) (void)tree.sample();
    CHECK(tree.sample().read_bytes == 5);
    proc.show({.pid = 101, .parent = root, .read = 50, .state = 'Z'});
    CHECK(tree.sample().read_bytes == 50);
}

TEST_CASE("without a /proc there is nothing to sample") {
    CHECK(mlo::test::failure([] { ProcessTree{root, {}, "/nowhere"}; }) == mlo::errors::path_not_found.id);
}

namespace {

/// Two ends of a pipe; closing is left to the end of the process.
struct Line {
    Line() { REQUIRE(::pipe2(ends, O_CLOEXEC) == 0); }
    ~Line() {
        for (const int end : ends) ::close(end);
    }
    Line(const Line&) = delete;
    Line& operator=(const Line&) = delete;
    template <class Value>
    void say(Value value) const {
        if (::write(ends[1], &value, sizeof value) != sizeof value) ::_exit(99);
    }
    template <class Value>
    Value hear() const {
        Value value{};
        if (::read(ends[0], &value, sizeof value) != sizeof value) ::_exit(98);
        return value;
    }
    int ends[2] = {-1, -1};
};

void work_until(std::chrono::milliseconds used) {
    rusage use{};
    while (std::chrono::seconds{use.ru_utime.tv_sec} + std::chrono::microseconds{use.ru_utime.tv_usec} < used)
        ::getrusage(RUSAGE_SELF, &use);
}

}  // namespace

TEST_CASE("real processes are found, followed when they are left behind, and collected when they end") {
    REQUIRE(::prctl(PR_SET_CHILD_SUBREAPER, 1) == 0);
    const Line to_parent;
    const Line from_child;
    const Line to_child;
    const pid_t parent = ::fork();
    REQUIRE(parent >= 0);
    if (parent == 0) {
        const pid_t child = ::fork();
        if (child == 0) {
            work_until(60ms);
            from_child.say(::getpid());
            ::_exit(to_child.hear<int>());
        }
        ::_exit(to_parent.hear<int>());
    }
    ProcessTree tree{parent};
    const auto child = from_child.hear<pid_t>();
    auto use = tree.sample();
    CHECK(use.processes == 2);
    CHECK(use.memory_bytes > 0);
    CHECK(use.user_time >= 40ms);

    to_parent.say(0);
    int status = 0;
    REQUIRE(::waitpid(parent, &status, 0) == parent);
    use = tree.end({});
    CHECK(use.processes == 1);
    CHECK(use.user_time >= 40ms);

    to_child.say(7);
    siginfo_t info{};
    REQUIRE(::waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOWAIT) == 0);
    use = tree.sample();
    CHECK(use.processes == 0);
    CHECK(use.user_time >= 40ms);
    CHECK(::waitpid(child, &status, WNOHANG) == -1);
    CHECK(errno == ECHILD);
    CHECK(tree.sample().user_time == use.user_time);
    REQUIRE(::prctl(PR_SET_CHILD_SUBREAPER, 0) == 0);
}
