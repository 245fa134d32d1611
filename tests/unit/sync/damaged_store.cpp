// SPDX-License-Identifier: Apache-2.0
// Pushing from a store in which some records are damaged.
#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <mlo/sync/errors.hpp>
#include <mlo/util/errors.hpp>

#include "sync_fixture.hpp"
#include "upload.hpp"

namespace mlo::test {
namespace {

/// The pack that holds `part`, and where in it.
std::pair<std::filesystem::path, std::size_t> find_in_packs(const Clone& clone, ByteView part) {
    for (const auto& entry : std::filesystem::directory_iterator{clone.files().path("packs")}) {
        std::ifstream file{entry.path(), std::ios::binary};
        const std::string bytes{std::istreambuf_iterator<char>{file}, {}};
        if (const auto at = bytes.find(as_text(part)); at != bytes.npos) return {entry.path(), at};
    }
    FAIL("no pack holds it");
    return {};
}

/// Flips a bit in the record that holds `part`; once more makes it sound again.
void flip(const Clone& clone, ByteView part) {
    const auto [path, at] = find_in_packs(clone, part.first(16));
    std::filesystem::permissions(path, std::filesystem::perms::owner_write, std::filesystem::perm_options::add);
    std::fstream file{path, std::ios::in | std::ios::out | std::ios::binary};
    const auto place = static_cast<std::streamoff>(at + 16);
    file.seekg(place);
    const auto byte = static_cast<char>(file.get() ^ 1);
    file.seekp(place);
    file.put(byte);
}

struct World {
    StillClock clock{Timestamp{std::chrono::nanoseconds{1'800'000'000'000'000'000}}};
    MemoryRemote remote{clock};
    Clone first{remote, 1};
    Clone second{remote, 2};

