// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <vector>

#include <mlo/workspace/checkout.hpp>
#include <mlo/workspace/file_memory.hpp>
#include <mlo/workspace/tree_diff.hpp>

namespace mlo::workspace {

/// What is to be at a path: a file or a folder of the store.
struct Placement {
    std::string path;
    Entry entry;
};

/// Makes each path what it is to be, as checkout does for tracked ones: what is right stays, what is stored is
/// replaced, what is stored nowhere goes to the trash; a file is there whole or not at all. Nothing is synced but the
/// trash, so a power cut may take what was written last. Folders that are missing above a path are made. What is known
/// of the files comes from `memory`, and goes there.
///
/// All placements or none are planned before anything is changed: throws objects_missing, hostile_name, names_collide,
/// leads_outside. Several threads may do this for paths that are not within each other, once somebody has opened store
/// and private folder of `workspace`. Returns what went to the trash.
std::vector<Trashed> restore(Workspace& workspace, std::span<const Placement> placements, FileMemory& memory);

/// What becomes of what is at a path. remove_stored: it is removed if the store has the bytes of every file in it, and
/// goes to the trash if not.
enum class Fate : std::uint8_t { remove, remove_stored, move_to_trash };

struct Clearing {
    std::string path;
    Fate fate = Fate::move_to_trash;
};

/// Makes paths free; those where nothing is are passed over. A symbolic link at a path itself goes to the trash in any
/// case; of those within a folder the caller knows what they are worth. Files whose ids `memory` does not know are
/// read. Threads and syncing as with restore. Returns what went to the trash.
std::vector<Trashed> clear(Workspace& workspace, std::span<const Clearing> clearings, FileMemory& memory);

/// Makes the folder `path` and those above it, as far as they are not there. Throws leads_outside.
void make_folders_below(Dir& root, std::string_view path);

}  // namespace mlo::workspace
