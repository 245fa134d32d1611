// SPDX-License-Identifier: Apache-2.0
// Index segments that are damaged: what the sound ones list is found, and the next writer brings back the rest.
#include <algorithm>
#include <catch2/catch.hpp>
#include <failure.hpp>
#include <mlo/store/errors.hpp>

#include "segment.hpp"
#include "store_fixture.hpp"

namespace mlo::test {
namespace {

namespace fs = std::filesystem;
using store::LargeFiles;

struct Object {
    store::ObjectId id;
    Bytes bytes;
};

/// A store with two segments: one of many objects, and one of few that was not worth merging.
class TwoSegments {
public:
    TwoSegments() {
        const auto ingest = fixture_.store().begin_ingest(LargeFiles::chunked);
        for (std::uint64_t i = 0; i < 20; ++i) many_.push_back(add(*ingest, i));
        ingest->commit();
        const auto second = fixture_.store().begin_ingest(LargeFiles::chunked);
        few_.push_back(add(*second, 100));
        second->commit();
        for (const auto& entry : fs::directory_iterator{fixture_.files().path("store/index")}) {
            sound_.emplace_back(entry.path(), read(entry.path()));
            if (sound_.back().second.size() > sound_.front().second.size()) std::swap(sound_.front(), sound_.back());
        }
        REQUIRE(sound_.size() == 2);
    }

    [[nodiscard]] StoreFixture& fixture() { return fixture_; }
    [[nodiscard]] const fs::path& path(std::size_t segment) const { return sound_[segment].first; }
    [[nodiscard]] const std::string& sound(std::size_t segment) const { return sound_[segment].second; }
    [[nodiscard]] std::string name(std::size_t segment) const { return path(segment).filename().string(); }
    /// The objects that the segment alone lists: 0 is the large one.
    [[nodiscard]] const std::vector<Object>& objects(std::size_t segment) const { return segment == 0 ? many_ : few_; }

    void put(std::size_t segment, std::string_view bytes) const { write(path(segment), bytes); }
    /// As it was at first.
    void restore() const {
        fs::remove_all(fixture_.files().path("store/quarantine"));
        for (const auto& entry : fs::directory_iterator{fixture_.files().path("store/index")}) fs::remove(entry.path());
        for (const auto& [path, bytes] : sound_) write(path, bytes);
    }
    [[nodiscard]] std::vector<std::string> quarantined() const {
        std::vector<std::string> contents;
        const auto place = fixture_.files().path("store/quarantine");
        if (fs::exists(place))
            for (const auto& entry : fs::directory_iterator{place}) {
                CHECK(entry.path().filename().string().find(".idx-") != std::string::npos);
                contents.push_back(read(entry.path()));
            }
        return contents;
    }
    static std::string read(const fs::path& path) {
        std::ifstream file{path, std::ios::binary};
        return {std::istreambuf_iterator<char>{file}, {}};
    }

private:
    Object add(store::Ingest& ingest, std::uint64_t seed) {
        auto bytes = noise(100, seed);
        return {ingest.add_bytes(bytes), std::move(bytes)};
    }
    static void write(const fs::path& path, std::string_view bytes) {
        fs::remove(path);  // never into the file: a store may have mapped it
        std::ofstream{path, std::ios::binary} << bytes;
    }

