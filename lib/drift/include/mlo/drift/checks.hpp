// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <mlo/drift/compare.hpp>
#include <mlo/util/document.hpp>
#include <mlo/util/runtime.hpp>
#include <optional>
#include <string>
#include <vector>

/// Files of checks: which tables are compared with what, and by which rules. The format: mlo-drift-checks(5).
namespace mlo::drift {

/// A span of time before the moment of a check.
struct Window {
    enum class Until : std::uint8_t { now, hour, day };

    std::string column;
    std::chrono::nanoseconds last{};  ///< how long it is
    Until until = Until::now;         ///< where it ends: at the check, or at the last full hour or midnight in UTC
    std::chrono::nanoseconds ago{};   ///< how much earlier than that
    std::int64_t per_second = 0;      ///< numbers of the column to a second, if it counts from 1970; 0: dates or times

    /// Its start and end for a check at `now`, in microseconds since 1970.
    struct Span {
        std::int64_t from_us = 0;
        std::int64_t until_us = 0;
    };
    [[nodiscard]] Span span(Timestamp now) const noexcept;
};

/// A table as a file of checks names it, as seen from the file's folder.
struct CheckedTable {
    std::vector<std::string> names;
    std::optional<Window> window;
};

/// How the tables of a check are read: what the options of the same names take, as text; empty: not said.
struct Reading {
    std::string format;
    std::string delimiter;
    std::string quote;
    std::string header;
    std::string encoding;
    std::string types_file;
    std::string sqlite_table;
    std::string sample_rows;
    bool joins_by_name = false;
};

struct Check {
    std::string name;
    std::string place;  ///< `file:line:column` of its name
    CheckedTable current;
    CheckedTable reference;
    Reading reading;
    Rules rules;
    std::string page;  ///< a file for the page with both distributions; empty: none
};

/// The checks of a file, in its order. Throws checks_invalid, and what Value does, with the place.
[[nodiscard]] std::vector<Check> read_checks(const Document& document);

}  // namespace mlo::drift
