// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdint>
#include <mlo/util/error.hpp>

#include "recipe.hpp"

/// What is read as a recipe is written again as the same bytes, and its chunks add up to its size. Pieces are the input
/// itself, so that a recipe may name itself: its sizes must stop that.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace mlo;
    const auto bytes = std::as_bytes(std::span{data, size});
    try {
        const auto recipe = store::Recipe::decode(bytes, {});
        MLO_ASSERT(std::ranges::equal(recipe.encode(), bytes));
        std::uint64_t sum = 0;
        const auto entries = bytes.subspan(bytes.size() % store::RecipeEntry::size);
        const auto piece = [&](const store::ObjectId&) { return Bytes(entries.begin(), entries.end()); };
        store::for_each_chunk(recipe, {}, piece, [&](const store::RecipeEntry& chunk) { sum += chunk.size_bytes; });
        MLO_ASSERT(sum == recipe.size_bytes);
    } catch (const Error& error) {
        if (error.kind() != ErrorKind::corrupt) throw;
    }
    return 0;
}
