// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>

/// Sizes and offsets of the stat cache's format, which README.md states.
namespace mlo::workspace::stat_cache_format {

inline constexpr std::string_view file_name = "statcache";
inline constexpr std::string_view magic = "MLOstat1";

inline constexpr std::size_t size_at = 32;
inline constexpr std::size_t mtime_at = 40;
inline constexpr std::size_t ctime_at = 48;
inline constexpr std::size_t inode_at = 56;
inline constexpr std::size_t device_at = 64;
inline constexpr std::size_t name_offset_at = 72;
inline constexpr std::size_t mode_at = 76;
inline constexpr std::size_t name_size_at = 78;
inline constexpr std::size_t algorithm_at = 79;
inline constexpr std::size_t record_size = 80;

inline constexpr std::size_t folder_size = 48;
inline constexpr std::size_t checksum_at_trailer = 24;
inline constexpr std::size_t trailer_size = 40;

}  // namespace mlo::workspace::stat_cache_format
