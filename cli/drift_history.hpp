// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mlo/drift/checks.hpp>
#include <mlo/drift/history.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tables.hpp"

/// What the commands about files of checks have in common.
namespace mlo::cli {

class Context;

struct ChecksFile {
    std::string shown;         ///< as messages call it
    std::string folder;        ///< absolute: names in it are seen from there
    std::string history_name;  ///< what the history calls it: its path from the workspace's root, where there is one
    std::vector<drift::Check> checks;
};
/// `named`, else drift.yaml here or above. Throws path_not_found, and what drift::read_checks does.
[[nodiscard]] ChecksFile find_checks(Context& ctx, const std::string& named);
/// Throws check_unknown, with the nearest name.
void require_check(const ChecksFile& file, const std::string& name);

/// As the options of the commands about tables say it. Throws bad_value.
[[nodiscard]] TableOptions table_options(const drift::Reading& reading);

/// Adds to the history, where there is a workspace that can be written; else a message says that nothing is kept.
void keep_history(Context& ctx, std::span<const drift::KeptResult> results);

/// Microseconds since 1970 as RFC 3339.
[[nodiscard]] std::string time_of_us(std::int64_t time_us);

}  // namespace mlo::cli
