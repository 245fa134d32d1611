// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <chrono>
#include <cstdio>
#include <functional>
#include <mlo/store/tree.hpp>
#include <mlo/workspace/errors.hpp>
#include <mlo/workspace/scan.hpp>
#include <mlo/workspace/sparse.hpp>
#include <refused.hpp>

#include "project.hpp"

using namespace mlo;
using namespace mlo::workspace;
using mlo::test::Project;

namespace {

/// Hashes, counts, and may meddle with the files while they are read.
class MeddlingSink final : public ContentSink {
public:
    MeddlingSink(TreeSource& behind, const Runtime& runtime) : trees{behind}, hashing_{trees, runtime} {}
    store::StoredBlob file(File& file, Progress& progress) override {
        ++reads;
        const auto blob = hashing_.file(file, progress);
        if (meddle) meddle();
        return blob;
    }
    store::ObjectId tree(Bytes bytes) override { return trees.add(std::move(bytes)); }
    bool knows(const store::ObjectId&) override { return knows_all; }

    ScannedTrees trees;
    std::function<void()> meddle;
    std::atomic<int> reads = 0;
    bool knows_all = true;

private:
    HashingSink hashing_;
};

struct Scan {
    explicit Scan(Project& owner) : project{owner} {}

    ScanResult run(const std::string& path, const ScanOptions& options = {},
                   const std::optional<Entry>& previous = {}) {
        const auto workspace = project.open();
        StoredTrees stored{workspace->store()};
        sink = std::make_unique<MeddlingSink>(stored, workspace->runtime());
        sink->meddle = meddle;
        sink->knows_all = knows_all;
        const auto cache = StatCache::load(workspace->private_dir());
        StatCacheUpdate update{cache, workspace->private_dir(), workspace->runtime()};
        auto result = scan(*workspace, path, previous, cache, update, *sink, options);
        update.commit();
        reads = sink->reads;
        return result;
    }

    Project& project;
    std::unique_ptr<MeddlingSink> sink;
    std::function<void()> meddle;
    bool knows_all = true;
    int reads = 0;
};

Timestamp ctime_of(const Project& project, std::string_view name) {
    return Timestamp{std::chrono::nanoseconds{project.folder().open()->stat(name)->ctime_ns}};
}

}  // namespace

TEST_CASE("a folder becomes the tree that its encoding says") {
    Project project;
    project.folder().write("d/b", "bb");
    project.folder().write("d/a/x", "x");
    std::filesystem::create_directory(project.folder().path("d/empty"));
    std::filesystem::create_symlink("b", project.folder().path("d/link"));
    std::filesystem::permissions(project.folder().path("d/b"), std::filesystem::perms::owner_exec,
                                 std::filesystem::perm_options::add);

    store::TreeWriter below;
    below.add({.name = "x", .size_bytes = 1, .id = hash::sha256(as_bytes("x")), .target = {}});
    const auto below_id = hash::sha256(std::move(below).finish());
    const auto empty_id = hash::sha256(store::TreeWriter{}.finish());
    store::TreeWriter expected;
    expected.add({.name = "a", .kind = store::EntryKind::directory, .size_bytes = 1, .id = below_id, .target = {}});
    expected.add({.name = "b",
                  .executable = store::Executable::yes,
                  .size_bytes = 2,
                  .id = hash::sha256(as_bytes("bb")),
                  .target = {}});
    expected.add({.name = "empty", .kind = store::EntryKind::directory, .size_bytes = 0, .id = empty_id, .target = {}});
    expected.add({.name = "link", .kind = store::EntryKind::symlink, .size_bytes = 1, .id = {}, .target = "b"});

    const auto found = Scan{project}.run("d");
    REQUIRE(found.entry);
    CHECK(found.entry->id == hash::sha256(std::move(expected).finish()));
    CHECK(found.entry->size_bytes == 3);
    CHECK(found.files == 3);
    CHECK(found.problems.empty());
}

TEST_CASE("what the stat cache answers for is not read again, unless its content is needed or nobody is trusted") {
    Project project;
    for (int i = 0; i < 300; ++i) project.folder().write("d/" + std::to_string(i), "x");
    Scan scan{project};
    CHECK(scan.run("d").read_files == 300);
    const auto again = scan.run("d");
    CHECK(again.read_files == 0);
    project.folder().write("d/7", "y");
    CHECK(scan.run("d").read_files == 1);
    scan.knows_all = false;
    CHECK(scan.run("d").read_files == 300);
    scan.knows_all = true;
    CHECK(scan.run("d", {.trust = Trust::paranoid}).read_files == 300);
    std::filesystem::remove(project.folder().path(".mlo/statcache"));
    CHECK(scan.run("d").read_files == 300);
}

