// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <filesystem>
#include <future>
#include <mlo/dvc/errors.hpp>
#include <mlo/dvc/locks.hpp>
#include <mlo/util/errors.hpp>
#include <mlo/util/text.hpp>
#include <refused.hpp>
#include <seeded.hpp>
#include <temporary_folder.hpp>
#include <thread>

using namespace mlo;
using namespace mlo::test;

namespace {

/// A clock whose time passes by sleeping alone; whoever waits is watched.
class WatchedClock final : public Clock {
public:
    Timestamp now() override { return {}; }
    std::chrono::nanoseconds elapsed() override { return time_; }
    void sleep(std::chrono::nanoseconds duration, std::stop_token) override {
        time_ += duration;
        if (on_sleep) on_sleep();
    }
    std::function<void()> on_sleep;

private:
    std::chrono::nanoseconds time_{};
};

class Notes final : public LogSink, public ProgressSink {
public:
    bool enabled(LogLevel) const noexcept override { return true; }
    void log(LogLevel, std::string_view text) override { logged.emplace_back(text); }
    std::unique_ptr<Progress> begin(std::string_view label, ProgressUnit unit) override {
        begun.emplace_back(label);
        return silent_progress().begin(label, unit);
    }
    std::vector<std::string> logged;
    std::vector<std::string> begun;
};

class Project {
public:
    Project() { folder_.write(".dvc/config", ""); }
    [[nodiscard]] dvc::Site site() const {
        return {.workspace = folder_.path(),
                .root = folder_.path(),
                .tmp_dir = folder_.path(".dvc/tmp"),
                .cache_dir = folder_.path(".dvc/cache")};
    }
    [[nodiscard]] Runtime runtime() { return {real_fs(), clock, random_, notes, notes, stop.get_token(), 1}; }
    [[nodiscard]] std::string at(std::string_view path) const { return folder_.path(path); }
    [[nodiscard]] std::vector<std::string> at(std::initializer_list<std::string_view> paths) const {
        std::vector<std::string> all;
        for (const auto path : paths) all.push_back(at(path));
        return all;
    }
    void write(std::string_view path, std::string_view text) const { folder_.write(path, text); }
    [[nodiscard]] std::string read(std::string_view path) const { return folder_.read(path); }
    /// DVC's rwlock, with "$" for the folder and "ME" for this process.
    [[nodiscard]] std::string rwlock() const {
        auto text = read(".dvc/tmp/rwlock");
        for (const auto& [what, with] : {std::pair{folder_.path(), std::string{"$"}},
                                         std::pair{fmt::format("\"pid\":{},", ::getpid()), std::string{"\"pid\":ME,"}}})
            for (auto found = text.find(what); found != text.npos; found = text.find(what))
                text.replace(found, what.size(), with);
        return text;
    }
    /// Writes the rwlock: `what` with "$" for the folder.
    void set_rwlock(std::string text) const {
        for (auto found = text.find('$'); found != text.npos; found = text.find('$')) text.replace(found, 1, at(""));
        write(".dvc/tmp/rwlock", text);
    }
    [[nodiscard]] std::unique_ptr<File> held(std::string_view name) const {
        write(".dvc/tmp/" + std::string{name}, " 4711\n");
        auto file = folder_.open()->open_dir(".dvc/tmp")->open_lock(name);
        REQUIRE(file->try_flock());
        return file;
    }

    WatchedClock clock;
    Notes notes;
    std::stop_source stop;

private:
    TemporaryFolder folder_;
    SeededRandom random_{1};
};

int ended_process() {
    const auto child = ::fork();
    if (child == 0) ::_exit(0);
    REQUIRE(::waitpid(child, nullptr, 0) == child);
    return child;
}

std::string described(const std::optional<dvc::PathLocks::Holder>& holder, const Project& project) {
    if (!holder) return "nobody";
    return fmt::format("{} {} {}", holder->pid, holder->command, holder->path.substr(project.at("").size()));
}

}  // namespace

TEST_CASE("the lock of the project is held as zc.lockfile holds it") {
    Project project;
    const auto runtime = project.runtime();
    {
        const dvc::RepoLock lock{project.site(), runtime};
        CHECK(project.read(".dvc/tmp/lock") == fmt::format(" {}\n", ::getpid()));
        const auto other = real_fs().open_root(project.at(".dvc/tmp"))->open_lock("lock");
        CHECK_FALSE(other->try_flock());
    }
    CHECK(real_fs().open_root(project.at(".dvc/tmp"))->open_lock("lock")->try_flock());
    CHECK(project.notes.begun.empty());
}

