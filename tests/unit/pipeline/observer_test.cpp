// SPDX-License-Identifier: Apache-2.0
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <filesystem>
#include <mlo/pipeline/errors.hpp>
#include <mlo/pipeline/observer.hpp>
#include <mlo/util/errors.hpp>
#include <mlo/workspace/errors.hpp>
#include <mlo/workspace/stat_cache.hpp>
#include <thread>

#include "project.hpp"
#include "read_meter.hpp"

using namespace mlo;
using namespace mlo::pipeline;

namespace {

namespace fs = std::filesystem;

struct Fixture {
    test::Project project;
    test::ReadMeter meter;
    std::unique_ptr<workspace::Workspace> workspace;
    std::unique_ptr<Observer> observer;

    Fixture() {
        project.watch(meter);
        open();
    }
    /// As the next command begins.
    void open() {
        observer.reset();
        workspace = project.open();
        observer = std::make_unique<Observer>(*workspace, WithMd5::no);
    }
    Observation look(const std::string& path) { return observer->look(std::vector{path}).front(); }
    void write(std::string_view path, std::string_view text) const { project.folder().write(path, text); }
    [[nodiscard]] std::string path(std::string_view relative) const { return project.folder().path(relative); }
};

store::ObjectId id_of(std::string_view text) { return hash::sha256(as_bytes(text)); }

std::string_view code_of(const Observation& seen) { return seen.error ? seen.error->code().id : std::string_view{}; }

}  // namespace

TEST_CASE("a file is read once, then known by its stat, also to the next command") {
    Fixture f;
    f.write("a/data.csv", "12345");
    const auto seen = f.look("a/data.csv");
    REQUIRE(seen.state.has_value());
    CHECK(seen.state->id == id_of("12345"));
    CHECK(seen.state->kind == store::ObjectKind::blob);
    CHECK(seen.state->size_bytes == 5);
    CHECK_FALSE(seen.state->is_executable);
    CHECK(f.meter.take() == 5);

    CHECK(f.look("a/data.csv").state == seen.state);
    CHECK(f.meter.take() == 0);
    CHECK_FALSE(fs::exists(f.path(".mlo/statcache")));

    f.observer->save();
    f.open();
    CHECK(f.look("a/data.csv").state == seen.state);
    CHECK(f.meter.take() == 0);

    f.write("a/data.csv", "54321");
    CHECK(f.look("a/data.csv").state->id == id_of("54321"));
    CHECK(f.meter.take() == 5);
}

TEST_CASE("what others learned is kept when an observer saves") {
    Fixture f;
    f.write("data/one", "1");
    f.write("mine", "22");
    CHECK(f.look("mine").state.has_value());
    f.project.add({"data"});
    f.meter.take();
    f.observer->save();
    CHECK(f.project.status().targets.at(0).changes.empty());
    CHECK(f.meter.take() == 0);
    f.open();
    CHECK(f.look("mine").state.has_value());
    CHECK(f.look("data/one").state.has_value());
    CHECK(f.meter.take() == 0);
}

TEST_CASE("a file that was written in the tick in which it was read is read again") {
    Fixture f;
    f.write("out", "1");
    struct stat status {};
    REQUIRE(::stat(f.path("out").c_str(), &status) == 0);
    const auto written = std::chrono::seconds{status.st_ctim.tv_sec} + std::chrono::nanoseconds{status.st_ctim.tv_nsec};
    f.project.set_clock(Timestamp{written + std::chrono::milliseconds{5}});
    f.open();
    CHECK(f.look("out").state.has_value());
    CHECK(f.meter.take() == 1);
    CHECK(f.look("out").state.has_value());
    CHECK(f.meter.take() == 1);
    f.observer->save();
    f.project.set_clock(Timestamp{written + std::chrono::seconds{5}});
    f.open();
    CHECK(f.look("out").state.has_value());
    CHECK(f.meter.take() == 1);
    CHECK(f.look("out").state.has_value());
    CHECK(f.meter.take() == 0);
}

TEST_CASE("a large file that was written just now is waited for instead of read twice") {
    Fixture f;
    const std::string large(17u << 20, 'x');
    f.write("out", large);
    struct stat status {};
    REQUIRE(::stat(f.path("out").c_str(), &status) == 0);
    const auto written = std::chrono::seconds{status.st_ctim.tv_sec} + std::chrono::nanoseconds{status.st_ctim.tv_nsec};
    f.project.set_clock(Timestamp{written + std::chrono::milliseconds{5}});
    f.open();
    CHECK(f.look("out").state->id == id_of(large));
    CHECK(f.meter.take() == large.size());
    CHECK(f.look("out").state.has_value());
    CHECK(f.meter.take() == 0);
}

