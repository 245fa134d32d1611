// SPDX-License-Identifier: Apache-2.0
#include "prover.hpp"

#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>
#include <thread>

#include "store_fixture.hpp"

namespace mlo::test {
namespace {

using store::ObjectId;
using store::Prover;
using Verdict = Prover::Verdict;

/// An object of some chunks, one of which is there twice, and one three times in a row.
struct Object {
    std::vector<Bytes> chunks;
    std::vector<store::RecipeEntry> entries;
    Bytes bytes;
    ObjectId id;

    explicit Object(std::uint64_t seed, std::size_t count = 20) {
        for (std::size_t i = 0; i < count; ++i) chunks.push_back(noise(1000 + i, seed + i));
        chunks.push_back(chunks[1]);
        chunks.insert(chunks.begin() + 5, 2, chunks[5]);
        for (const auto& chunk : chunks) {
            entries.push_back({hash::sha256(chunk), chunk.size()});
            append(bytes, chunk);
        }
        id = hash::sha256(bytes);
    }

    /// Each different chunk once, in an order that the seed decides.
    [[nodiscard]] std::vector<Bytes> arrivals(std::uint64_t seed) const {
        auto order = chunks;
        std::sort(order.begin(), order.end());
        order.erase(std::unique(order.begin(), order.end()), order.end());
        std::shuffle(order.begin(), order.end(), std::mt19937_64{seed});
        return order;
    }
};

struct World {
    StoreFixture fixture;
    std::unique_ptr<Dir> dir = real_fs().open_root(fixture.files().path("store"));
    store::Catalog catalog{*dir};
};

void offer(Prover& prover, const Bytes& chunk) { prover.offer(hash::sha256(chunk), chunk); }

}  // namespace

TEST_CASE("an object is proven by its chunks, in whatever order they arrive") {
    World world;
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        const Object object{100};
        Prover prover{world.catalog, world.fixture.runtime()};
        prover.expect(object.id, object.bytes.size(), object.entries);
        for (const auto& chunk : object.arrivals(seed)) {
            CHECK(prover.verdict(object.id) == Verdict::undecided);
            offer(prover, chunk);
        }
        CHECK(prover.verdict(object.id) == Verdict::proven);
    }
}

TEST_CASE("chunks that make up something else refute an object") {
    World world;
    const Object object{100};
    const Object other{200};
    Prover prover{world.catalog, world.fixture.runtime()};
    prover.expect(other.id, object.bytes.size(), object.entries);
    prover.expect(object.id, object.bytes.size() + 1, object.entries);
    for (const auto& chunk : object.chunks) offer(prover, chunk);
    CHECK(prover.verdict(other.id) == Verdict::refuted);
    CHECK(prover.verdict(object.id) == Verdict::refuted);
}

TEST_CASE("objects share chunks, and several threads may bring them") {
    World world;
    const Object first{100, 60};
    const Object second{110, 60};
    Prover prover{world.catalog, world.fixture.runtime()};
    prover.expect(first.id, first.bytes.size(), first.entries);
    prover.expect(second.id, second.bytes.size(), second.entries);
    {
        std::vector<std::jthread> threads;
        for (const auto* const object : {&first, &second})
            for (std::uint64_t seed = 0; seed < 2; ++seed)
                threads.emplace_back([&prover, object, seed] {
                    for (const auto& chunk : object->arrivals(seed)) offer(prover, chunk);
                });
    }
    CHECK(prover.verdict(first.id) == Verdict::proven);
    CHECK(prover.verdict(second.id) == Verdict::proven);
}

TEST_CASE("chunks that are stored already are read from the store") {
    World world;
    const Object object{100};
    const auto ingest = world.fixture.store().begin_ingest(store::LargeFiles::chunked);
    for (std::size_t i = 0; i < object.chunks.size(); i += 2) static_cast<void>(ingest->add_bytes(object.chunks[i]));
    ingest->commit();
    world.catalog.reload();
    Prover prover{world.catalog, world.fixture.runtime()};
    prover.expect(object.id, object.bytes.size(), object.entries);
    for (std::size_t i = 1; i < object.chunks.size(); i += 2) offer(prover, object.chunks[i]);
    CHECK(prover.verdict(object.id) == Verdict::proven);
}

TEST_CASE("without room for what comes early an object stays undecided, and others are not held up") {
    World world;
    const Object object{100};
    const Object other{200};
    Prover prover{world.catalog, world.fixture.runtime(), 3000};
    prover.expect(object.id, object.bytes.size(), object.entries);
    for (auto chunk = object.chunks.rbegin(); chunk != object.chunks.rend(); ++chunk) offer(prover, *chunk);
    CHECK(prover.verdict(object.id) == Verdict::undecided);
    prover.expect(other.id, other.bytes.size(), other.entries);
    for (const auto& chunk : other.chunks) offer(prover, chunk);
    CHECK(prover.verdict(other.id) == Verdict::proven);
}

TEST_CASE("without room for what comes early its bringer waits while somebody is hashing") {
    World world;
    const std::vector<Bytes> chunks{noise(32u << 20, 1), noise(1000, 2), noise(1000, 3), noise(1000, 4)};
    std::vector<store::RecipeEntry> entries;
    Bytes bytes;
    for (const auto& chunk : chunks) {
        entries.push_back({hash::sha256(chunk), chunk.size()});
        append(bytes, chunk);
    }
    const auto id = hash::sha256(bytes);
    // The first chunk takes long to hash. Should this thread bring all others before the other thread has begun with
    // it, the object stays undecided: so a few attempts.
    bool is_proven = false;
    for (int attempt = 0; attempt < 20 && !is_proven; ++attempt) {
        Prover prover{world.catalog, world.fixture.runtime(), 1000};
        prover.expect(id, bytes.size(), entries);
        std::atomic<bool> has_begun = false;
        {
            const std::jthread hashing{[&] {
                has_begun = true;
                prover.offer(entries[0].id, chunks[0]);
            }};
            while (!has_begun) std::this_thread::yield();
            for (std::size_t i = 1; i < chunks.size(); ++i) offer(prover, chunks[i]);
        }
        is_proven = prover.verdict(id) == Verdict::proven;
    }
    CHECK(is_proven);
}

}  // namespace mlo::test