    [[nodiscard]] bool is_root(const sync::NamedRef& object) const {
        const auto keys = remote.keys();
        return std::any_of(keys.begin(), keys.end(), [&](const auto& key) {
            return key.starts_with("roots/") && remote.value(key).find(object.object.id.hex()) != std::string::npos;
        });
    }
};

void check_damaged(const sync::Failure& failure, std::string_view name) {
    CHECK(failure.name == name);
    CHECK(failure.error.code().id == sync::errors::damaged_in_store.id);
    CHECK(failure.error.message().find("sha256:") != std::string::npos);
    REQUIRE_FALSE(failure.error.notes().empty());
    CHECK(failure.error.notes()[0].find("packs/") != std::string::npos);
    CHECK_FALSE(failure.error.hint_text().empty());
}

TEST_CASE("a damaged record fails the targets that need it, and the others are pushed") {
    World w;
    const auto bad_bytes = noise_bytes(3000, 1);
    const auto bad = w.first.add("bad", bad_bytes);
    const auto folder = w.first.add_tree("folder", {{"sub/copy", bad_bytes}, {"other", noise_bytes(500, 2)}});
    const auto good = w.first.add_tree("good", {{"a", noise_bytes(3000, 3)}, {"other", noise_bytes(500, 2)}});
    flip(w.first, ByteView{bad_bytes}.subspan(100));

    const auto report = w.first.push({bad, good, folder});
    REQUIRE(report.failures.size() == 2);
    check_damaged(report.failures[0], "bad");
    check_damaged(report.failures[1], "folder");
    CHECK(report.objects == 1);
    CHECK(report.published == 1);
    CHECK(w.is_root(good));
    CHECK_FALSE(w.is_root(bad));
    CHECK_FALSE(w.is_root(folder));
    CHECK(w.second.fetch({good}).failures.empty());
    CHECK(w.second.problems({good}).empty());
    CHECK(w.second.fetch({bad}).failures.size() == 1);

    CHECK(w.first.push({bad, good, folder}).failures.size() == 2);
    flip(w.first, ByteView{bad_bytes}.subspan(100));
    const auto rest = w.first.push({bad, good, folder});
    CHECK(rest.failures.empty());
    CHECK(rest.records == 1);
    CHECK(rest.published == 2);
    CHECK(w.second.fetch({bad, folder}).failures.empty());
    CHECK(w.second.problems({bad, good, folder}).empty());
}

TEST_CASE("a damaged chunk fails the large object that it is part of, also where the recipe has arrived") {
    World w;
    const auto bytes = noise_bytes(2'000'000, 4);
    const auto large = w.first.add("large", bytes);
    const auto good = w.first.add("good", noise_bytes(100, 5));
    flip(w.first, ByteView{bytes}.subspan(1'000'000));
    for (int i = 0; i < 2; ++i) {
        const auto report = w.first.push({large, good});
        REQUIRE(report.failures.size() == 1);
        check_damaged(report.failures[0], "large");
        CHECK(w.is_root(good));
        CHECK_FALSE(w.is_root(large));
    }
    CHECK(w.second.fetch({large, good}).failures.size() == 1);
    CHECK(w.second.problems({good}).empty());
}

TEST_CASE("where nothing that was asked for is sound, nothing is published") {
    World w;
    const auto bytes = noise_bytes(3000, 6);
    const auto bad = w.first.add("bad", bytes);
    flip(w.first, ByteView{bytes}.subspan(100));
    const auto report = w.first.push({bad});
    CHECK(report.failures.size() == 1);
    CHECK(report.packs == 0);
    CHECK_FALSE(w.is_root(bad));
    CHECK(sync::not_pushed(w.first.peer(), {bad}) == std::vector{bad});
}

TEST_CASE("a pack that is missing or cannot be read fails what lies in it, and no more") {
    const bool is_there = GENERATE(true, false);
    World w;
    const auto bytes = noise_bytes(3000, 7);
    const auto bad = w.first.add("bad", bytes);
    const auto good = w.first.add("good", noise_bytes(100, 8));
    const auto pack = find_in_packs(w.first, ByteView{bytes}.first(16)).first;
    std::filesystem::remove(pack);
    if (is_there) std::filesystem::create_directory(pack);
    const auto report = w.first.push({bad, good});
    REQUIRE(report.failures.size() == 1);
    CHECK(report.failures[0].name == "bad");
    CHECK(report.failures[0].error.code().id == sync::errors::damaged_in_store.id);
    CHECK(w.is_root(good));
    CHECK_FALSE(w.is_root(bad));
}

TEST_CASE("a damaged folder is not pushed, and does not keep from asking what is") {
    World w;
    const auto data = w.first.add_tree("data", {{"a long name to be found by", noise_bytes(10, 9)}});
    const auto good = w.first.add("good", noise_bytes(100, 10));
    flip(w.first, as_bytes("a long name to be found by"));
    const auto report = w.first.push({data, good});
    REQUIRE(report.failures.size() == 1);
    CHECK(report.failures[0].error.code().id == sync::errors::damaged_in_store.id);
    CHECK(sync::not_pushed(w.first.peer(), {data, good}) == std::vector{data});
}

TEST_CASE("what is damaged here and complete there is no failure, unless it is not wanted there any more") {
    World w;
    const auto bytes = noise_bytes(3000, 11);
    const auto data = w.first.add("data", bytes);
    static_cast<void>(sync::push(w.first.peer(), {.objects = {data}, .expires_after = std::chrono::hours{1}}));
    static_cast<void>(w.second.add("data", bytes));
    flip(w.second, ByteView{bytes}.subspan(100));
    SECTION("complete") { CHECK(w.second.push({data}).failures.empty()); }
    SECTION("not wanted any more, and gone") {
        for (const auto& key : w.remote.keys())
            if (key.starts_with("index/") || key.starts_with("packs/")) w.remote.remove(remote::Key{key});
        w.second.clock().sleep(std::chrono::hours{2}, {});
        CHECK(w.second.push({data}).failures.size() == 1);
    }
}

TEST_CASE("what a damaged index hides and somebody has published keeps no new version from being pushed") {
    World w;
    const auto bytes = noise_bytes(2'000'000, 12);
    static_cast<void>(w.first.push({w.first.add("large", bytes)}));
    static_cast<void>(w.second.add("large", bytes));
    const std::filesystem::path segment = std::filesystem::directory_iterator {
        w.second.files().path("index")
        } -> path();
    const auto data = w.second.add_tree("data", {{"large", bytes}, {"small", noise_bytes(10, 13)}});
    REQUIRE(std::filesystem::exists(segment));
    std::filesystem::remove(segment);
    w.second.files().write("index/" + segment.filename().string(), "damaged");
    store::ObjectStore store{w.second.files().open(), w.second.runtime()};
    const auto& peer = w.second.peer();
    const sync::Peer again{store, peer.remote, peer.project, peer.clone, peer.runtime};
    CHECK(sync::push(again, {.objects = {data}}).failures.empty());
    Clone third{w.remote, 3};
    CHECK(third.fetch({data}).failures.empty());
    CHECK(third.problems({data}).empty());
}

TEST_CASE("what the disk cannot read concerns one object, a full disk and an interruption do not") {
    CHECK(sync::concerns_one_object(Error{mlo::errors::system_call, "input/output error"}));
    CHECK_FALSE(sync::concerns_one_object(Error{mlo::errors::no_space, "full"}));
    CHECK_FALSE(sync::concerns_one_object(Error{mlo::errors::interrupted, "interrupted"}));
}

}  // namespace
}  // namespace mlo::test
