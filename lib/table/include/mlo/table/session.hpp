// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <mlo/table/column.hpp>
#include <mlo/table/engine.hpp>
#include <mlo/table/source.hpp>

namespace mlo::table {

struct SessionOptions {
    /// A folder for what does not fit into memory, and for what has to be written anew to be read. Below it a folder is
    /// made that only this user can see; it goes with the session, and those of sessions that were killed go with the
    /// next one.
    std::string scratch_parent;
    /// What the engine may keep in memory; nothing: half of what the machine, or the container, has.
    std::optional<std::uint64_t> memory_bytes;
};

/// A column of a table, and why it has its type.
struct ColumnInfo {
    ColumnType type;
    std::string evidence;
};

/// A table that is open.
struct TableInfo {
    std::string name;
    std::string shown;
    Format format = Format::csv;
    std::vector<std::string> files;  ///< as messages call them
    std::vector<ColumnInfo> columns;
    std::vector<std::string> notes;     ///< how it is written, and what had to be changed to read it
    std::optional<std::uint64_t> rows;  ///< where they were counted on the way
};

/// Whether decimals and integers beyond 64 bits, which no Type holds, become the nearest double or their text.
enum class Wide : std::uint8_t { as_real, as_text };
/// Whether rows come in the order of the files, or as they become ready.
enum class Order : std::uint8_t { as_stored, any };

/// How many rows a table has, and how many of them have no value in each of the columns that were asked for.
struct TableCounts {
    std::uint64_t rows = 0;
    std::vector<std::uint64_t> nulls;
};

class SessionState;

/// The rows of a query that runs. next() is thread-safe: several threads may work on chunks of one Cursor at once.
/// Every call may throw value_misfit, row_damaged, encoding_wrong, table_damaged, table_changed, query_too_large,
/// query_failed, interrupted.
class Cursor {
public:
    class Impl;
    explicit Cursor(std::unique_ptr<Impl> impl);
    ~Cursor();
    Cursor(Cursor&&) noexcept;
    Cursor& operator=(Cursor&&) noexcept;

    [[nodiscard]] const std::vector<ColumnType>& columns() const noexcept;
    /// The next rows, never none; false after the last.
    [[nodiscard]] bool next(Chunk& chunk);

private:
    std::unique_ptr<Impl> impl_;
};

/// Tables that are open together, for reading alone: the engine can reach the files that were named and its own
/// scratch folder, nothing else, whatever SQL asks for. Used by one thread at a time, cursors apart.
class Session {
public:
    /// Opens all sources: finds their formats, columns and types. Throws what Engine::open and Cursor do, and
    /// format_unknown, nothing_matches, table_empty, tables_differ, types_invalid, not_supported, table_unknown.
    Session(std::shared_ptr<const Engine> engine, std::vector<Source> sources, const SessionOptions& options,
            const Runtime& runtime);
    ~Session();
    Session(Session&&) noexcept;
    Session& operator=(Session&&) noexcept;

    [[nodiscard]] const std::vector<TableInfo>& tables() const noexcept;
    /// Exact; at once for Parquet, by reading all of any other table.
    [[nodiscard]] std::uint64_t count_rows(std::size_t table);
    /// The same, and how many rows have no value in each of these columns (by their place). Reads all of these columns.
    [[nodiscard]] TableCounts count_nulls(std::size_t table, std::span<const std::size_t> columns);

    /// Reads chosen columns of a table (by their place; all if none are named), at most `limit` rows.
    [[nodiscard]] Cursor read(std::size_t table, std::span<const std::size_t> columns = {}, Wide wide = Wide::as_real,
                              std::optional<std::uint64_t> limit = {});
    /// Reads chosen columns with as many threads as the runtime has jobs, and hands each chunk to `visit`, with the
    /// number of the thread (below jobs). Order::as_stored: one after the other, by thread 0.
    void scan(std::size_t table, std::span<const std::size_t> columns, Order order,
              const std::function<void(const Chunk& chunk, std::uint32_t thread)>& visit);
    /// Runs one SELECT over the tables, which it knows by their names. Throws sql_wrong, sql_refused.
    [[nodiscard]] Cursor query(std::string_view sql, Wide wide = Wide::as_real);
    /// Writes the answer of one SELECT as Parquet; `sink` gets the bytes of the file. Returns its rows.
    std::uint64_t write_parquet(std::string_view sql, const std::function<void(ByteView)>& sink);

private:
    std::unique_ptr<SessionState> state_;
};

/// A name within SQL, whatever characters it has.
[[nodiscard]] std::string sql_name(std::string_view name);
/// A text within SQL.
[[nodiscard]] std::string sql_text(std::string_view text);

}  // namespace mlo::table
