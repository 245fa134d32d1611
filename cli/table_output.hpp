// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <mlo/table/session.hpp>
#include <string>
#include <string_view>

#include "args.hpp"
#include "output.hpp"

/// How rows of tables are shown.
namespace mlo::cli {

enum class RowForm : std::uint8_t { text, csv, jsonl, markdown };
/// The option --format.
void declare_row_form(Args& args, RowForm& into);

/// Shows all rows of a cursor that was opened with Wide::as_text; with --json as a document of mlo/table-rows-v1.
/// Returns their number.
std::uint64_t show_rows(Output& out, table::Cursor& cursor, RowForm form);

/// The rows as a file; `sink` gets its text, piece by piece. Not for RowForm::text.
std::uint64_t write_rows(table::Cursor& cursor, RowForm form, const std::function<void(std::string_view)>& sink);

/// Text of a cell on a terminal or in Markdown: what would act there is made visible.
[[nodiscard]] std::string visible(std::string_view text);

}  // namespace mlo::cli
