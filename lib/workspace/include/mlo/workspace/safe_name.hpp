// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace mlo::workspace {

/// Why a file or folder of this name is neither added nor checked out; "" if it may be. Besides what no tree may hold
/// (store::tree_name_problem) these are the names under which some file system finds git's or mlo's own folder: `.git`
/// and `.mlo` in any case, with the code points that HFS+ ignores, with trailing dots and spaces, as an NTFS stream
/// (`.git::$INDEX_ALLOCATION`) or behind a backslash, or as a short name (`git~1`); and the names of mlo's temporary
/// files.
[[nodiscard]] std::string_view unsafe_name_reason(std::string_view name) noexcept;

/// True for `.mlo-<16 hex>.tmp`: what an interrupted mlo leaves. Every scan skips such names and the next checkout
/// removes them.
[[nodiscard]] bool is_temporary_name(std::string_view name) noexcept;

}  // namespace mlo::workspace
