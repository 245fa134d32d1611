// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "connection.hpp"
#include "dialect.hpp"

namespace mlo::table {

/// A source on its way to a table: what was found, and the view that reads it.
struct Opening {
    const Source* source = nullptr;
    InputFiles inputs;
    TableInfo info;
};

/// Before the engine is locked down: finds out how CSV files are written, and writes anew what it cannot read.
void prepare_csv(Opening& opening, Scratch& scratch, const Runtime& runtime);

/// Each makes the view of the table, and says what its columns are.
void open_csv(Opening& opening, Connection& connection);
void open_jsonl(Opening& opening, Connection& connection);
void open_parquet(Opening& opening, Connection& connection);
void open_sqlite(Opening& opening, Connection& connection);

/// The list of files as SQL has it.
[[nodiscard]] std::string sql_files(const InputFiles& inputs);
/// The types of a SELECT as the engine spells them.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> describe(Connection& connection,
                                                                        const std::string& select);
/// Throws types_invalid for a column of the file of types that the table does not have.
void check_types(const Opening& opening, std::span<const std::string> titles);
/// `text`, a VARCHAR, as `form` says; a value that does not fit is an error that tells column and value.
[[nodiscard]] std::string parsed_text(const std::string& text, const std::string& title, const ValueForm& form);

/// How a column of a CSV file is read, and what is selected of it.
struct NativeColumn {
    std::string type;
    std::string expression;
};
/// `name` is the column as SQL names it.
[[nodiscard]] NativeColumn native_column(const std::string& name, const std::string& title, const ValueForm& form);

}  // namespace mlo::table
