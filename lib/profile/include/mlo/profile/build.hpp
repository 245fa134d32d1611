// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <mlo/profile/profile.hpp>
#include <mlo/table/session.hpp>
#include <mlo/util/runtime.hpp>

namespace mlo::profile {

struct BuildOptions {
    /// Its bins and categories are used for columns of the same name and type, so that one reading is enough and both
    /// are counted alike; its detail is used too. Outlives the call.
    const Profile* frame = nullptr;
    std::uint64_t seed = 0;
    /// Numbers are kept in memory up to here, to be counted once bins are known; what is beyond is read a second time.
    std::uint64_t kept_bytes = std::uint64_t{96} << 20;
};

/// The profile of an open table. The same table gives the same profile, however many threads there are and whatever is
/// kept. Throws no_columns, and what Session::read does.
[[nodiscard]] Profile build(table::Session& session, std::size_t table, const BuildOptions& options,
                            const Runtime& runtime);

}  // namespace mlo::profile
