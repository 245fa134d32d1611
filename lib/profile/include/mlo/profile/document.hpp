// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mlo/profile/profile.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace mlo::profile {

/// The profile as canonical JSON on one line, mlo/profile-v1: what is stored, and whose hash is its name. The format is
/// in the README.
[[nodiscard]] std::string encode(const Profile& profile);
/// Throws profile_corrupt, profile_newer, with the place.
[[nodiscard]] Profile decode(std::string_view text, const std::string& file);
/// Whether the text of a file means to be a profile: one of another version or one that is cut off, too.
[[nodiscard]] bool looks_like_profile(std::string_view text) noexcept;

}  // namespace mlo::profile