TEST_CASE("a folder has the id, size and count that adding it gives, and is known afterwards") {
    Fixture f;
    f.write("data/a", "1");
    f.write("data/sub/b", "22");
    f.write("data/skipped.tmp", "not of it");
    f.write("data/.mloignore", "*.tmp\n");
    fs::create_symlink("a", f.path("data/link"));
    const auto seen = f.look("data");
    REQUIRE(seen.state.has_value());
    CHECK(seen.state->kind == store::ObjectKind::tree);
    CHECK(seen.state->size_bytes == 9);
    CHECK(seen.state->files == 4);
    f.meter.take();
    CHECK(f.look("data").state == seen.state);
    CHECK(f.look("data/sub/b").state->id == id_of("22"));
    CHECK(f.meter.take() == 0);
    f.write("data/sub/c", "333");
    CHECK(f.look("data/sub/c").state->id == id_of("333"));
    CHECK(f.look("data").state->id != seen.state->id);
    CHECK(f.meter.take() == 3);
    CHECK(f.project.add({"data"}).targets[0].pointer.id == f.look("data").state->id);
}

TEST_CASE("states come in the order of the paths, each for itself") {
    Fixture f;
    f.write("b", "2");
    f.write("a", "1");
    f.write("dir/c", "3");
    fs::create_directory(f.path("bad"));
    REQUIRE(::mkfifo(f.path("bad/pipe").c_str(), 0600) == 0);
    REQUIRE(::mkfifo(f.path("pipe").c_str(), 0600) == 0);
    const auto seen = f.observer->look(
        std::vector<std::string>{"b", "nothing", "bad", "a", "pipe", "dir/c", "a/below/a/file", "b", "dir"});
    REQUIRE(seen.size() == 9);
    CHECK(seen[0].state->id == id_of("2"));
    CHECK_FALSE(seen[1].state.has_value());
    CHECK(seen[1].error == nullptr);
    CHECK(code_of(seen[2]) == workspace::errors::unsupported_file.id);
    CHECK(seen[3].state->id == id_of("1"));
    CHECK(code_of(seen[4]) == workspace::errors::unsupported_file.id);
    CHECK(seen[5].state->id == id_of("3"));
    CHECK_FALSE(seen[6].state.has_value());
    CHECK(seen[6].error == nullptr);
    CHECK(seen[7].state == seen[0].state);
    CHECK(seen[8].state->files == 1);
}

TEST_CASE("a symbolic link is followed while it stays within the workspace") {
    Fixture f;
    test::TemporaryFolder elsewhere;
    elsewhere.write("secret", "s");
    f.write("real/deep/file", "content");
    fs::create_symlink("real/deep", f.path("link"));
    fs::create_symlink("../link/file", f.path("real/again"));
    fs::create_symlink(f.path("real/deep/file"), f.path("absolute"));
    fs::create_symlink("nowhere", f.path("dangling"));
    fs::create_symlink("round", f.path("round"));
    fs::create_symlink(elsewhere.path("secret"), f.path("out"));
    fs::create_symlink("..", f.path("up"));
    fs::create_symlink(elsewhere.path(), f.path("folder-out"));
    fs::create_symlink("link/../../real/deep/file", f.path("physical"));
    fs::create_symlink(f.project.folder().path(), elsewhere.path("back"));
    fs::create_symlink(elsewhere.path("back/real/deep/file"), f.path("around"));

    CHECK(f.look("link/file").state->id == id_of("content"));
    CHECK(f.look("real/again").state->id == id_of("content"));
    CHECK(f.look("absolute").state->id == id_of("content"));
    CHECK(f.look("around").state->id == id_of("content"));
    CHECK(f.meter.take() == 7);
    CHECK(f.look("link").state == f.look("real/deep").state);
    CHECK(f.look("dangling").state == std::nullopt);
    CHECK(f.look("dangling").error == nullptr);
    CHECK(code_of(f.look("round")) == pipeline::errors::output_leads_outside.id);
    CHECK(code_of(f.look("out")) == pipeline::errors::output_leads_outside.id);
    CHECK(code_of(f.look("up")) == pipeline::errors::output_leads_outside.id);
    CHECK(code_of(f.look("folder-out/secret")) == pipeline::errors::output_leads_outside.id);
    // ".." is of the folder that the link led to, not of the name's text.
    CHECK(f.look("physical").state->id == id_of("content"));
    CHECK(f.look("out").error->message().find("'out' is a symbolic link") != std::string::npos);
}

