// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <mlo/workspace/stat_cache.hpp>

#include "project.hpp"

using namespace mlo;
using namespace mlo::workspace;

namespace {

CacheEntry entry(std::string_view name, std::uint64_t number) {
    return {.name = name,
            .stamp = {.mode = 0644,
                      .size = number,
                      .mtime_ns = static_cast<std::int64_t>(number) * 10,
                      .ctime_ns = static_cast<std::int64_t>(number) * 100,
                      .inode = number + 7,
                      .device = 3},
            .id = hash::sha256(as_bytes(name))};
}

std::vector<std::string> names_in(const StatCache& cache, std::string_view folder) {
    std::vector<std::string> names;
    const auto known = cache.folder(folder);
    for (std::size_t i = 0; i < known.size(); ++i) names.emplace_back(known[i].name);
    return names;
}

/// A folder with a cache in it.
struct Fixture {
    test::Project project;
    Runtime runtime = project.runtime();
    test::TemporaryFolder folder;
    std::unique_ptr<Dir> dir = folder.open();

    void put(std::string_view path, const std::vector<CacheEntry>& entries, CacheWrite write) {
        const auto old = StatCache::load(dir.get());
        StatCacheUpdate update{old, dir.get(), runtime};
        update.put(path, entries, write);
        update.commit();
    }
};

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("a stat cache is written as these bytes") {
    Fixture f;
    f.put("d", {entry("ab", 5)}, CacheWrite::replace);
    const auto bytes = f.folder.read("statcache");
    REQUIRE(bytes.size() == 8 + 80 + 2 + 48 + 1 + 40);
    CHECK(bytes.substr(0, 8) == "MLOstat1");
    CHECK(hash::to_hex(as_bytes(bytes.substr(8, 82))) ==
          "fb8e20fc2e4c3f248c60c39bd652f3c1347298bb977b8b4d5903b85055620603"  // SHA-256 of "ab"
          "0500000000000000"
          "3200000000000000"
          "f401000000000000"
          "0c00000000000000"
          "0300000000000000"
          "00000000"
          "a401"
          "02"
          "01"
          "6162");
    CHECK(hash::to_hex(as_bytes(bytes.substr(90, 16))) == hash::to_hex(hash::xxh3_128(as_bytes(bytes).subspan(8, 82))));
    CHECK(hash::to_hex(as_bytes(bytes.substr(106, 33))) ==
          "0800000000000000"
          "5200000000000000"
          "0000000000000000"
          "01000000"
          "01000000"
          "64");
    CHECK(hash::to_hex(as_bytes(bytes.substr(139, 24))) ==
          "5a00000000000000"
          "0100000000000000"
          "0100000000000000");
    CHECK(hash::to_hex(as_bytes(bytes.substr(163))) == hash::to_hex(hash::xxh3_128(as_bytes(bytes).subspan(90, 73))));
}

TEST_CASE("what was recorded is found again") {
    Fixture f;
    f.put("", {entry("x", 1)}, CacheWrite::replace);
    f.put("d/e", {entry("a", 2), entry("b", 3), entry("c", 4)}, CacheWrite::replace);
    const auto cache = StatCache::load(f.dir.get());
    CHECK(names_in(cache, "") == Names{"x"});
    CHECK(names_in(cache, "d/e") == Names{"a", "b", "c"});
    CHECK(names_in(cache, "d").empty());
    const auto found = cache.folder("d/e").find("b");
    REQUIRE(found);
    CHECK(found->stamp == entry("b", 3).stamp);
    CHECK(found->id == entry("b", 3).id);
    CHECK_FALSE(cache.folder("d/e").find("bb"));
}

TEST_CASE("replacing drops other names, merging keeps them") {
    Fixture f;
    f.put("d", {entry("a", 1), entry("c", 2)}, CacheWrite::replace);
    f.put("d", {entry("b", 3), entry("c", 4)}, CacheWrite::merge);
    auto cache = StatCache::load(f.dir.get());
    CHECK(names_in(cache, "d") == Names{"a", "b", "c"});
    CHECK(cache.folder("d").find("c")->stamp.size == 4);
    f.put("d", {entry("z", 5)}, CacheWrite::replace);
    CHECK(names_in(StatCache::load(f.dir.get()), "d") == Names{"z"});
}

TEST_CASE("merging sees what was put before in the same update") {
    Fixture f;
    StatCache none;
    StatCacheUpdate update{none, f.dir.get(), f.runtime};
    const auto first = entry("a", 1);
    const auto second = entry("b", 2);
    update.put("d", {&first, 1}, CacheWrite::merge);
    update.put("d", {&second, 1}, CacheWrite::merge);
    update.commit();
    CHECK(names_in(StatCache::load(f.dir.get()), "d") == Names{"a", "b"});
}

TEST_CASE("forgetting takes effect with the next write, and spares what is kept or put") {
    Fixture f;
    f.put("d", {entry("a", 1)}, CacheWrite::replace);
    f.put("d/gone", {entry("b", 1)}, CacheWrite::replace);
    f.put("d/kept", {entry("c", 1)}, CacheWrite::replace);
    f.put("dd", {entry("d", 1)}, CacheWrite::replace);
    const auto old = StatCache::load(f.dir.get());
    {
        StatCacheUpdate update{old, f.dir.get(), f.runtime};
        update.forget("d");
        update.commit();
        CHECK(names_in(StatCache::load(f.dir.get()), "d/gone") == Names{"b"});
    }
    StatCacheUpdate update{old, f.dir.get(), f.runtime};
    const auto fresh = entry("z", 1);
    update.forget("d");
    update.keep("d/kept");
    update.put("d", {&fresh, 1}, CacheWrite::replace);
    update.commit();
    const auto cache = StatCache::load(f.dir.get());
    CHECK(names_in(cache, "d") == Names{"z"});
    CHECK(names_in(cache, "d/gone").empty());
    CHECK(names_in(cache, "d/kept") == Names{"c"});
    CHECK(names_in(cache, "dd") == Names{"d"});
}

TEST_CASE("with any byte flipped, or any length, a cache tells what was recorded or nothing", "[stat_cache]") {
    Fixture f;
    f.put("d", {entry("aa", 1), entry("bb", 2)}, CacheWrite::replace);
    f.put("e", {entry("cc", 3)}, CacheWrite::replace);
    const auto sound = f.folder.read("statcache");
    const auto check = [&](const std::string& bytes) {
        f.folder.write("statcache", bytes);
        const auto cache = StatCache::load(f.dir.get());
        int found = 0;
        for (const std::string_view path : {"d", "e"}) {
            const auto known = cache.folder(path);
            for (std::size_t i = 0; i < known.size(); ++i, ++found) {
                const auto expected = entry(known[i].name, known[i].name == "aa" ? 1 : known[i].name == "bb" ? 2 : 3);
                if (known[i].stamp != expected.stamp || known[i].id != expected.id) return -1;
            }
        }
        return found;
    };
    REQUIRE(check(sound) == 3);
    int complete = 0;
    for (std::size_t at = 0; at < sound.size(); ++at) {
        for (const int bit : {0, 7}) {
            auto damaged = sound;
            damaged[at] = static_cast<char>(damaged[at] ^ (1 << bit));
            const auto found = check(damaged);
            INFO("byte " << at);
            CHECK(found >= 0);
            if (found == 3) ++complete;
        }
    }
    CHECK(complete == 0);
    for (std::size_t size = 0; size < sound.size(); ++size) CHECK(check(sound.substr(0, size)) == 0);
    CHECK(check(sound + "x") == 0);
}

TEST_CASE("a file is settled once its times are older than the reading by more than their granularity",
          "[stat_cache]") {
    const auto at = [](std::int64_t ns) { return Timestamp{std::chrono::nanoseconds{ns}}; };
    constexpr std::int64_t second = 1'000'000'000;
    const FileStat fine{.mtime_ns = 5 * second + 1, .ctime_ns = 5 * second + 2};
    CHECK_FALSE(is_settled(fine, at(5 * second + 2)));
    CHECK_FALSE(is_settled(fine, at(5 * second + 2 + second / 100)));
    CHECK(is_settled(fine, at(5 * second + 3 + second / 100)));
    const FileStat later_mtime{.mtime_ns = 9 * second, .ctime_ns = 5 * second + 2};
    CHECK_FALSE(is_settled(later_mtime, at(8 * second)));
    const FileStat coarse{.mtime_ns = 5 * second, .ctime_ns = 5 * second};
    CHECK_FALSE(is_settled(coarse, at(7 * second)));
    CHECK(is_settled(coarse, at(7 * second + 1)));
}

TEST_CASE("without a place to write there is no cache and no error") {
    Fixture f;
    CHECK(StatCache::load(nullptr).folder("").size() == 0);
    StatCache none;
    StatCacheUpdate update{none, nullptr, f.runtime};
    const auto only = entry("a", 1);
    update.put("d", {&only, 1}, CacheWrite::replace);
    update.commit();
    CHECK_FALSE(f.dir->stat("statcache"));
}
