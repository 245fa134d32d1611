// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <filesystem>
#include <mlo/util/errors.hpp>
#include <mlo/util/process.hpp>
#include <temporary_folder.hpp>
#include <thread>

using mlo::ProcessRequest;
using mlo::run_process;
using mlo::test::TemporaryFolder;
using namespace std::string_literals;

namespace {

ProcessRequest shell(std::string script) {
    return {.program = "/bin/sh", .arguments = {"-c", std::move(script)}, .environment = {"PATH=/usr/bin:/bin"}};
}

mlo::Error failure_of(const ProcessRequest& request) {
    try {
        static_cast<void>(run_process(request));
    } catch (const mlo::Error& error) {
        return error;
    }
    FAIL("the program ran");
    throw std::logic_error{"unreachable"};
}

}  // namespace

TEST_CASE("a program's output, error output and exit code come back") {
    const auto result = run_process(shell("echo out; echo err >&2; exit 7"));
    CHECK(result.output == "out\n");
    CHECK(result.error_output == "err\n");
    CHECK(result.exit_code == 7);
}

TEST_CASE("a program ended by a signal counts as 128 and the signal's number") {
    CHECK(run_process(shell("kill -TERM $$")).exit_code == 128 + SIGTERM);
    CHECK(run_process(shell("kill -KILL $$")).exit_code == 128 + SIGKILL);
}

TEST_CASE("arguments reach the program unchanged, without a shell") {
    const ProcessRequest request{.program = "/usr/bin/printf",
                                 .arguments = {"<%s>", "a b", "", "$HOME", "*", "'\"\\", "\xff\n"},
                                 .environment = {}};
    CHECK(run_process(request).output == "<a b><><$HOME><*><'\"\\><\xff\n>");
}

TEST_CASE("a program sees the given environment and nothing else") {
    const ProcessRequest request{.program = "/usr/bin/env", .environment = {"A=1", "B=x y"}};
    CHECK(run_process(request).output == "A=1\nB=x y\n");
    CHECK(run_process({.program = "/usr/bin/env"}).output.empty());
}

TEST_CASE("a program runs in the folder that was asked for, by default in the caller's") {
    const TemporaryFolder folder;
    auto request = shell("pwd -P");
    CHECK(run_process(request).output == std::filesystem::current_path().string() + "\n");
    request.directory = folder.path();
    CHECK(run_process(request).output == std::filesystem::canonical(folder.path()).string() + "\n");
}

TEST_CASE("input and output far beyond a pipe's capacity do not block each other") {
    std::string input(5'000'000, 'x');
    for (std::size_t i = 0; i < input.size(); i += 7) input[i] = static_cast<char>(i % 251);
    const ProcessRequest request{.program = "/bin/cat", .input = input};
    CHECK(run_process(request).output == input);
    auto both = shell("tee /dev/stderr");
    both.input = input;
    const auto result = run_process(both);
    CHECK((result.output == input && result.error_output == input));
}

