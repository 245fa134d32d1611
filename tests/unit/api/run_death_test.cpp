// SPDX-License-Identifier: Apache-2.0
// What becomes of runs whose process is forked, killed, or leaves by exit().
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <functional>
#include <optional>

#include "run_repository.hpp"

using namespace mlo;
using namespace mlo::test;
using track::RunState;

namespace {

/// Runs `child` in a forked process that ends with what it returns.
[[nodiscard]] int forked(const std::function<int()>& child) {
    const auto pid = ::fork();
    if (pid == 0) ::_exit(child());
    int status = 0;
    REQUIRE(::waitpid(pid, &status, 0) == pid);
    return status;
}

struct Pipe {
    Pipe() { REQUIRE(::pipe(ends) == 0); }
    ~Pipe() {
        for (const int end : ends)
            if (end >= 0) ::close(end);
    }
    Pipe(const Pipe&) = delete;
    Pipe& operator=(const Pipe&) = delete;
    void close_writer() {
        ::close(ends[1]);
        ends[1] = -1;
    }
    [[nodiscard]] std::string read_all() {
        close_writer();
        std::string text;
        char piece[4096];
        for (ssize_t count; (count = ::read(ends[0], piece, sizeof piece)) > 0;)
            text.append(piece, static_cast<std::size_t>(count));
        return text;
    }
    int ends[2]{-1, -1};
};

std::string begin_and_die(RunRepository& repository, Logging logging, const std::function<void(Run&)>& use) {
    Pipe pipe;
    const int status = forked([&] {
        auto options = repository.options();
        options.logging = logging;
        auto run = Run::begin(options);
        if (::write(pipe.ends[1], run.id().data(), run.id().size()) < 0) return 1;
        use(run);
        ::kill(::getpid(), SIGKILL);
        return 1;
    });
    CHECK(WIFSIGNALED(status));
    return pipe.read_all();
}

}  // namespace

TEST_CASE("what log returned for is there when the process was killed, and the run is lost") {
    RunRepository repository;
    const auto id = begin_and_die(repository, Logging::each_point, [](Run& run) {
        for (int i = 0; i < 50; ++i) run.log("loss", i);
    });
    CHECK(repository.values(id, "loss").size() == 50);
    const auto other = begin_and_die(repository, Logging::batched, [](Run& run) {
        for (int i = 0; i < 5000; ++i) run.log("loss", i);
        run.flush();
    });
    CHECK(repository.values(other, "loss").size() == 5000);
    Run::begin(repository.options()).finish();  // finds them
    CHECK(repository.get(id).state == RunState::lost);
    CHECK(repository.get(other).state == RunState::lost);
    CHECK(repository.values(other, "loss").size() == 5000);
}

TEST_CASE("in a process that was forked off, the run is the parent's") {
    RunRepository repository;
    std::optional<Run> run{Run::begin(repository.options())};
    run->log("loss", 1);
    run->flush();
    const int status = forked([&] {
        if (refusal([&] { run->log("loss", 2); }) != "T120") return 1;
        if (refusal([&] { run->flush(); }) != "T120") return 2;
        if (refusal([&] { run->finish(); }) != "T120") return 3;
        run.reset();
        return 0;
    });
    CHECK(status == 0);
    const auto id = run->id();
    CHECK(repository.get(id).state == RunState::running);
    run->log("loss", 3);
    run.reset();
    CHECK(repository.get(id).state == RunState::finished);
    CHECK(repository.values(id, "loss") == std::vector<double>{1, 3});
}

TEST_CASE("an exception that nobody catches leaves the run without an end") {
    RunRepository repository;
    Pipe pipe;
    const int status = forked([&] {
        ::signal(SIGABRT, SIG_DFL);
        const auto run = Run::begin(repository.options());
        if (::write(pipe.ends[1], run.id().data(), run.id().size()) < 0) return 1;
        std::terminate();
        return 1;
    });
    CHECK(WIFSIGNALED(status));
    const auto id = pipe.read_all();
    Run::begin(repository.options()).finish();
    CHECK(repository.get(id).state == RunState::lost);
}
