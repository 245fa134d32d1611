// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mlo/report/page.hpp>
#include <optional>
#include <string>
#include <vector>

#include "plot_data.hpp"
#include "plot_text.hpp"

/// How `mlo plot` writes pages.
namespace mlo::cli {

/// What a column with numbers and texts is.
enum class Mixed : std::uint8_t { allowed, all_texts };
/// What the runs have in a column: a number where it is one, else text.
[[nodiscard]] report::PageColumn column_of(const RunColumn& column, const std::vector<track::ListedRun>& runs,
                                           Mixed mixed);

/// How many stretches each of so many curves has, so that a page stays of a size that opens at once: of four points
/// each.
[[nodiscard]] std::uint32_t page_stretches(std::size_t curves, std::optional<std::uint32_t> points);

[[nodiscard]] report::Page curve_page(const std::vector<track::ListedRun>& runs, std::vector<PlottedMetric>&& metrics,
                                      const CurveStyle& style);
[[nodiscard]] report::Page scatter_page(const std::vector<track::ListedRun>& runs, const RunColumn& x,
                                        const RunColumn& y, report::Scale x_scale, report::Scale y_scale);
[[nodiscard]] report::Page parallel_page(const std::vector<track::ListedRun>& runs,
                                         const std::vector<RunColumn>& columns);

/// Throws bad_value for a name that is not that of a page ("-" is: standard output).
void require_page_name(const std::string& file);
/// Writes it whole or not at all, and says so.
void write_page_file(Context& ctx, const report::Page& page, const std::string& file);

}  // namespace mlo::cli
