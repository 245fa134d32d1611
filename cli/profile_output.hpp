// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "output.hpp"
#include "profiles.hpp"

/// How profiles are shown.
namespace mlo::cli {

/// A row for each column: what it holds, and a sketch of how its values spread.
void show_profile(Output& out, const NamedProfile& named);
/// mlo/profile-summary-v1.
void write_profile_summary(Output& out, const NamedProfile& named);
/// A page that needs nothing but itself, written whole or not at all.
void write_profile_page(Context& ctx, const std::string& file, const NamedProfile& named);

}  // namespace mlo::cli
