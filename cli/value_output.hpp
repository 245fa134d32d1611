// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mlo/pipeline/values.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "output.hpp"

namespace mlo::cli {

enum class TableForm : std::uint8_t { text, markdown };
/// The column of files.
enum class Paths : std::uint8_t { hidden, shown };

/// One column after path and key.
struct ValueColumn {
    std::string title;
    std::vector<std::string> cells;
};

/// What stands in the first two columns of a row.
struct ValueRow {
    std::string path;
    std::string key;
};

/// Prints a table of values; with markdown as GitHub and GitLab show it. Nothing without rows.
void show_values(Output& out, std::string_view key_title, const std::vector<ValueRow>& rows,
                 const std::vector<ValueColumn>& columns, TableForm form, Paths paths);

/// A value in a cell: reals with so many digits after the point (those that would vanish keep as many that count), or
/// as they are; "-" for none.
[[nodiscard]] std::string shown_value(const std::optional<pipeline::Datum>& value,
                                      std::optional<std::uint32_t> precision);
[[nodiscard]] std::string shown_change(const pipeline::ValueDifference& difference,
                                       std::optional<std::uint32_t> precision);

/// A value of any kind in a JSON answer.
void write_value(json::Writer& json, const pipeline::Datum& value);

}  // namespace mlo::cli