TEST_CASE("who waits for the lock says for whom, and gets it") {
    Project project;
    const auto runtime = project.runtime();
    auto held = project.held("lock");
    int sleeps = 0;
    project.clock.on_sleep = [&] {
        if (++sleeps == 60) held.reset();
    };
    const dvc::RepoLock lock{project.site(), runtime};
    CHECK(sleeps == 60);
    CHECK(project.notes.begun == std::vector<std::string>{"waiting for DVC (process 4711)"});
    CHECK(project.notes.logged ==
          std::vector<std::string>{"waiting for DVC: " + mlo::quoted(project.at(".dvc/tmp/lock")) +
                                   " is locked by process 4711"});
}

TEST_CASE("waiting for the lock ends when it is to stop") {
    Project project;
    const auto runtime = project.runtime();
    const auto held = project.held("lock");
    project.clock.on_sleep = [&] { project.stop.request_stop(); };
    CHECK(refused([&] { return dvc::RepoLock{project.site(), runtime}, 0; }).starts_with("U009 "));
}

TEST_CASE("a lock file that was replaced while it was waited for is not the lock") {
    Project project;
    const auto runtime = project.runtime();
    auto held = project.held("lock");
    project.clock.on_sleep = [&] {
        std::filesystem::remove(project.at(".dvc/tmp/lock"));
        held.reset();
    };
    const dvc::RepoLock lock{project.site(), runtime};
    CHECK_FALSE(real_fs().open_root(project.at(".dvc/tmp"))->open_lock("lock")->try_flock());
}

TEST_CASE("locks are not taken through a symbolic link") {
    Project project;
    const auto runtime = project.runtime();
    std::filesystem::create_directories(project.at("elsewhere"));
    std::filesystem::create_symlink("../elsewhere", project.at(".dvc/tmp"));
    CHECK(refused([&] { return dvc::RepoLock{project.site(), runtime}, 0; }).starts_with("U007 "));
    CHECK(std::filesystem::is_empty(project.at("elsewhere")));
}

TEST_CASE("paths in use are written as DVC writes them, and taken back") {
    Project project;
    dvc::PathLocks locks{project.site(), "mlo run", project.runtime()};
    const auto one = project.at({"data/in", "code.py"});
    const auto two = project.at({"data/in"});
    const auto out = project.at({"model"});
    CHECK_FALSE(locks.try_acquire(one, out).has_value());
    CHECK(
        project.rwlock() ==
        R"({"write":{"$/model":{"pid":ME,"cmd":"mlo run"}},"read":{"$/code.py":[{"pid":ME,"cmd":"mlo run"}],"$/data/in":[{"pid":ME,"cmd":"mlo run"}]}})");
    CHECK(project.read(".dvc/tmp/rwlock.lock") == fmt::format(" {}\n", ::getpid()));
    CHECK_FALSE(locks.try_acquire(two, {}).has_value());
    locks.release(one, out);
    CHECK(project.rwlock() == R"({"read":{"$/data/in":[{"pid":ME,"cmd":"mlo run"}]}})");
    locks.release(two, {});
    CHECK(project.rwlock() == "{}");
    CHECK(std::distance(std::filesystem::directory_iterator{project.at(".dvc/tmp")}, {}) == 2);
}

TEST_CASE("what is held is released at the end") {
    Project project;
    {
        dvc::PathLocks locks{project.site(), "mlo run", project.runtime()};
        CHECK_FALSE(locks.try_acquire(project.at({"a"}), project.at({"b"})).has_value());
        CHECK_FALSE(locks.try_acquire(project.at({"a"}), project.at({"b", "c"})).has_value());
    }
    CHECK(project.rwlock() == "{}");
    CHECK(project.notes.logged.empty());
}

TEST_CASE("readers keep writers out and writers keep everybody out, inside and around a path, as in DVC") {
    Project project;
    dvc::PathLocks locks{project.site(), "mlo run", project.runtime()};
    project.set_rwlock(
        R"({"write": {"$w/x": {"pid": 1, "cmd": "dvc repro w"}}, "read": {"$r/x": [{"pid": 1, "cmd": "dvc repro r"}]}})");
    const auto before = project.read(".dvc/tmp/rwlock");
    const auto read = [&](std::string_view path) {
        return described(locks.try_acquire(project.at({path, "free"}), {}), project);
    };
    const auto write = [&](std::string_view path) {
        return described(locks.try_acquire({}, project.at({"free too", path})), project);
    };
    for (const std::string_view path : {"w", "w/x", "w/x/y"}) {
        INFO(path);
        CHECK(read(path) == "1 dvc repro w w/x");
        CHECK(write(path) == "1 dvc repro w w/x");
    }
    for (const std::string_view path : {"r", "r/x", "r/x/y"}) {
        INFO(path);
        CHECK(write(path) == "1 dvc repro r r/x");
    }
    CHECK(project.read(".dvc/tmp/rwlock") == before);
    for (const std::string_view path : {"w/xy", "w/y", "r", "r/x", "r/x/y"}) CHECK(read(path) == "nobody");
    for (const std::string_view path : {"w/xy", "w/y", "r/xy", "ww"}) CHECK(write(path) == "nobody");
}

