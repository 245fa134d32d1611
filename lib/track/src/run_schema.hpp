// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mlo/db/database.hpp>

namespace mlo::track {

/// The tables of runs.db: see lib/track/README.md.
[[nodiscard]] db::Schema run_schema() noexcept;

}  // namespace mlo::track
