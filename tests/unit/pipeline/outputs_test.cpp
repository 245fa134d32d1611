// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <git_folder.hpp>
#include <mlo/pipeline/errors.hpp>
#include <mlo/pipeline/outputs.hpp>
#include <mlo/util/errors.hpp>
#include <mlo/workspace/safe_name.hpp>
#include <project.hpp>

using namespace mlo;
using namespace mlo::pipeline;

namespace {

namespace fs = std::filesystem;

StageOutput output(std::string path) {
    StageOutput made;
    made.at.path = path;
    made.at.written = std::move(path);
    return made;
}

Stage stage_of(std::vector<StageOutput> outs) {
    Stage stage;
    stage.name = "fit";
    stage.outs = std::move(outs);
    return stage;
}

struct Fixture {
    test::Project project;
    std::unique_ptr<workspace::Workspace> workspace = project.open();
    Observer observer{*workspace, WithMd5::no};

    void write(std::string_view path, std::string_view text) const { project.folder().write(path, text); }
    [[nodiscard]] std::string read(std::string_view path) const { return project.folder().read(path); }
    [[nodiscard]] std::string path(std::string_view path) const { return project.folder().path(path); }
    [[nodiscard]] bool exists(std::string_view path) const {
        return fs::exists(fs::symlink_status(project.folder().path(path)));
    }