    StoreFixture fixture_;
    std::vector<Object> many_;
    std::vector<Object> few_;
    std::vector<std::pair<fs::path, std::string>> sound_;
};

void check_readable(store::ObjectStore& store, const std::vector<Object>& objects) {
    for (const auto& object : objects) CHECK(store.read_all(object.id, 1 << 20) == object.bytes);
}

/// With `damaged` in place of one segment: the other's objects are read, what is lost is told by the segment's name,
/// and after the next batch everything is found again.
void check_damage(TwoSegments& two, std::size_t segment, const std::string& damaged) {
    two.put(segment, damaged);
    {
        const auto store = two.fixture().reopen();
        check_readable(*store, two.objects(1 - segment));
        const auto lost = error_of([&] { return store->read_all(two.objects(segment)[0].id, 1 << 20); });
        REQUIRE(lost);
        CHECK(lost->code().id == store::errors::index_corrupt.id);
        CHECK(lost->message().find(two.name(segment)) != std::string::npos);
        CHECK_FALSE(lost->hint_text().empty());
        REQUIRE(store->find_index_damage());
        CHECK(store->find_index_damage()->message() == lost->message());
        const auto problems = store::check(*store, store::CheckDepth::structure, two.fixture().runtime()).problems;
        CHECK(std::any_of(problems.begin(), problems.end(),
                          [&](const auto& problem) { return problem.subject == "index/" + two.name(segment); }));
        const auto ingest = store->begin_ingest(LargeFiles::chunked);
        static_cast<void>(ingest->add_bytes(as_bytes("new")));
        ingest->commit();
    }
    const auto store = two.fixture().reopen();
    CHECK_FALSE(store->find_index_damage());
    for (const std::size_t each : {0u, 1u}) check_readable(*store, two.objects(each));
    CHECK(store->find(hash::sha256(as_bytes("new"))));
    CHECK(two.quarantined() == std::vector{damaged});
    CHECK(two.fixture().problems().empty());
    two.restore();
}

}  // namespace

TEST_CASE("a segment with a damaged header hides what it lists and no more, until the next batch") {
    TwoSegments two;
    constexpr std::size_t header_bytes = 24;
    for (const std::size_t segment : {0u, 1u}) {
        for (std::size_t at = 0; at < header_bytes; ++at) {
            for (const unsigned bit : {0u, 3u, 7u}) {
                auto damaged = two.sound(segment);
                damaged[at] = static_cast<char>(static_cast<unsigned char>(damaged[at]) ^ (1u << bit));
                INFO("segment " << segment << " byte " << at << " bit " << bit);
                check_damage(two, segment, damaged);
            }
        }
    }
}

TEST_CASE("a segment that is cut short hides what it lists and no more, until the next batch") {
    TwoSegments two;
    for (const std::size_t segment : {0u, 1u}) {
        const auto& sound = two.sound(segment);
        for (std::size_t size = 0; size < sound.size(); size += size < 32 ? 1 : 251) {
            INFO("segment " << segment << " cut to " << size);
            check_damage(two, segment, sound.substr(0, size));
        }
        check_damage(two, segment, sound + "more");
    }
}

TEST_CASE("both segments damaged are both recovered") {
    TwoSegments two;
    two.put(0, "");
    two.put(1, "MLOindx1");
    static_cast<void>(two.fixture().reopen()->begin_ingest(LargeFiles::chunked));
    for (const std::size_t segment : {0u, 1u}) check_readable(*two.fixture().reopen(), two.objects(segment));
    CHECK(two.quarantined().size() == 2);
    CHECK(two.fixture().problems().empty());
}

TEST_CASE("a segment that is damaged behind its header is set aside when it is about to be taken into another") {
    TwoSegments two;
    auto damaged = two.sound(1);
    damaged.back() = static_cast<char>(damaged.back() ^ 1);
    two.put(1, damaged);
    const auto store = two.fixture().reopen();
    const auto ingest = store->begin_ingest(LargeFiles::chunked);
    static_cast<void>(ingest->add_bytes(as_bytes("new")));
    ingest->commit();
    for (const std::size_t segment : {0u, 1u}) check_readable(*store, two.objects(segment));
    CHECK(store->find(hash::sha256(as_bytes("new"))));
    CHECK(two.quarantined() == std::vector{damaged});
    CHECK(two.fixture().problems().empty());
}

TEST_CASE("a damaged segment that another supersedes matters to nobody") {
    TwoSegments two;
    const auto old = two.sound(1);
    const auto path = two.path(1);
    two.fixture().add(noise(50, 200));  // takes in the small segment
    REQUIRE_FALSE(fs::exists(path));
    two.put(1, old.substr(0, 10));
    const auto store = two.fixture().reopen();
    CHECK_FALSE(store->find_index_damage());
    CHECK(failure([&] { return store->read_all(hash::sha256(as_bytes("never stored")), 1); }) ==
          store::errors::object_missing.id);
}

TEST_CASE("a segment of a newer format is no damage: the store is refused") {
    TwoSegments two;
    auto newer = two.sound(1);
    newer[7] = '2';
    fs::remove(two.path(1));
    std::ofstream{two.fixture().files().path("store/index/" + hash::sha256(as_bytes(newer)).hex() + ".idx"),
                  std::ios::binary}
        << newer;
    CHECK(failure([&] { return two.fixture().reopen(); }) == store::errors::store_newer.id);
}

}  // namespace mlo::test
