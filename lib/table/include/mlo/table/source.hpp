// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <mlo/table/inference.hpp>
#include <mlo/util/bytes.hpp>
#include <mlo/util/document.hpp>
#include <mlo/util/runtime.hpp>

namespace mlo::table {

enum class Format : std::uint8_t { automatic, csv, jsonl, parquet, sqlite };
/// "csv"
[[nodiscard]] std::string_view to_string(Format format) noexcept;
/// By the name of a file, without '.gz' or '.zst'; automatic if it says nothing.
[[nodiscard]] Format format_of_name(std::string_view name) noexcept;

enum class Header : std::uint8_t { automatic, yes, no };

/// What is known of how a CSV file is written; the rest is found out.
struct CsvForm {
    std::optional<char> delimiter;
    std::optional<char> quote;  ///< NUL: nothing is quoted
    Header header = Header::automatic;
    std::string encoding;  ///< as iconv(3) calls it; empty: UTF-8, or what a byte order mark says
};

/// How the columns of several files become those of one table.
enum class Joining : std::uint8_t { same_columns, by_name };

/// What columns are to be read as, by name: a file of types, mlo-table-types(5).
struct Types {
    struct Column {
        ValueForm form;
        std::string place;  ///< `file:line:column` of the name
    };
    std::map<std::string, Column, std::less<>> columns;
};
/// Reads a file of types. Throws types_invalid and what Value does, with the place.
[[nodiscard]] Types read_types(const Document& document);

/// A file that is no file here: what standard input or a version in the store holds. `produce` hands out its bytes,
/// piece by piece, once.
struct Stream {
    std::string shown;
    std::function<void(const std::function<void(ByteView)>& sink)> produce;
};

/// Decides how much of CSV is read before types are known: all of a table, or its first rows.
constexpr std::uint64_t usual_sample_rows = 20'480;
constexpr std::uint64_t all_rows = UINT64_MAX;

/// Of a table only the rows whose `column` is in a span of time, its start included and its end not.
struct TimeWindow {
    std::string column;
    std::int64_t from_us = 0;  ///< microseconds since 1970 in UTC; times without a zone are taken for UTC
    std::int64_t until_us = 0;
    /// How many of the column's numbers make a second, if it counts from 1970; 0 for a column of dates or times.
    std::int64_t per_second = 0;
};

/// A table as it was asked for.
struct Source {
    std::string name;   ///< of the table in SQL
    std::string shown;  ///< as messages call it
    /// An absolute path; messages call files below it by their path from there.
    std::string current_folder;
    /// Absolute paths of files, of folders (all tables below them), or patterns; as data, never as text of a program.
    std::vector<std::string> paths;
    std::vector<Stream> streams;  ///< further files, after those of paths
    Format format = Format::automatic;
    CsvForm csv;
    Types types;
    /// Columns of CSV that are text whatever their values look like, unless `types` has them; not all need be there.
    std::set<std::string, std::less<>> texts;
    /// The same for what is text in the table of this place among the session's, which comes before.
    std::optional<std::size_t> texts_of;
    std::optional<TimeWindow> window;
    Joining joining = Joining::same_columns;
    std::string sqlite_table;
    std::uint64_t sample_rows = usual_sample_rows;
};

}  // namespace mlo::table