TEST_CASE("a file read within the granularity of its stamps is read again next time") {
    Project project;
    project.folder().write("f", "x");
    project.set_clock(ctime_of(project, "f") + std::chrono::milliseconds{5});
    Scan scan{project};
    CHECK(scan.run("f").read_files == 1);
    CHECK(scan.run("f").read_files == 1);
    project.set_clock(ctime_of(project, "f") + std::chrono::seconds{3});
    CHECK(scan.run("f").read_files == 1);
    CHECK(scan.run("f").read_files == 0);
}

TEST_CASE("an edit of the same size that restores the time is seen") {
    Project project;
    project.folder().write("f", "old");
    const auto time = std::filesystem::last_write_time(project.folder().path("f"));
    Scan scan{project};
    const auto before = scan.run("f");
    project.folder().write("f", "new");
    std::filesystem::last_write_time(project.folder().path("f"), time);
    const auto after = scan.run("f");
    CHECK(after.read_files == 1);
    CHECK(before.entry->id != after.entry->id);
}

TEST_CASE("a file that changes once while it is read is read once more", "[changing]") {
    Project project;
    project.folder().write("d/f", "one");
    Scan scan{project};
    bool changed = false;
    scan.meddle = [&] {
        if (!std::exchange(changed, true)) project.folder().write("d/f", "longer");
    };
    const auto found = scan.run("d/f");
    CHECK(scan.reads == 2);
    REQUIRE(found.entry);
    CHECK(found.entry->id == hash::sha256(as_bytes("longer")));
}

TEST_CASE("a file that goes on changing, is replaced or goes away is a problem that names it", "[changing]") {
    Project project;
    project.folder().write("d/f", "one");
    Scan scan{project};
    int round = 0;
    SECTION("it grows") {
        scan.meddle = [&] { project.folder().write("d/f", std::string(10u + static_cast<unsigned>(++round), 'x')); };
    }
    SECTION("another file takes its name") {
        scan.meddle = [&] {
            project.folder().write("d/new", "one");
            std::filesystem::rename(project.folder().path("d/new"), project.folder().path("d/f"));
        };
    }
    const auto found = scan.run("d");
    REQUIRE(found.problems.size() == 1);
    CHECK(found.problems[0].path == "d/f");
    CHECK(found.problems[0].error.code().id == errors::file_changed.id);
    CHECK(found.problems[0].error.message() == "'d/f' changed while it was read");
    CHECK(scan.reads == 3);
}

TEST_CASE("temporary files of mlo are passed over, reserved names are problems or left out") {
    Project project;
    project.folder().write("d/.mlo-0123456789abcdef.tmp", "x");
    project.folder().write("d/.git/x", "x");
    project.folder().write("d/s/Git~1", "x");
    project.folder().write("d/ok", "x");
    const auto refused = Scan{project}.run("d");
    REQUIRE(refused.problems.size() == 2);
    CHECK(refused.problems[0].path == "d/.git");
    CHECK(refused.problems[1].path == "d/s/Git~1");
    const auto skipped = Scan{project}.run("d", {.unsafe_names = UnsafeNames::skip});
    CHECK(skipped.problems.empty());
    CHECK(skipped.files == 1);
}

TEST_CASE("what a sparse work tree leaves out keeps its entry") {
    Project project;
    project.folder().write("d/in/a", "a");
    project.folder().write("d/out/b", "b");
    project.folder().write("d/out/deep/c", "c");
    const auto before = project.add({"d"}).targets.at(0).pointer;
    std::filesystem::remove_all(project.folder().path("d/out"));

    const SparseSet sparse{{"d/in/"}};
    const auto workspace = project.open();
    StoredTrees stored{workspace->store()};
    const ScanOptions options{.sparse = &sparse, .previous_trees = &stored};
    Scan scan{project};
    auto found = scan.run("d", options, to_entry(before));
    REQUIRE(found.entry);
    CHECK(*found.entry == to_entry(before));
    CHECK(found.files == 3);

    project.folder().write("d/out/b", "changed");
    found = scan.run("d", options, to_entry(before));
    CHECK(*found.entry != to_entry(before));
    CHECK(found.files == 3);

    std::filesystem::remove_all(project.folder().path("d"));
    found = scan.run("d", options, to_entry(before));
    REQUIRE(found.entry);
    CHECK(found.files == 2);
    std::vector<std::string> lines;
    diff_entries("d", to_entry(before), stored, found.entry, scan.sink->trees,
                 [&](Change change) { lines.push_back(change.path); });
    CHECK(lines == std::vector<std::string>{"d/in/a"});
}
