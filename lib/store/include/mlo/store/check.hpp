// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <mlo/store/object_store.hpp>

namespace mlo::store {

struct CheckProblem {
    std::string subject;  ///< the file within the store, or the id
    std::string text;
};

struct CheckReport {
    std::uint64_t packs = 0;
    std::uint64_t segments = 0;
    std::uint64_t objects = 0;
    std::vector<CheckProblem> problems;
};

enum class CheckDepth {
    structure,  ///< every name, header, size, footer, segment and reference
    data        ///< also every byte against its checksum and its id
};

/// Looks at everything in the store and reports what is not as lib/store/README.md promises. Changes nothing. Temporary
/// files and packs that no segment lists (what a killed writer leaves) are no problems.
[[nodiscard]] CheckReport check(ObjectStore& store, CheckDepth depth, const Runtime& runtime);

/// Checks that `id` and all that it names (a tree's entries, recursively) is stored.
void check_reachable(ObjectStore& store, const ObjectId& id, ObjectKind kind, CheckReport& report);

}  // namespace mlo::store
