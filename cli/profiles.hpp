// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <mlo/profile/profile.hpp>
#include <mlo/store/object_id.hpp>
#include <mlo/table/session.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

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
[[nodiscard]] std::optional<profile::Profile> read_profile(Context& ctx, const std::string& name,
                                                           const TableOptions& o = {});

/// A profile that is asked for.
struct WantedProfile {
    std::span<const std::string> names;  ///< of a profile's file, or of what makes up one table
    std::uint64_t seed = 0;
    /// A table is counted in the bins of this profile, and its columns of CSV that are text there stay text.
    const profile::Profile* frame = nullptr;
    /// The same, by the place in the list of one that comes before it.
    std::optional<std::size_t> framed_by = {};
    std::optional<table::TimeWindow> window = {};
};

/// The tables behind profiles, for whoever needs their values as well. One thread at a time.
class OpenTables {
public:
    OpenTables(Context& ctx, const TableOptions& o) : ctx_{ctx}, options_{o} {}

    struct Place {
        table::Session* session;
        std::size_t table;
    };
    /// Of the profile at that place in the list. Opens the table if the profile came from the store; nothing if there
    /// is none, only a file with the profile.
    [[nodiscard]] std::optional<Place> find(std::size_t index);

private:
    friend struct ReadProfiles read_profiles(Context& ctx, std::span<const WantedProfile> wanted,
                                             const TableOptions& o);
    struct Entry {
        std::optional<table::Source> source;
        std::optional<std::size_t> table;  ///< within `session`, or within `own` once it is there
        std::unique_ptr<table::Session> own;
    };
    Context& ctx_;
    TableOptions options_;
    std::vector<Entry> entries_;
    std::unique_ptr<table::Session> session_;  ///< of all tables that had to be read
};

struct ReadProfiles {
    std::vector<NamedProfile> profiles;
    OpenTables tables;
};
/// The profiles of what is wanted, in order, and the tables behind them; one engine reads all tables. Of a version of
/// tracked data (DATA@REV) a profile without a frame or window is taken from the store, or put there for the next time,
/// so that it is made once.
[[nodiscard]] ReadProfiles read_profiles(Context& ctx, std::span<const WantedProfile> wanted, const TableOptions& o);
[[nodiscard]] std::vector<NamedProfile> profiles_of(Context& ctx, std::span<const WantedProfile> wanted,
                                                    const TableOptions& o);
[[nodiscard]] NamedProfile profile_of(Context& ctx, const WantedProfile& wanted, const TableOptions& o);

/// Writes it as a file, whole or not at all.
void write_profile(Context& ctx, const std::string& file, const profile::Profile& profile);

}  // namespace mlo::cli
