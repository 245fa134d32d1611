// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mlo/util/error.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mlo::cli {

/// A row of some component's errors.def.
struct CatalogueEntry {
    std::string_view component;
    std::string_view name;
    ErrorCode code;
};

/// Every error code of the program, by component in the order of their names. Generated from the errors.def files.
[[nodiscard]] std::span<const CatalogueEntry> all_error_codes();
/// Accepts "MLO-S007", "S007" and "s007".
[[nodiscard]] const CatalogueEntry* find_error_code(std::string_view text);
/// "MLO-S007", all of them.
[[nodiscard]] std::vector<std::string> error_code_names();

}  // namespace mlo::cli
