// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include <mlo/util/fs.hpp>
#include <mlo/util/runtime.hpp>

namespace mlo::store {

/// Moves the file `name` of `folder` to quarantine/ in `store`, as `kept_name` and some random digits. Durable when it
/// returns.
void move_to_quarantine(Dir& store, Dir& folder, std::string_view name, std::string_view kept_name, Random& random);

}  // namespace mlo::store
