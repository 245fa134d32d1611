// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mlo/track/run_list.hpp>
#include <string>
#include <vector>

#include "args.hpp"

namespace mlo::cli {

/// Which runs a command is about, and in which order: what `mlo runs` takes.
struct RunSelection {
    std::string where;
    std::string sort;
    std::vector<std::string> experiments;
    bool shows_deleted = false;

    /// Whether it leaves out any run but the removed ones.
    [[nodiscard]] bool is_filtered() const noexcept { return !where.empty() || !experiments.empty() || shows_deleted; }
};

/// --where, --sort, --experiment, --deleted.
void declare_selection(Args& args, RunSelection& selection);
/// Throws bad_value, filter_invalid, experiment_not_found.
[[nodiscard]] track::ListRequest to_request(track::RunStore& runs, const RunSelection& selection);

}  // namespace mlo::cli
