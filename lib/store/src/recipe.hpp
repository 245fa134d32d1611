// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "chunker.hpp"

#include <mlo/store/object_id.hpp>
#include <mlo/util/bytes.hpp>

namespace mlo::store {

/// A chunk, or a piece of a recipe's list of chunks, and how many bytes of the object it covers.
struct RecipeEntry {
    static constexpr std::size_t size = 40;
    ObjectId id;
    std::uint64_t size_bytes = 0;

    friend bool operator==(const RecipeEntry&, const RecipeEntry&) = default;
};

/// How an object is cut. At level 0 the entries are chunks, above it pieces that list entries of the level below.
struct Recipe {
    std::uint8_t level = 0;
    ChunkerParameters chunker;
    std::uint64_t size_bytes = 0;
    std::vector<RecipeEntry> entries;

    [[nodiscard]] Bytes encode() const;
    /// Throws recipe_invalid, naming `id`.
    [[nodiscard]] static Recipe decode(ByteView bytes, const ObjectId& id);
    /// The part of `above` that its entry `entry` covers, listed by the piece `bytes`. Throws recipe_invalid.
    [[nodiscard]] static Recipe below(const Recipe& above, const RecipeEntry& entry, ByteView bytes,
                                      const ObjectId& id);
};

/// Collects the chunks of one object, in order, and cuts the list itself where it grows long. Holds a logarithm of it
/// in memory.
class RecipeBuilder {
public:
    /// `store_piece` stores bytes as a raw record and returns their id.
    explicit RecipeBuilder(std::function<ObjectId(ByteView)> store_piece) : store_piece_{std::move(store_piece)} {}

    void add(const RecipeEntry& chunk) { add(0, chunk); }
    [[nodiscard]] Recipe finish() &&;

private:
    struct Level {
        std::vector<RecipeEntry> pending;
        bool is_cut = false;
    };

    void add(std::size_t level, const RecipeEntry& entry);
    void cut(std::size_t level);
    void emit(std::size_t level, std::size_t count);

    std::function<ObjectId(ByteView)> store_piece_;
    std::vector<Level> levels_;
    std::uint64_t size_bytes_ = 0;
};

/// Calls `visit` for every chunk of `recipe`, in order. `read_piece` returns the raw record of an id. Throws
/// recipe_invalid if sizes do not add up or a chunk is larger than chunks may be.
void for_each_chunk(const Recipe& recipe, const ObjectId& id, const std::function<Bytes(const ObjectId&)>& read_piece,
                    const std::function<void(const RecipeEntry&)>& visit);

}  // namespace mlo::store
