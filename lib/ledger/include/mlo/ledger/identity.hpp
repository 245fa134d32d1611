// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <mlo/util/fs.hpp>
#include <mlo/util/runtime.hpp>

namespace mlo::ledger {

/// This clone's id (32 hex), as it is in `folder` (`<git-common-dir>/mlo`, where it makes one if need be). It is a new
/// one where machine or folder are not those that it was made for: a copied checkout must not write in the original's
/// name.
[[nodiscard]] std::string clone_id(Dir& folder, const Runtime& runtime);

/// Gives this clone another id, for one that no longer knows what it wrote under the one it has.
std::string renew_clone_id(Dir& folder, const Runtime& runtime);

}  // namespace mlo::ledger
