// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mlo/profile/build.hpp>
#include <mlo/profile/profile.hpp>
#include <mlo/store/object_id.hpp>
#include <optional>
#include <span>
#include <string>

#include "tables.hpp"

/// What the commands about profiles have in common.
namespace mlo::cli {

class Context;

/// Where a profile came from.
struct NamedProfile {
    profile::Profile profile;
    std::string shown;                         ///< as the user named it
    std::optional<store::ObjectId> data;       ///< the version that it was made of, if it is one
    std::optional<store::ObjectId> stored_as;  ///< the object that it is, if it is one
    bool was_made = false;                     ///< just now
};

/// The profile in the file of that name; nothing if it is something else. Throws what profile::decode does.
[[nodiscard]] std::optional<profile::Profile> read_profile(Context& ctx, const std::string& name);

/// The profile of what `names` name: a profile's file is read; a table is made one of, counted in the bins of `frame`
/// if there is one. Of a version of tracked data (DATA@REV) it is taken from the store, or put there for the next time,
/// so that it is made once; not where `frame` decides how it is counted.
[[nodiscard]] NamedProfile profile_of(Context& ctx, std::span<const std::string> names, const TableOptions& o,
                                      const profile::BuildOptions& build);

/// Writes it as a file, whole or not at all.
void write_profile(Context& ctx, const std::string& file, const profile::Profile& profile);

}  // namespace mlo::cli
