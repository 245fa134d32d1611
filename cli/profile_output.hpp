// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mlo/report/column_page.hpp>
#include <span>
#include <string>

#include "output.hpp"
#include "profiles.hpp"

/// How profiles are shown.
namespace mlo::cli {

/// A row for each column: what it holds, and a sketch of how its values spread.
void show_profile(Output& out, const NamedProfile& named);
/// mlo/profile-summary-v1.
void write_profile_summary(Output& out, const NamedProfile& named);
/// How the values of columns of one type spread, a series for each: in bins of one width, or the most frequent ones.
[[nodiscard]] report::ColumnBars bars_of(std::span<const profile::Column> columns);
/// Whole or not at all.
void write_page(Context& ctx, const std::string& file, const report::ColumnPage& page);
void write_profile_page(Context& ctx, const std::string& file, const NamedProfile& named);

}  // namespace mlo::cli
