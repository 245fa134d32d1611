// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <mlo/git/repository.hpp>
#include <mlo/track/run.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mlo::track {

enum class WithDiff : std::uint8_t { no, yes };

/// How much of the uncommitted changes a run keeps.
inline constexpr git::PatchLimits diff_limits{.total_bytes = std::uint64_t{64} << 20,
                                              .file_bytes = std::uint64_t{8} << 20};

/// The code that a run starts from, as git knows it.
struct Code {
    Source source;  ///< without the id of the diff
    git::Changes changes;
    std::vector<std::string> losses;  ///< in sentences
};

/// Reads HEAD, branch, the URL of the remote 'origin' (less what may be secret in it) and, WithDiff::yes, what is not
/// committed. What git cannot tell is a loss. Throws interrupted.
[[nodiscard]] Code read_code(git::Repository& repository, WithDiff with_diff);

/// All that is not committed, as one patch.
[[nodiscard]] std::string patch_of(const Code& code);

/// What of the code is no longer as it was: "HEAD", "diff". Files that git does not know and that are new since then,
/// or lie at or below one of the paths `made`, are what the run made, not its code.
[[nodiscard]] std::vector<std::string> changes_since(const Code& before, const Code& now,
                                                     std::span<const std::string> made);

/// The code of an earlier session, from what its run keeps of it, to be compared with `now` by changes_since. `patch`
/// is what patch_of gave then; nothing if nobody knows it: that counts as unchanged.
[[nodiscard]] Code earlier_code(const Source& source, std::optional<std::string_view> patch, const Code& now);

}  // namespace mlo::track
