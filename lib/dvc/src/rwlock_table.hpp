// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <mlo/util/fs.hpp>
#include <mlo/util/runtime.hpp>
#include <string>
#include <vector>

namespace mlo::dvc {

/// What DVC's `.dvc/tmp/rwlock` holds: who writes a path, who reads it.
struct RwlockTable {
    struct Owner {
        std::int64_t pid = 0;
        std::string command;
        friend bool operator==(const Owner&, const Owner&) = default;
    };
    std::map<std::string, Owner> write;
    std::map<std::string, std::vector<Owner>> read;

    friend bool operator==(const RwlockTable&, const RwlockTable&) = default;

    /// What the file in `folder` says; empty if it is not there, or is empty as a power cut may leave it. Throws
    /// rwlock_broken.
    [[nodiscard]] static RwlockTable load(Dir& folder);
    /// Replaces the file. Not durable on purpose: entries name processes, and none of those outlives a power cut.
    void save(Dir& folder, Random& random) const;
};

}  // namespace mlo::dvc
