// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include <mlo/sync/peer.hpp>
#include <mlo/workspace/sparse.hpp>
#include <mlo/workspace/tree_diff.hpp>

namespace mlo::sync {

struct FetchReport {
    std::uint64_t records = 0;     ///< received
    std::uint64_t bytes = 0;       ///< of these, as they are stored
    std::uint64_t files = 0;       ///< in a dry run: those that the store lacks
    std::uint64_t file_bytes = 0;  ///< their sizes: no less than what has to be received
    std::uint64_t left_out = 0;    ///< files that the store lacks and the patterns leave out
    std::vector<Failure> failures;
};

/// Gets what the store lacks of the objects and of all that they name. Each record is hashed before anything sees it,
/// and a large object as a whole before it is stored. What is damaged or absent on the remote is in the report, by the
/// object that needs it; all else is stored. Throws what the remote does, remote_newer.
///
/// Of files only those that `wanted` includes, at any of an object's paths; folders are got in any case. An object
/// without paths is wanted as a whole, and so is what lies beyond a million folders. A dry run gets the folders alone,
/// and counts the files.
[[nodiscard]] FetchReport fetch(const Peer& peer, const std::vector<NamedRef>& objects,
                                const workspace::SparseSet& wanted = {}, DryRun dry_run = DryRun::no);

/// The entry at `path` (plain, relative; "" for `top` itself) below `top`: gets the folders on the way if need be, and
/// nothing else. Nothing if there is no such entry. Throws what is wrong with a folder on the way, as fetch reports it.
[[nodiscard]] std::optional<workspace::Entry> find_entry(const Peer& peer, const workspace::Entry& top,
                                                         std::string_view path);

/// Whether the store has the object and all that it names.
[[nodiscard]] bool is_complete(store::ObjectStore& store, const store::ObjectRef& object);

/// Writes `entry` of the store as `name` in `folder`, where nothing may be: first under a temporary name, so that it is
/// whole if it is there. Throws destination_exists, unsafe_name, object_missing, object_corrupt.
void write_entry(store::ObjectStore& store, const workspace::Entry& entry, Dir& folder, const std::string& name,
                 const Runtime& runtime);

}  // namespace mlo::sync
