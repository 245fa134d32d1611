// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <mlo/store/object_id.hpp>
#include <mlo/track/run.hpp>
#include <optional>
#include <string>
#include <vector>

namespace mlo::lineage {

/// A file or folder by its bytes.
struct ObjectNode {
    store::ObjectKind kind = store::ObjectKind::blob;
    store::ObjectId id;
    std::string path;                ///< bytes; what it was called where the walk met it first; may be empty
    std::uint64_t omitted_runs = 0;  ///< that wrote or read it as well, and are not in the graph
    std::uint64_t unseen = 0;        ///< at least so many parts of it, or folders around it, were not looked into
    bool is_unknown = false;         ///< a folder that is not in the store, so that nobody knows what is in it
};

/// A run, and what tells it from others.
struct RunNode {
    std::string id;
    std::string name;
    track::RunState state = track::RunState::running;
    std::int64_t started_ms = 0;
    std::string commit;
    bool has_uncommitted_changes = false;
    bool is_deleted = false;
    std::map<std::string, std::string> params;
    std::uint64_t present_inputs = 0;  ///< that it may have read, as nobody said and nobody saw
};

/// A run read an object or wrote it.
struct Link {
    enum class Kind : std::uint8_t { read, wrote };
    Kind kind = Kind::read;
    std::size_t run = 0;                                 ///< index into Graph::runs
    std::size_t object = 0;                              ///< index into Graph::objects
    track::InputRole role = track::InputRole::declared;  ///< of what was read
    std::string path;                                    ///< bytes; what the run called what it read or wrote
    /// Where the object is a part of that, or the other way round: the path of the one within the other.
    std::string member{};
};

/// What a walk found, in the order in which it did.
struct Graph {
    std::vector<ObjectNode> objects;
    std::vector<RunNode> runs;
    std::vector<Link> links;
    std::optional<std::size_t> root_object;  ///< where the walk began: this, or
    std::optional<std::size_t> root_run;     ///< this
    std::uint64_t unvisited = 0;             ///< nodes that the walk did not go on from, for a limit
};

}  // namespace mlo::lineage
