// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "view.hpp"

#include <mlo/sync/fetch.hpp>

namespace mlo::sync {

/// As fetch, by a view that others use too; it is refreshed if something has to be got, and once more if gc was faster.
[[nodiscard]] FetchReport fetch_through(const Peer& peer, View& view, std::span<const NamedRef> objects,
                                        const workspace::SparseSet& wanted, DryRun dry_run);

}  // namespace mlo::sync
