// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mlo/track/run_list.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "output.hpp"

/// The columns of `mlo runs`, and what it sorts by.
namespace mlo::cli {

/// A column as the user names it: "id", "name", "status", "metrics.loss", "metrics.loss.min", "params.lr", "tags.x",
/// ...
struct RunColumn {
    enum class Kind : std::uint8_t {
        id,
        name,
        status,
        experiment,
        started,
        ended,
        duration,
        user,
        parent,
        commit,
        exit_code,
        metric,
        metric_min,
        metric_max,
        metric_count,
        param,
        tag
    };
    Kind kind = Kind::id;
    std::string key;    ///< of metrics, parameters and tags
    std::string title;  ///< as it was typed
};

/// Throws bad_value, with a guess.
[[nodiscard]] RunColumn parse_column(std::string_view text);
/// "metrics.loss", "metrics.loss:desc". Throws bad_value, also for a column that nothing is sorted by.
struct RunSorting {
    track::SortKey key;
    track::SortOrder order = track::SortOrder::ascending;
    std::string column;  ///< as it was typed, without the order
};
[[nodiscard]] RunSorting parse_sorting(std::string_view text);
/// Adds what the column needs to be said of each run.
void request_column(const RunColumn& column, track::ListRequest& request);
/// What stands in the column; "" for what the run does not have.
[[nodiscard]] std::string cell_of(const RunColumn& column, const track::ListedRun& run, const Output& out);
[[nodiscard]] Table::Align align_of(const RunColumn& column) noexcept;

/// A value of a metric for people: six digits that count.
[[nodiscard]] std::string format_value(double value);

}  // namespace mlo::cli
