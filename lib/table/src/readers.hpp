// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>

#include "connection.hpp"
#include "dialect.hpp"

namespace mlo::table {

/// A source on its way to a table: what was found, and the view that reads it.
struct Opening {
    const Source* source = nullptr;
    InputFiles inputs;
    std::set<std::string, std::less<>> texts = {};  ///< Source::texts, and those of Source::texts_of
    TableInfo info;
};

/// Before the engine is locked down: finds out how CSV files are written, and writes anew what it cannot read.
void prepare_csv(Opening& opening, Scratch& scratch, const Runtime& runtime);

/// Each makes the view of the table, and says what its columns are.
void open_csv(Opening& opening, Connection& connection);
void open_jsonl(Opening& opening, Connection& connection);
void open_parquet(Opening& opening, Connection& connection);
void open_sqlite(Opening& opening, Connection& connection);

/// As the engine calls it in CSV.
[[nodiscard]] std::string_view name_of(Compression compression) noexcept;
/// The list of files as SQL has it.
[[nodiscard]] std::string sql_files(const InputFiles& inputs);
/// The types of a SELECT as the engine spells them.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> describe(Connection& connection,
                                                                        const std::string& select);
/// Throws types_invalid for a column of the file of types that the table does not have.
void check_types(const Opening& opening, std::span<const std::string> titles);
/// `text`, a VARCHAR, as `form` says; a value that does not fit is a misfit of this guard.
[[nodiscard]] std::string parsed_text(const std::string& text, const ValueForm& form, std::size_t guard);
/// Whether `text`, a cell, is a misfit, read by parsed_text() or as native_column() says.
enum class Read : std::uint8_t { as_text, by_engine };
[[nodiscard]] std::string is_misfit(const std::string& text, const ValueForm& form, Read read);

/// How a column of a CSV file is read, and what is selected of it.
struct NativeColumn {
    std::string type;
    std::string expression;
};
/// `name` is the column as SQL names it.
[[nodiscard]] NativeColumn native_column(const std::string& name, const ValueForm& form, std::size_t guard);

/// Looks for the first misfit, `test` of the text `cell`, in the rows of `select`: its text, and its row from 1 on.
struct FoundCell {
    std::string text;
    std::uint64_t row = 0;
};
[[nodiscard]] std::optional<FoundCell> find_misfit(Database& database, const std::string& select,
                                                   const std::string& cell, const std::string& test);

}  // namespace mlo::table
