// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "checkout_planner.hpp"

namespace mlo::workspace {

/// A folder that exists.
struct CheckoutPlanner::Visit {
    std::string path;
    Presence presence = Presence::extra;
    std::optional<store::ObjectId> tree{};  ///< of the version
    FileStat stat{};
    std::size_t above = 0;  ///< the visit of the folder that holds it
    std::size_t group = 0;  ///< must_go: the topmost folder that goes with it
    bool stays = false;     ///< holds something that stays, or is wanted empty
    bool was_empty = false;
    bool holds_obstacle = false;  ///< of a group: something in it is not stored, so that all of it goes to the trash
    std::optional<std::size_t> folder{};  ///< its index among the plan's folders
    IgnoreRules::Pointer rules{};
};

/// Something that is not (known to be) what is wanted in its place.
struct CheckoutPlanner::Question {
    std::size_t visit = 0;
    std::string path;
    FileStat there;
    Wanted wanted{};
    std::optional<store::ObjectId> id{};  ///< of the bytes that are there, once known
    bool may_go = false;                  ///< replacing or removing it loses nothing
};

/// A folder that is being compared.
struct CheckoutPlanner::Here {
    std::size_t visit;
    Dir& dir;
    StatCache::Folder known;
};

/// Whether a version made of this file would have it executable.
[[nodiscard]] inline store::Executable is_executable(const FileStat& stat) noexcept {
    return (stat.mode & 0100u) != 0 ? store::Executable::yes : store::Executable::no;
}

}  // namespace mlo::workspace