TEST_CASE("an absolute path outside is read too, and known to the next command") {
    Fixture f;
    test::TemporaryFolder elsewhere;
    elsewhere.write("big/data", "12345");
    fs::create_symlink("data", elsewhere.path("big/link"));
    CHECK(f.look(elsewhere.path("big/data")).state->id == id_of("12345"));
    CHECK(f.look(elsewhere.path("big/link")).state->id == id_of("12345"));
    CHECK(f.look(elsewhere.path("big")).state->files == 2);
    CHECK(f.look(elsewhere.path("nothing")).state == std::nullopt);
    CHECK(f.meter.take() == 5);
    f.write("in", "123");
    CHECK(f.look(f.path("in")).state->id == id_of("123"));
    CHECK(f.look("in").state->id == id_of("123"));
    CHECK(f.meter.take() == 3);
    f.observer->save();
    f.open();
    CHECK(f.look(elsewhere.path("big/data")).state->id == id_of("12345"));
    CHECK(f.meter.take() == 0);
}

TEST_CASE("what is stored is durable at once, and only what the store lacks is read") {
    Fixture f;
    f.write("out/model", "weights");
    f.write("out/sub/log", "lines");
    f.write("metrics.json", "{}");
    const std::vector<std::string> paths{"out", "metrics.json", "absent"};
    const auto seen = f.observer->look(paths);
    CHECK_FALSE(f.workspace->store().contains(*seen[0].state->id));
    f.meter.take();
    const auto stored = f.observer->store(paths);
    CHECK(stored[0].state == seen[0].state);
    CHECK(stored[1].state == seen[1].state);
    CHECK(stored[2].state == std::nullopt);
    CHECK(f.meter.take() == 14);
    const auto reader = f.project.open();
    CHECK(as_text(reader->store().read_all(id_of("weights"), 100)) == "weights");
    CHECK(as_text(reader->store().read_all(*stored[0].state->id, 1000)).starts_with("mlo tree 1\n"));

    CHECK(f.observer->store(paths)[0].state == seen[0].state);
    CHECK(f.meter.take() == 0);
}

TEST_CASE("a folder that mlo could not put back is no output, and may be a dependency") {
    Fixture f;
    f.write("lib/.git/HEAD", "x");
    f.write("lib/code", "y");
    CHECK(f.look("lib").state->files == 1);
    CHECK(code_of(f.observer->store(std::vector<std::string>{"lib"})[0]) == workspace::errors::forbidden_name.id);
}

TEST_CASE("many files are looked at at once") {
    Fixture f;
    std::vector<std::string> paths;
    std::uint64_t bytes = 0;
    for (int i = 0; i < 2000; ++i) {
        paths.push_back("many/" + std::to_string(i % 7) + "/" + std::to_string(i));
        f.write(paths.back(), std::to_string(i));
        bytes += std::to_string(i).size();
    }
    const auto seen = f.observer->look(paths);
    CHECK(f.meter.take() == bytes);
    bool all_right = true;
    for (std::size_t i = 0; i < paths.size(); ++i) all_right &= seen[i].state->id == id_of(std::to_string(i));
    CHECK(all_right);
    f.observer->save();
    f.open();
    const auto again = f.observer->look(paths);
    CHECK(f.meter.take() == 0);
    CHECK(again[1234].state == seen[1234].state);
}

TEST_CASE("threads that look at the same at once read it once") {
    Fixture f;
    f.write("shared/big", std::string(3u << 20, 'b'));
    f.write("shared/small", "s");
    std::vector<std::jthread> threads;
    std::atomic<int> right = 0;
    for (int i = 0; i < 8; ++i)
        threads.emplace_back([&, i] {
            const auto own = "own" + std::to_string(i);
            f.write(own, "own");
            for (int round = 0; round < 20; ++round) {
                const auto seen = f.observer->look(std::vector<std::string>{"shared/big", own, "shared"});
                if (seen[0].state && seen[1].state && seen[2].state && seen[2].state->files == 2) ++right;
                if (round % 5 == 0) static_cast<void>(f.observer->store(std::vector<std::string>{own, "shared"}));
            }
        });
    threads.clear();
    CHECK(right == 160);
    // Once to look, and at most once by each that finds that the store lacks it.
    CHECK(f.meter.take() <= (3u << 20) * 9 + 8 * 9 + 9);
}

TEST_CASE("a look ends when it is interrupted") {
    Fixture f;
    f.write("a", "1");
    std::stop_source stop;
    auto runtime = f.project.runtime();
    runtime.stop = stop.get_token();
    workspace::Workspace workspace{f.workspace->layout(), f.path(""), git::Environment{}, runtime};
    Observer observer{workspace, WithMd5::no};
    stop.request_stop();
    CHECK_THROWS_AS(observer.look(std::vector<std::string>{"a"}), Error);
}