TEST_CASE("entries of the dead that are in the way go, and others stay") {
    Project project;
    dvc::PathLocks locks{project.site(), "mlo run", project.runtime()};
    std::promise<int> thread_id;
    std::promise<void> enough;
    std::jthread thread{[&] {
        thread_id.set_value(static_cast<int>(::syscall(SYS_gettid)));
        enough.get_future().wait();
    }};
    const std::array<int, 3> nobody{ended_process(), -3, thread_id.get_future().get()};
    const auto dead = nobody.at(GENERATE(0u, 1u, 2u));
    INFO(dead);
    project.set_rwlock(fmt::format(
        R"({{"write": {{"$a": {{"pid": {0}, "cmd": "dvc repro"}}, "$z": {{"pid": {0}, "cmd": "dvc repro"}}}},
            "read": {{"$b": [{{"pid": {0}, "cmd": "dvc repro"}}, {{"pid": 1, "cmd": "init"}}], "$c": [{{"pid": {0}, "cmd": "dvc repro"}}]}}}})",
        dead));
    CHECK(described(locks.try_acquire(project.at({"a"}), project.at({"b", "c"})), project) == "1 init b");
    CHECK_FALSE(locks.try_acquire(project.at({"a"}), project.at({"c"})).has_value());
    auto left = project.rwlock();
    CHECK(left.find("\"$/a\":[{\"pid\":ME,") != left.npos);
    CHECK(left.find("\"$/c\":{\"pid\":ME,") != left.npos);
    CHECK(left.find(fmt::format("\"$/z\":{{\"pid\":{},", dead)) != left.npos);
    CHECK(left.find("\"$/b\":[{\"pid\":" + std::to_string(dead)) != left.npos);
    enough.set_value();
}

TEST_CASE("entries of a process that had our number are not in our way") {
    Project project;
    dvc::PathLocks locks{project.site(), "mlo run", project.runtime()};
    project.set_rwlock(fmt::format(R"({{"write": {{"$a": {{"pid": {}, "cmd": "dvc repro"}}}}}})", ::getpid()));
    CHECK_FALSE(locks.try_acquire({}, project.at({"a"})).has_value());
    locks.release({}, project.at({"a"}));
    CHECK(project.rwlock() == "{}");
}

TEST_CASE("a list that somebody emptied by hand does no harm") {
    Project project;
    dvc::PathLocks locks{project.site(), "mlo run", project.runtime()};
    CHECK_FALSE(locks.try_acquire(project.at({"a"}), project.at({"b"})).has_value());
    const std::string text = GENERATE(std::string{}, std::string(100, '\0'), std::string{"{}"});
    project.set_rwlock(text);
    locks.release(project.at({"a"}), project.at({"b"}));
    CHECK_FALSE(locks.try_acquire(project.at({"a"}), project.at({"b"})).has_value());
}

TEST_CASE("a list that DVC would not understand either is an error and stays as it is") {
    Project project;
    dvc::PathLocks locks{project.site(), "mlo run", project.runtime()};
    for (const std::string text :
         {"[]", "{", R"({"write": []})", R"({"read": {"/a": {"pid": 1, "cmd": "x"}}})", R"({"other": {}})",
          R"({"write": {"/a": {"pid": 1}}})", R"({"write": {"/a": {"pid": "1", "cmd": "x"}}})",
          R"({"write": {"/a": {"pid": 1, "cmd": "x", "host": "y"}}})", R"({"read": {"/a": [1]}})"}) {
        INFO(text);
        project.set_rwlock(text);
        const auto error = refused([&] { return locks.try_acquire(project.at({"b"}), {}); });
        CHECK(error.starts_with("V004 "));
        CHECK(error.ends_with(" help: when no DVC is running here: rm " + project.at(".dvc/tmp/rwlock")));
        CHECK(project.read(".dvc/tmp/rwlock") == text);
    }
    project.set_rwlock("{}");
    CHECK(refused([&] { return locks.try_acquire(project.at({"\xff"}), {}); }).starts_with("V005 "));
}
