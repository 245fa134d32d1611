// SPDX-License-Identifier: Apache-2.0
#include "quarantine.hpp"

#include <fmt/format.h>

#include <mlo/util/mutant.hpp>

namespace mlo::store {

void move_to_quarantine(Dir& store, Dir& folder, std::string_view name, std::string_view kept_name, Random& random) {
    store.make_dir("quarantine");
    store.sync();
    const auto place = store.open_dir("quarantine");
    folder.rename(name, *place, fmt::format("{}-{}", kept_name, random.hex(4)), Replace::no);
    // Before the caller puts something sound under the old name.
    if (mutant(Mutant::quarantine_sync)) return;
    place->sync();
    folder.sync();
}

}  // namespace mlo::store
