// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mlo/track/filter.hpp>
#include <string>
#include <variant>
#include <vector>

namespace mlo::track::filter {

/// A condition over the table `runs`, named r, of runs.db; a '?' for each value.
struct Sql {
    std::string condition;
    std::vector<std::variant<double, std::string>> values;
};

[[nodiscard]] Sql to_sql(const Expression& filter);

}  // namespace mlo::track::filter
