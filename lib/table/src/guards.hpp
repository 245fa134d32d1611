// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <mlo/table/column.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mlo::table {

class Connection;

/// What a message of the engine says of a value that does not fit: the number of its guard and its text, between marks.
constexpr char misfit_mark = '\x1f';

/// A value that does not fit, as it is written, and where: `file:line`.
struct Misfit {
    std::string text;
    std::string place;
};

/// A column whose values are checked as they are read.
struct Guard {
    std::string title;
    Type type = Type::text;
    /// Reads its files again up to the first value that does not fit; nothing if there is none any more.
    std::function<std::optional<Misfit>()> find;
};

/// The guards of a database, by their numbers.
using Guards = std::vector<Guard>;

/// Gives the engine the functions `mlo_whole(DOUBLE, INTEGER) -> BIGINT` and `mlo_day(TIMESTAMPTZ, INTEGER) -> DATE`,
/// which fail on a value that would lose something. They are functions, and not SQL, as the engine takes 0.1 ms to
/// compile each function that a column calls: a table may have 10,000 columns.
void add_guard_functions(Connection& connection);

/// SQL that calls one of them. The number of the guard goes in as a negative one: the engine looks for calls that are
/// alike by a hash in which the number of a column and the same number as an argument cancel each other out.
[[nodiscard]] std::string guard_call(std::string_view function, const std::string& value, std::size_t guard);

/// SQL that fails with the misfit `text`, a VARCHAR, of this guard.
[[nodiscard]] std::string misfit_call(const std::string& text, std::size_t guard);

}  // namespace mlo::table
