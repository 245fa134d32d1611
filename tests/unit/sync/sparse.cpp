// SPDX-License-Identifier: Apache-2.0
// Clones that hold a part of the data: what they get, and that they can push all the same.
#include <catch2/catch.hpp>

#include <mlo/sync/errors.hpp>

#include "sync_fixture.hpp"

namespace mlo::test {
namespace {

using workspace::SparseSet;

struct World {
    StillClock clock{Timestamp{std::chrono::nanoseconds{1'800'000'000'000'000'000}}};
    MemoryRemote remote{clock};
    Clone first{remote, 1};
    Clone second{remote, 2};
    Clone third{remote, 3};

    /// Pushed by the first clone; in the workspace it is at `paths`.
    sync::NamedRef push(const std::string& name, const std::map<std::string, Bytes>& files,
                        std::vector<std::string> paths) {
        auto object = first.add_tree(name, files);
        object.paths = std::move(paths);
        REQUIRE(first.push({object}).failures.empty());
        return object;
    }
    [[nodiscard]] bool has(Clone& clone, const Bytes& bytes) {
        return clone.store().contains(first.add("", bytes).object.id);
    }
};

/// The tree `old` of the clone's store, and one small file more.
sync::NamedRef with_a_file_more(Clone& clone, const sync::NamedRef& old) {
    const auto bytes = clone.read(old.object.id);
    const auto ingest = clone.store().begin_ingest(store::LargeFiles::chunked);
    store::TreeReader reader{bytes, old.object.id};
    store::TreeWriter writer;
    store::TreeEntry entry;
    while (reader.next(entry)) writer.add(entry);
    const auto content = noise_bytes(50, 99);
    writer.add({.name = "zz", .size_bytes = content.size(), .id = ingest->add_bytes(content), .target = {}});
    const auto id = ingest->add_bytes(std::move(writer).finish());
    ingest->commit();
    return {old.name, {id, store::ObjectKind::tree}};
}

TEST_CASE("a fetch with patterns gets all folders, and the files that the patterns keep") {
    World w;
    const auto kept = noise_bytes(300, 1);
    const auto out = noise_bytes(300, 2);
    const auto top = noise_bytes(300, 3);
    const auto data = w.push("data", {{"test/b", out}, {"top", top}, {"train/a", kept}}, {"data"});
    const auto report = sync::fetch(w.second.peer(), {data}, SparseSet{{"data/train/"}});
    CHECK(report.failures.empty());
    CHECK(report.records == 4);
    CHECK(report.left_out == 2);
    CHECK(w.has(w.second, kept));
    CHECK_FALSE(w.has(w.second, out));
    CHECK_FALSE(w.has(w.second, top));

    const auto again = sync::fetch(w.second.peer(), {data}, SparseSet{{"data/train/"}});
    CHECK(again.records == 0);
    CHECK(again.left_out == 2);
    const auto rest = w.second.fetch({data});
    CHECK(rest.records == 2);
    CHECK(rest.left_out == 0);
    CHECK(w.second.problems({data}).empty());
}

TEST_CASE("what is left out at one place and kept at another is got") {
    World w;
    const auto same = noise_bytes(300, 1);
    const std::map<std::string, Bytes> twice{{"x/f", same}, {"y/f", same}};
    SECTION("one folder twice in a version") {
        const auto data = w.push("data", twice, {"data"});
        const auto report = sync::fetch(w.second.peer(), {data}, SparseSet{{GENERATE("data/x/", "data/y/")}});
        CHECK(report.left_out == 0);
        CHECK(w.has(w.second, same));
    }
    SECTION("one version at two paths") {
        const auto data = w.push("data", twice, {"data", "copy"});
        const auto report = sync::fetch(w.second.peer(), {data}, SparseSet{{GENERATE("data/", "copy/")}});
        CHECK(report.left_out == 0);
        CHECK(w.has(w.second, same));
    }
    SECTION("a version of which another one is a folder") {
        const auto inner = w.push("inner", {{"f", same}}, {"inner"});
        const auto outer = w.push("outer", {{"deep/f", same}}, {"outer"});
        const auto report =
            sync::fetch(w.second.peer(), {inner, outer}, SparseSet{{GENERATE("inner/", "outer/deep/")}});
        CHECK(report.left_out == 0);
        CHECK(w.has(w.second, same));
    }
}

TEST_CASE("patterns say nothing about an object without a path") {
    World w;
    auto data = w.push("data", {{"sub/f", noise_bytes(300, 1)}}, {});
    CHECK(sync::fetch(w.second.peer(), {data}, SparseSet{{"nothing/"}}).left_out == 0);
    CHECK(w.second.problems({data}).empty());
}

TEST_CASE("a file that stands for itself is got only if the patterns keep it") {
    World w;
    auto model = w.first.add("model", noise_bytes(300, 9));
    model.paths = {"models/model"};
    REQUIRE(w.first.push({model}).failures.empty());
    CHECK(sync::fetch(w.second.peer(), {model}, SparseSet{{"data/"}}).left_out == 1);
    CHECK_FALSE(w.second.store().contains(model.object.id));
    CHECK(sync::fetch(w.second.peer(), {model}, SparseSet{{"models/"}}).left_out == 0);
    CHECK(w.second.store().contains(model.object.id));
}

TEST_CASE("what the remote lacks of what is left out is no failure") {
    World w;
    auto data = w.first.add_tree("data", {{"test/b", noise_bytes(300, 2)}, {"train/a", noise_bytes(300, 1)}});
    data.paths = {"data"};
    const auto out = w.first.add("out", noise_bytes(300, 2));
    REQUIRE(w.first.push({data}).failures.empty());
    // Its record is damaged now.
    for (const auto& key : w.remote.keys()) {
        auto value = w.remote.value(key);
        const auto at = value.find(as_text(noise_bytes(300, 2)));
        if (at == value.npos) continue;
        value[at + 5] = static_cast<char>(value[at + 5] ^ 1);
        w.remote.set(key, value);
    }
    CHECK(sync::fetch(w.second.peer(), {data}, SparseSet{{"data/train/"}}).failures.empty());
    CHECK(w.second.fetch({data}).failures.size() == 1);
}

TEST_CASE("a version is pushed without the large files that only the remote has") {
    World w;
    const auto large = noise_bytes(700'000, 1);
    const auto old = w.push("data", {{"test/large", large}, {"train/a", noise_bytes(300, 2)}}, {"data"});
    REQUIRE(sync::fetch(w.second.peer(), {old}, SparseSet{{"data/train/"}}).failures.empty());
    REQUIRE_FALSE(w.has(w.second, large));
    const auto changed = with_a_file_more(w.second, old);
    CHECK(sync::not_pushed(w.second.peer(), {changed}).size() == 1);
    const auto report = w.second.push({changed});
    CHECK(report.failures.empty());
    CHECK(report.records == 2);
    CHECK(sync::not_pushed(w.second.peer(), {changed}).empty());
    CHECK(w.third.fetch({changed}).failures.empty());
    CHECK(w.third.problems({changed}).empty());
}

TEST_CASE("a large file that nobody has published is not taken for complete on the remote") {
    World w;
    const auto old =
        w.push("data", {{"test/large", noise_bytes(700'000, 1)}, {"train/a", noise_bytes(300, 2)}}, {"data"});
    REQUIRE(sync::fetch(w.second.peer(), {old}, SparseSet{{"data/train/"}}).failures.empty());
    for (const auto& key : w.remote.keys())
        if (key.starts_with("roots/")) w.remote.remove(remote::Key{key});
    const auto report = w.second.push({with_a_file_more(w.second, old)});
    REQUIRE(report.failures.size() == 1);
    CHECK(report.failures[0].error.code().id == sync::errors::not_in_store.id);
}

}  // namespace
}  // namespace mlo::test
