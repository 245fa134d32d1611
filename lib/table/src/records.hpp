// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <mlo/util/runtime.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "dialect.hpp"

/// Where in a text file something stands. What is asked here is asked after a failure: it may read all of the file.
namespace mlo::table {

/// The line (from 1) of what the engine counts as `entry`, records and the empty lines between them; nothing if the
/// file has none.
[[nodiscard]] std::optional<std::uint64_t> line_of_entry(const std::string& path, const CellForm& form,
                                                         std::uint64_t entry, const Runtime& runtime);

/// The line of the first record, that of titles apart, whose cell in `column` is `text`.
[[nodiscard]] std::optional<std::uint64_t> line_of_cell(const std::string& path, const CellForm& form, Header header,
                                                        std::size_t column, std::string_view text,
                                                        const Runtime& runtime);

/// The line of the `object`-th (from 1) line of JSON that is not blank.
[[nodiscard]] std::optional<std::uint64_t> line_of_object(const std::string& path, std::uint64_t object,
                                                          const Runtime& runtime);

}  // namespace mlo::table
