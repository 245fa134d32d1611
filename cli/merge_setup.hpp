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
inline constexpr std::string_view merge_driver_section = "merge.mlo";
inline constexpr std::string_view merge_driver_name_key = "merge.mlo.name";
inline constexpr std::string_view merge_driver_name = "mlo: pointers by their entries, locks by their stages";
inline constexpr std::string_view merge_driver_key = "merge.mlo.driver";
inline constexpr std::string_view merge_driver_line = "mlo merge-driver %O %A %B %P";

}  // namespace mlo::cli
