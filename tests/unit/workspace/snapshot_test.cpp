// SPDX-License-Identifier: Apache-2.0
#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <mlo/util/errors.hpp>
#include <mlo/workspace/snapshot.hpp>

#include "project.hpp"

using namespace mlo;
using namespace mlo::workspace;
using mlo::test::Project;

namespace {

namespace fs = std::filesystem;

std::vector<Found> look(Project& project, const std::vector<std::string>& paths) {
    return look_at(*project.open(), paths);
}

}  // namespace

TEST_CASE("what is at a path has the id that adding it would give, tracked or not") {
    Project project;
    project.folder().write("data/a", "1");
    project.folder().write("data/sub/b", "2");
    project.folder().write("code.py", "print(1)");
    const auto found = look(project, {"code.py", "data", "data/sub/b", "nothing"});
    REQUIRE(found.size() == 4);
    CHECK(found[0].entry->id == hash::sha256(as_bytes("print(1)")));
    CHECK(found[0].entry->kind == store::EntryKind::file);
    CHECK(found[1].files == 2);
    CHECK(found[2].entry->id == hash::sha256(as_bytes("2")));
    CHECK_FALSE(found[3].entry.has_value());
    CHECK(found[3].problems.empty());
    CHECK_FALSE(project.open()->store().contains(found[0].entry->id));

    const auto added = project.add({"data"});
    CHECK(found[1].entry->id == added.targets[0].pointer.id);
}

TEST_CASE("paths are stored without being tracked, also when only their ids were known") {
    Project project;
    project.folder().write("out/model", "weights");
    project.folder().write("out/sub/log", "lines");
    CHECK(look(project, {"out"})[0].entry.has_value());
    const auto workspace = project.open();
    const auto stored =
        store_paths(*workspace, std::vector<std::string>{"out", "out/model"}, store::LargeFiles::automatic);
    REQUIRE(stored.size() == 2);
    const auto reader = project.open();
    CHECK(as_text(reader->store().read_all(stored[1].entry->id, 100)) == "weights");
    StoredTrees trees{reader->store()};
    CHECK(as_text(trees.tree(stored[0].entry->id)).starts_with("mlo tree 1\n"));
    CHECK_FALSE(fs::exists(project.folder().path("out.mlo")));
}

TEST_CASE("what cannot be read is a problem of its path, and the others are answered for") {
    Project project;
    project.folder().write("good", "1");
    fs::create_directory(project.folder().path("bad"));
    REQUIRE(::mkfifo(project.folder().path("bad/pipe").c_str(), 0600) == 0);
    const auto found = look(project, {"bad", "good"});
    CHECK(found[0].problems.size() == 1);
    CHECK_FALSE(found[0].entry.has_value());
    CHECK(found[1].entry.has_value());
}
