// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mlo/profile/profile.hpp>
#include <optional>
#include <string>
#include <vector>

namespace mlo::profile {

/// What differs in a column: one thing, before and after, as both are shown.
struct Change {
    std::string what;  ///< "missing", "mean", "new value"
    std::string before;
    std::string after;
};

struct ColumnChange {
    enum class Kind : std::uint8_t { added, removed, retyped, changed };
    std::string name;
    Kind kind = Kind::changed;
    std::vector<Change> changes;
};

struct Difference {
    std::uint64_t rows_before = 0;
    std::uint64_t rows_after = 0;
    std::vector<ColumnChange> columns;  ///< those that differ, in the order of `after`, removed ones last
    [[nodiscard]] bool empty() const noexcept { return rows_before == rows_after && columns.empty(); }
};

/// What the two say differently, to the digits that are shown. It is no test: see drift.
[[nodiscard]] Difference diff(const Profile& before, const Profile& after);

}  // namespace mlo::profile
