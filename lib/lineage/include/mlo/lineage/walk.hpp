// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>
#include <mlo/lineage/graph.hpp>
#include <mlo/store/object_store.hpp>
#include <mlo/track/run_store.hpp>
#include <mlo/util/runtime.hpp>
#include <string>

namespace mlo::lineage {

/// up: what it was made of. down: what was made of it.
enum class Direction : std::uint8_t { up, down };

struct WalkRequest {
    Direction direction = Direction::up;
    std::uint32_t depth = std::numeric_limits<std::uint32_t>::max();  ///< runs in a row
    std::uint32_t runs = 1000;                                        ///< in the graph
    std::uint32_t runs_per_object = 10;
    std::uint32_t members_per_folder = 20'000;
};

/// An object to begin with.
struct Start {
    store::ObjectKind kind = store::ObjectKind::blob;
    store::ObjectId id;
    std::string path;  ///< bytes, relative to the repository; may be empty
};

/// The graph around an object, or a run (a full id). Throws interrupted, run_not_found.
[[nodiscard]] Graph walk_from_object(track::RunStore& runs, store::ObjectStore& objects, const Start& start,
                                     const WalkRequest& request, const Runtime& runtime);
[[nodiscard]] Graph walk_from_run(track::RunStore& runs, store::ObjectStore& objects, const std::string& run,
                                  const WalkRequest& request, const Runtime& runtime);

}  // namespace mlo::lineage
