// SPDX-License-Identifier: Apache-2.0
#include "table_values.hpp"

#include <algorithm>
#include <cmath>

namespace mlo::cli {

/// False if there is no table to read.
template <class Visit>
bool TableValues::for_each_view(drift::Side side, std::string_view column, const Visit& visit) {
    const auto place = tables_.find(side == drift::Side::reference ? 0 : 1);
    if (!place) return false;
    const auto& columns = place->session->tables()[place->table].columns;
    const auto found = std::ranges::find(
        columns, column, [](const table::ColumnInfo& info) { return std::string_view{info.type.name}; });
    MLO_ASSERT(found != columns.end());
    const auto index = static_cast<std::size_t>(found - columns.begin());
    auto cursor = place->session->read(place->table, {&index, 1});
    for (table::Chunk chunk; cursor.next(chunk);) visit(chunk.columns()[0]);
    return true;
}

std::optional<std::vector<double>> TableValues::numbers(drift::Side side, std::string_view column) {
    std::vector<double> values;
    const auto add = [&](const table::ColumnView& view) {
        const bool is_real = view.type() == table::Type::real;
        for (std::size_t row = 0; row < view.rows(); ++row) {
            if (!view.is_valid(row)) continue;
            const double value = is_real ? view.reals()[row] : static_cast<double>(view.integers()[row]);
            // As in profiles: there is one zero.
            if (std::isfinite(value)) values.push_back(value == 0 ? 0 : value);
        }
    };
    if (!for_each_view(side, column, add)) return std::nullopt;
    return values;
}

std::optional<drift::Occurrences> TableValues::texts(drift::Side side, std::string_view column) {
    drift::Occurrences counts;
    const auto count = [&](std::string_view text) {
        const auto place = counts.find(text);
        if (place == counts.end())
            counts.emplace(text, 1);
        else
            ++place->second;
    };
    const auto add = [&](const table::ColumnView& view) {
        const bool is_boolean = view.type() == table::Type::boolean;
        for (std::size_t row = 0; row < view.rows(); ++row)
            if (view.is_valid(row))
                count(!is_boolean ? view.texts()[row].view() : view.booleans()[row] ? "true" : "false");
    };
    if (!for_each_view(side, column, add)) return std::nullopt;
    return counts;
}

}  // namespace mlo::cli