TEST_CASE("what a program printed right before its end is not lost") {
    for (int i = 0; i < 20; ++i) {
        const auto result = run_process(shell("head -c 60000 /dev/zero & head -c 60000 /dev/zero >&2; wait"));
        CHECK(result.output.size() == 60'000);
        CHECK(result.error_output.size() == 60'000);
    }
}

TEST_CASE("a program without input reads its end at once") {
    CHECK(run_process({.program = "/bin/cat"}).output.empty());
}

TEST_CASE("a program need not read its input") {
    auto request = shell("exec <&-; echo done");
    request.input = std::string(1'000'000, 'x');
    const auto result = run_process(request);
    CHECK(result.exit_code == 0);
    CHECK(result.output == "done\n");
}

TEST_CASE("a program that reads after it closed its output still gets all its input") {
    const TemporaryFolder folder;
    auto request = shell("exec >&- 2>&-; cat > got");
    request.directory = folder.path();
    request.input = std::string(1'000'000, 'x');
    CHECK(run_process(request).exit_code == 0);
    CHECK(folder.read("got") == request.input);
}

TEST_CASE("a process left in the background with the streams open is not waited for") {
    const TemporaryFolder folder;
    REQUIRE(::mkfifo(folder.path("gate").c_str(), 0600) == 0);
    auto request = shell("{ read line <gate; echo late; } & echo $!");
    request.directory = folder.path();
    const auto pid = std::stoi(run_process(request).output);  // would wait for ever: nobody has opened the gate yet
    CHECK(::kill(pid, 0) == 0);
    ::kill(pid, SIGKILL);
}

TEST_CASE("output over the limit ends the program") {
    auto request = shell("while :; do echo spam; done");
    request.output_limit_bytes = 10'000;
    CHECK(&failure_of(request).code() == &mlo::errors::too_large);
    auto halves = shell("head -c 600 /dev/zero; head -c 600 /dev/zero >&2");
    halves.output_limit_bytes = 1199;
    CHECK(&failure_of(halves).code() == &mlo::errors::too_large);
    halves.output_limit_bytes = 1200;
    CHECK(run_process(halves).output.size() == 600);
}

TEST_CASE("signals ignored or blocked by the caller have their default effect in the program") {
    struct sigaction old {};
    struct sigaction ignore {};
    ignore.sa_handler = SIG_IGN;
    REQUIRE(::sigaction(SIGPIPE, &ignore, &old) == 0);
    sigset_t term;
    sigset_t mask;
    ::sigemptyset(&term);
    ::sigaddset(&term, SIGTERM);
    ::pthread_sigmask(SIG_BLOCK, &term, &mask);
    const auto by_pipe = run_process(shell("kill -PIPE $$; exit 1"));
    const auto by_term = run_process(shell("kill -TERM $$; exit 1"));
    ::pthread_sigmask(SIG_SETMASK, &mask, nullptr);
    ::sigaction(SIGPIPE, &old, nullptr);
    CHECK(by_pipe.exit_code == 128 + SIGPIPE);
    CHECK(by_term.exit_code == 128 + SIGTERM);
}

TEST_CASE("the caller's signal mask is as it was, and no SIGPIPE is left behind") {
    sigset_t before;
    sigset_t after;
    sigset_t pending;
    ::pthread_sigmask(SIG_SETMASK, nullptr, &before);
    auto request = shell("exec <&-; echo done");
    request.input = std::string(1'000'000, 'x');
    static_cast<void>(run_process(request));
    ::pthread_sigmask(SIG_SETMASK, nullptr, &after);
    ::sigpending(&pending);
    CHECK(::sigismember(&before, SIGPIPE) == ::sigismember(&after, SIGPIPE));
    CHECK(::sigismember(&pending, SIGPIPE) == 0);
}

TEST_CASE("a program gets three descriptors, and the caller keeps its own") {
    const auto open_descriptors = [] {
        return std::distance(std::filesystem::directory_iterator{"/proc/self/fd"}, {});
    };
    const TemporaryFolder folder;
    const auto kept = folder.open();
    const int inherited = ::open("/dev/null", O_RDONLY);  // without O_CLOEXEC
    const auto before = open_descriptors();
    // ls itself holds the fourth one, on the folder that it lists.
    CHECK(run_process({.program = "/bin/ls", .arguments = {"/proc/self/fd"}}).output == "0\n1\n2\n3\n");
    static_cast<void>(failure_of({.program = "/does/not/exist"}));
    CHECK(open_descriptors() == before);
    ::close(inherited);
}

TEST_CASE("a caller with closed standard streams can run programs") {
    std::array<int, 3> saved{};
    for (int stream = 0; stream < 3; ++stream) {
        saved[static_cast<std::size_t>(stream)] = ::fcntl(stream, F_DUPFD_CLOEXEC, 10);
        ::close(stream);
    }
    auto request = shell("cat; echo err >&2");
    request.input = "in";
    const auto result = run_process(request);
    for (int stream = 0; stream < 3; ++stream) {
        const int copy = saved[static_cast<std::size_t>(stream)];
        if (copy < 0) continue;
        ::dup2(copy, stream);
        ::close(copy);
    }
    CHECK(result.output == "in");
    CHECK(result.error_output == "err\n");
}

TEST_CASE("programs run from several threads at once do not mix their streams") {
    std::vector<std::string> outputs(8);
    {
        std::vector<std::jthread> threads;
        for (auto& output : outputs)
            threads.emplace_back([&output, number = &output - outputs.data()] {
                const ProcessRequest request{.program = "/bin/cat",
                                             .input = std::string(200'000, static_cast<char>('a' + number))};
                output = run_process(request).output;
            });
    }
    for (std::size_t i = 0; i < outputs.size(); ++i)
        CHECK(outputs[i] == std::string(200'000, static_cast<char>('a' + i)));
}

TEST_CASE("a program that cannot be started is an error that names it") {
    const TemporaryFolder folder;
    folder.write("plain", "#!/bin/sh\n");
    const auto absent = failure_of({.program = folder.path("absent")});
    CHECK(&absent.code() == &mlo::errors::child_failed);
    CHECK(absent.message() == "cannot run '" + folder.path("absent") + "': No such file or directory");
    CHECK_THAT(failure_of({.program = folder.path("plain")}).message(), Catch::EndsWith("Permission denied"));
    CHECK(failure_of({.program = "/bin/true", .directory = folder.path("no")}).message() ==
          "cannot run '/bin/true' in '" + folder.path("no") + "': No such file or directory");
}

TEST_CASE("text with a NUL byte is refused, not cut") {
    for (const auto& request :
         {ProcessRequest{.program = "/bin/true\0x"s}, ProcessRequest{.program = "/bin/true", .arguments = {"a\0b"s}},
          ProcessRequest{.program = "/bin/true", .directory = "/\0"s},
          ProcessRequest{.program = "/bin/true", .environment = {"A=\0"s}}})
        CHECK(&failure_of(request).code() == &mlo::errors::child_failed);
}

TEST_CASE("a program without an absolute path is a bug of the caller") {
    CHECK(failure_of({.program = "true"}).kind() == mlo::ErrorKind::internal);
    CHECK(failure_of({.program = ""}).kind() == mlo::ErrorKind::internal);
}

TEST_CASE("a program is found in the first folder that has it as an executable file") {
    const TemporaryFolder folder;
    folder.write("a/tool", "");
    folder.write("b/tool", "");
    folder.write("c/tool", "");
    std::filesystem::create_directories(folder.path("d/tool"));
    for (const auto* const name : {"b/tool", "c/tool"}) REQUIRE(::chmod(folder.path(name).c_str(), 0755) == 0);
    const auto search = [&](std::string_view order) {
        std::string list;
        for (const char letter : order) list += (list.empty() ? "" : ":") + folder.path({&letter, 1});
        return mlo::find_program("tool", list);
    };
    CHECK(search("abc") == folder.path("b/tool"));
    CHECK(search("dcb") == folder.path("c/tool"));
    CHECK(search("ad") == std::nullopt);
    CHECK(search("") == std::nullopt);
}

TEST_CASE("empty and relative entries of the search path are ignored") {
    const TemporaryFolder folder;
    folder.write("bin/tool", "");
    REQUIRE(::chmod(folder.path("bin/tool").c_str(), 0755) == 0);
    const auto old = std::filesystem::current_path();
    std::filesystem::current_path(folder.path("bin"));
    for (const auto* const list : {"", ":", "::", ".", "./", "../bin"}) {
        CAPTURE(list);
        CHECK(mlo::find_program("tool", list) == std::nullopt);
    }
    CHECK(mlo::find_program("tool", "::.:" + folder.path("bin")) == folder.path("bin/tool"));
    CHECK(mlo::find_program("../bin/tool", folder.path("bin")) == std::nullopt);
    CHECK(mlo::find_program("", folder.path("bin")) == std::nullopt);
    std::filesystem::current_path(old);
}
