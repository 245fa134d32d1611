// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "catalog.hpp"
#include "recipe.hpp"

#include <mlo/hash/digest.hpp>
#include <mlo/util/runtime.hpp>

namespace mlo::store {

/// Checks the hashes of large objects over their chunks while these arrive, so that they need not be read again. Chunks
/// that come before their turn wait in memory, as long as there is room; without room, those who bring them wait as
/// long as somebody is hashing. Thread-safe.
class Prover {
public:
    enum class Verdict : std::uint8_t { proven, refuted, undecided };

    static constexpr std::size_t usual_room_bytes = 64u << 20;

    /// `catalog` must outlive the object. `room_bytes`: for chunks that wait for their turn.
    Prover(Catalog& catalog, const Runtime& runtime, std::size_t room_bytes = usual_room_bytes)
        : catalog_{catalog}, runtime_{runtime}, room_bytes_{room_bytes} {}

    /// An object that the chunks `entries` make up. Those that the catalog knows will be read from the store, the
    /// others must be offered from now on.
    void expect(const ObjectId& object, std::uint64_t size_bytes, std::vector<RecipeEntry> entries);
    /// The bytes of a chunk, which were checked against its id.
    void offer(const ObjectId& chunk, ByteView raw);
    /// Undecided: a chunk never came, or came when there was no room for it.
    [[nodiscard]] Verdict verdict(const ObjectId& object);

private:
    struct Object {
        std::uint64_t size_bytes = 0;
        std::vector<RecipeEntry> entries;
        std::size_t next = 0;  ///< of entries, the first that is not hashed yet
        std::uint64_t hashed_bytes = 0;
        hash::Sha256 hasher;
        Verdict verdict = Verdict::undecided;
    };
    struct Chunk {
        std::size_t uses = 0;  ///< how often it is still to be hashed
        bool is_lost = false;
        std::shared_ptr<const Bytes> bytes;
    };

    using Objects = std::unordered_map<ObjectId, Object>;

    [[nodiscard]] bool is_awaited(const ObjectId& chunk) const { return sleeping_.contains(chunk); }
    void advance(Objects::value_type& object, std::unique_lock<std::mutex>& lock);
    void hash_on(Objects::value_type& object, std::unique_lock<std::mutex>& lock);
    enum class Step : std::uint8_t { done, too_early, impossible };
    [[nodiscard]] Step hash_next(Object& object, const Chunk& chunk);
    void give_up(Object& object);
    void use_up(const ObjectId& chunk);

    Catalog& catalog_;
    Runtime runtime_;
    std::size_t room_bytes_;
    std::mutex mutex_;  ///< guards all below, except for what is inside an object that does not sleep: its waker's
    Objects objects_;
    std::unordered_map<ObjectId, Chunk> chunks_;
    std::unordered_multimap<ObjectId, Objects::value_type*> sleeping_;  ///< objects by the chunk that each waits for
    std::size_t waiting_bytes_ = 0;
    std::size_t hashing_threads_ = 0;
    std::condition_variable changed_;  ///< there is more room, or somebody has stopped hashing
};

}  // namespace mlo::store