    std::vector<OutputRecord> store(const Stage& stage) {
        std::vector<OutputRecord> records;
        for (const auto& out : stage.outs) {
            const std::vector<std::string> paths{out.at.path};
            const auto seen = out.is_cached ? observer.store(paths) : observer.look(paths);
            records.push_back(
                {.path = out.at.written, .role = out.role, .is_cached = out.is_cached, .state = seen[0].state});
        }
        std::sort(records.begin(), records.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
        return records;
    }
    std::vector<workspace::Trashed> clear(const Stage& stage, const StageRecord* known = nullptr) {
        return clear_outputs(*workspace, observer, stage, known);
    }
    std::optional<std::vector<workspace::Trashed>> restore(const Stage& stage, std::span<const OutputRecord> outs) {
        return restore_outputs(*workspace, observer, stage, outs);
    }
    [[nodiscard]] bool has_leftovers() const {
        for (const auto& each : fs::recursive_directory_iterator{project.folder().path()})
            if (workspace::is_temporary_name(each.path().filename().string())) return true;
        return false;
    }
};

}  // namespace

TEST_CASE("outputs that are stored are removed, and the folders of all are made") {
    Fixture f;
    f.write("out/model", "weights");
    f.write("plots/a", "1");
    f.write("plots/sub/b", "2");
    const auto stage = stage_of({output("out/model"), output("plots"), output("new/deep/file")});
    f.store(stage);
    CHECK(f.clear(stage).empty());
    CHECK_FALSE(f.exists("out/model"));
    CHECK_FALSE(f.exists("plots"));
    CHECK(f.exists("out"));
    CHECK(f.exists("new/deep"));
}

TEST_CASE("what is stored nowhere goes to the trash, whatever it is") {
    Fixture f;
    f.write("model", "mine");
    f.write("folder/stored", "1");
    f.write("linked/file", "2");
    const auto stage = stage_of({output("model"), output("folder"), output("link")});
    f.store(stage_of({output("folder"), output("linked")}));
    fs::create_symlink("linked/file", f.path("link"));
    f.write("folder/extra", "unsaved");
    const auto trashed = f.clear(stage);
    REQUIRE(trashed.size() == 3);
    CHECK(trashed[0].path == "model");
    CHECK(fs::path{trashed[0].to}.filename() == "model");
    CHECK_FALSE(f.exists("model"));
    CHECK_FALSE(f.exists("folder"));
    CHECK_FALSE(f.exists("link"));
    CHECK(f.read("linked/file") == "2");
    std::ifstream kept{trashed[1].to + "/extra"};
    CHECK(std::string{std::istreambuf_iterator<char>{kept}, {}} == "unsaved");
}

TEST_CASE("a folder goes to the trash if it holds what no scan tells of") {
    Fixture f;
    f.write("out/a", "1");
    f.write("out/.mloignore", "*.log\n");
    const auto stage = stage_of({output("out")});
    f.store(stage);
    f.write("out/notes.log", "unsaved");
    CHECK(f.clear(stage).size() == 1);
    CHECK_FALSE(f.exists("out"));
}

TEST_CASE("an edit that keeps size and time is noticed before anything is removed") {
    Fixture f;
    f.write("model", "stored");
    const auto stage = stage_of({output("model")});
    f.store(stage);
    struct stat before {};
    REQUIRE(::stat(f.path("model").c_str(), &before) == 0);
    f.write("model", "edited");
    const timespec times[2]{before.st_atim, before.st_mtim};
    REQUIRE(::utimensat(AT_FDCWD, f.path("model").c_str(), times, 0) == 0);
    CHECK(f.clear(stage).size() == 1);
}

TEST_CASE("persistent outputs stay, and what is outside is left alone") {
    Fixture f;
    test::TemporaryFolder elsewhere;
    elsewhere.write("data", "1");
    f.write("checkpoint", "2");
    auto stage = stage_of({output("checkpoint"), output(elsewhere.path("data"))});
    stage.outs[0].is_persistent = true;
    stage.outs[1].at.reach = Reach::outside;
    CHECK(f.clear(stage).empty());
    CHECK(f.read("checkpoint") == "2");
    CHECK(elsewhere.read("data") == "1");
}

TEST_CASE("an output that is not cached is removed if it is as its stage made it, else kept in the trash") {
    Fixture f;
    auto stage = stage_of({output("metrics.json"), output("report")});
    for (auto& out : stage.outs) out.is_cached = false;
    f.write("metrics.json", "{}");
    f.write("report/a", "1");
    StageRecord known;
    known.outs = f.store(stage);
    CHECK(f.clear(stage, &known).empty());
    CHECK_FALSE(f.exists("metrics.json"));
    CHECK_FALSE(f.exists("report"));

    f.write("metrics.json", "{\"edited\": 1}");
    CHECK(f.clear(stage, &known).size() == 1);
    f.write("metrics.json", "{}");
    CHECK(f.clear(stage, nullptr).size() == 1);
}

TEST_CASE("no folder of an output is made behind a symbolic link") {
    Fixture f;
    test::TemporaryFolder elsewhere;
    elsewhere.write("file", "theirs");
    fs::create_symlink(elsewhere.path(), f.path("link"));
    for (const auto* path : {"link/file", "link/sub/file"}) {
        try {
            f.clear(stage_of({output(path)}));
            FAIL("went through a link");
        } catch (const Error& error) {
            CHECK(error.code().id == pipeline::errors::output_leads_outside.id);
        }
    }
    CHECK(elsewhere.read("file") == "theirs");
    CHECK_FALSE(fs::exists(elsewhere.path("sub")));
}

TEST_CASE("outputs are restored from the store as they were") {
    Fixture f;
    f.write("out/model", "weights");
    f.write("run.sh", "#!/bin/sh");
    fs::permissions(f.path("run.sh"), fs::perms::owner_exec, fs::perm_options::add);
    f.write("plots/sub/b", "2");
    fs::create_symlink("sub/b", f.path("plots/link"));
    const auto stage = stage_of({output("out/model"), output("plots"), output("run.sh")});
    const auto records = f.store(stage);
    f.clear(stage);
    fs::remove(f.path("out"));
    const auto trashed = f.restore(stage, records);
    REQUIRE(trashed.has_value());
    CHECK(trashed->empty());
    CHECK(f.read("out/model") == "weights");
    CHECK(f.read("plots/sub/b") == "2");
    CHECK(fs::read_symlink(f.path("plots/link")) == "sub/b");
    CHECK((fs::status(f.path("run.sh")).permissions() & fs::perms::owner_exec) != fs::perms::none);
    CHECK_FALSE(f.has_leftovers());
    const auto seen = f.observer.look(std::vector<std::string>{"out/model", "plots", "run.sh"});
    for (std::size_t i = 0; i < 3; ++i) CHECK(seen[i].state == records[i].state);
}

TEST_CASE("what is right stays untouched, what is stored is replaced, and the rest goes to the trash") {
    Fixture f;
    f.write("same", "s");
    f.write("old", "first");
    f.write("dir/keep", "k");
    f.write("dir/change", "1");
    const auto stage = stage_of({output("same"), output("old"), output("dir"), output("mine")});
    f.write("mine", "made");
    const auto records = f.store(stage);
    f.write("old", "second");
    f.write("dir/change", "2");
    f.store(stage);
    f.write("mine", "edited by hand");
    f.write("dir/extra", "unsaved");
    const auto inode = [&](std::string_view path) {
        struct stat status {};
        REQUIRE(::stat(f.path(path).c_str(), &status) == 0);
        return status.st_ino;
    };
    const auto same = inode("same");
    const auto keep = inode("dir/keep");
    const auto trashed = f.restore(stage, records);
    REQUIRE(trashed.has_value());
    REQUIRE(trashed->size() == 2);
    CHECK(trashed->at(0).path == "dir/extra");
    CHECK(trashed->at(1).path == "mine");
    CHECK(f.read("old") == "first");
    CHECK(f.read("dir/change") == "1");
    CHECK(f.read("mine") == "made");
    CHECK_FALSE(f.exists("dir/extra"));
    CHECK(inode("same") == same);
    CHECK(inode("dir/keep") == keep);
}

TEST_CASE("nothing is changed if an object is not in the store") {
    Fixture f;
    f.write("a", "1");
    f.write("dir/b", "2");
    const auto stage = stage_of({output("a"), output("dir")});
    std::vector<OutputRecord> records = f.store(stage_of({output("a")}));
    f.write("dir/b", "never stored");
    records.push_back({.path = "dir", .state = f.observer.look(std::vector<std::string>{"dir"})[0].state});
    f.write("a", "other");
    f.store(stage_of({output("a")}));
    fs::remove_all(f.path("dir"));
    CHECK_FALSE(f.restore(stage, records).has_value());
    CHECK(f.read("a") == "other");
    CHECK_FALSE(f.exists("dir"));

    // Without the state of an output nobody knows what to restore.
    records[1].state.reset();
    CHECK_FALSE(f.restore(stage, records).has_value());
    CHECK_FALSE(f.restore(stage, std::span{records}.first(1)).has_value());
}

TEST_CASE("an output that is not cached is as restored as it is there") {
    Fixture f;
    auto stage = stage_of({output("metrics.json"), output("model")});
    stage.outs[0].is_cached = false;
    f.write("metrics.json", "{}");
    f.write("model", "weights");
    const auto records = f.store(stage);
    fs::remove(f.path("model"));
    CHECK(f.restore(stage, records).has_value());
    CHECK(f.read("model") == "weights");
    fs::remove(f.path("metrics.json"));
    CHECK_FALSE(f.restore(stage, records).has_value());
}

TEST_CASE("a kind of output may take the place of another") {
    Fixture f;
    const auto stage = stage_of({output("x")});
    f.write("x", "file");
    const auto as_file = f.store(stage);
    fs::remove(f.path("x"));
    f.write("x/in", "folder");
    const auto as_folder = f.store(stage);
    CHECK(f.restore(stage, as_file).has_value());
    CHECK(f.read("x") == "file");
    CHECK(f.restore(stage, as_folder).has_value());
    CHECK(f.read("x/in") == "folder");
}

TEST_CASE("git ignores cached outputs, each by its folder's file, and not those that are left to it") {
    test::GitFolder folder;
    folder.git("", {"init", "-q", "r"});
    const auto git = git::discover(folder.path("r"), folder.environment());
    test::Project project;
    workspace::Workspace space{workspace::find_workspace(real_fs(), folder.path("r"), git, ""), folder.path("r"),
                               folder.environment(), project.runtime()};
    folder.write("r/.gitignore", "*.pyc\n/data/already\n");
    folder.write("r/plots/.gitignore", "/kept\n/was\r\n");
    folder.write("r/only/.gitignore", "/metrics.json\n");
    auto stage = stage_of({output("model"), output("data/a b"), output("data/already"), output("plots/was"),
                           output("only/metrics.json"), output("nowhere/x")});
    for (const auto at : {3u, 4u, 5u}) stage.outs[at].is_cached = false;
    const Stage* const stages[]{&stage};
    CHECK(ignore_outputs(space, stages) ==
          std::vector<std::string>{".gitignore", "data/.gitignore", "only/.gitignore", "plots/.gitignore"});
    CHECK(folder.read("r/.gitignore") == "*.pyc\n/data/already\n/model\n");
    CHECK(folder.read("r/data/.gitignore") == "/a b\n");
    CHECK(folder.read("r/plots/.gitignore") == "/kept\n");
    CHECK_FALSE(fs::exists(folder.path("r/only/.gitignore")));
    CHECK(ignore_outputs(space, stages).empty());
}

TEST_CASE("without git there is nothing to ignore") {
    Fixture f;
    const auto stage = stage_of({output("model")});
    const Stage* const stages[]{&stage};
    CHECK(ignore_outputs(*f.workspace, stages).empty());
    CHECK_FALSE(f.exists(".gitignore"));
}
