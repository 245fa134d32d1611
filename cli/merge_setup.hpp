// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <mlo/git/attributes_file.hpp>
#include <string_view>

namespace mlo::cli {

/// What lets git merge pointers and locks by 'mlo merge-driver': the lines in the committed .gitattributes, and the
/// settings of each clone, because no clone runs what a repository names.
inline constexpr std::array<git::AttributeLine, 3> merge_attributes{
    {{"*.mlo", "merge=mlo"}, {"pipeline.lock", "merge=mlo"}, {"dvc.lock", "merge=mlo"}}};
inline constexpr std::string_view merge_driver_key = "merge.mlo.driver";

struct MergeSetting {
    std::string_view key;
    std::string_view value;
};
/// Git merges several common ancestors with a driver of its own, which nobody has to be told of.
inline constexpr std::array<MergeSetting, 5> merge_settings{
    {{"merge.mlo.name", "mlo: pointers by their entries, locks by their stages"},
     {"merge.mlo.recursive", "mlo-ancestors"},
     {"merge.mlo-ancestors.name", "mlo: several common ancestors of a merge"},
     {"merge.mlo-ancestors.driver", "mlo merge-driver --ancestors %O %A %B %P"},
     {merge_driver_key, "mlo merge-driver %O %A %B %P"}}};
inline constexpr std::array<std::string_view, 2> merge_sections{"merge.mlo", "merge.mlo-ancestors"};

}  // namespace mlo::cli
