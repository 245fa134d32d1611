// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>

/// The files of lib/report/assets and of uPlot, as they stand in a page. The build makes them (embed_assets.cmake).
namespace mlo::report {

/// In the order in which they run.
[[nodiscard]] std::span<const std::string_view> page_scripts();
[[nodiscard]] std::string_view page_style();
/// Of uPlot.
[[nodiscard]] std::string_view page_licence();

}  // namespace mlo::report
