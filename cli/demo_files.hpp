// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>

namespace mlo::cli {

/// A file of the project that `mlo demo` makes: those of cli/demo, and its data.
struct DemoFile {
    std::string_view name;
    std::string_view text;
};
[[nodiscard]] std::span<const DemoFile> demo_files();

}  // namespace mlo::cli
