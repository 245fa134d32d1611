// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <mlo/util/bytes.hpp>
#include <mlo/util/exit_codes.hpp>
#include <mlo/util/text.hpp>

#include "command.hpp"
#include "context.hpp"
#include "errors.hpp"
#include "files.hpp"
#include "table_output.hpp"
#include "tables.hpp"

namespace mlo::cli {

namespace {

struct TableSqlOptions {
    std::string sql;
    std::string output;
    RowForm form = RowForm::text;
    TableOptions reading;
    std::vector<std::string> files;
};

void declare(Args& args, TableSqlOptions& o) {
    args.option("-o,--output", o.output,
                "write the answer to FILE, by its name as CSV, JSON lines or Parquet; it appears whole")
        .value("FILE")
        .completing(Completes::path);
    declare_row_form(args, o.form);
    declare_tables(args, o.reading);
    args.positional("select", o.sql, "one SELECT over the tables t, or t1, t2, ..., or those that were named")
        .required();
    args.positional("[name=]file", o.files,
                    "a file, folder or pattern for each table; - for standard input; DATA@REV:PATH")
        .completing(Completes::path)
        .required();
}

[[nodiscard]] bool is_name(std::string_view text) {
    const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
    return !text.empty() && is_letter(text[0]) &&
           std::all_of(text.begin(), text.end(), [&](char c) { return is_letter(c) || (c >= '0' && c <= '9'); });
}

[[nodiscard]] std::vector<table::Source> sources_of(Context& ctx, const TableSqlOptions& o) {
    std::vector<table::Source> sources;
    std::vector<std::string> names;
    for (std::size_t i = 0; i < o.files.size(); ++i) {
        const auto& file = o.files[i];
        const auto equals = file.find('=');
        const bool is_named = equals != file.npos && is_name(std::string_view{file}.substr(0, equals));
        auto name = is_named              ? file.substr(0, equals)
                    : o.files.size() == 1 ? std::string{"t"}
                                          : fmt::format("t{}", i + 1);
        if (std::find(names.begin(), names.end(), name) != names.end())
            throw Error{errors::conflicting_options, fmt::format("two tables are called {}", quoted(name))}.hint(
                "give each its own name: NAME=FILE");
        names.push_back(name);
        const auto named = is_named ? file.substr(equals + 1) : file;
        sources.push_back(table_source(ctx, std::move(name), {&named, 1}, o.reading));
    }
    return sources;
}

void write_file(Context& ctx, table::Session& session, const TableSqlOptions& o) {
    const auto format = table::format_of_name(o.output);
    const bool is_packed = o.output.ends_with(".gz") || o.output.ends_with(".zst");
    if (is_packed ||
        (format != table::Format::csv && format != table::Format::jsonl && format != table::Format::parquet))
        throw Error{errors::bad_value, fmt::format("the name {} says no format that can be written", quoted(o.output))}
            .hint("end it with .csv, .jsonl or .parquet");
    std::uint64_t rows = 0;
    write_file(ctx, o.output, [&](const TextSink& sink) {
        if (format == table::Format::parquet) {
            rows = session.write_parquet(o.sql, [&](ByteView bytes) { sink(as_text(bytes)); });
        } else {
            auto cursor = session.query(o.sql, table::Wide::as_text);
            rows = write_rows(cursor, format == table::Format::csv ? RowForm::csv : RowForm::jsonl, sink);
        }
    });
    ctx.out().message(fmt::format("wrote {} to {}", plural(rows, "row", "rows"), quoted(o.output)));
}

int run(Context& ctx, const TableSqlOptions& o) {
    if (!o.output.empty() && (ctx.out().is_json() || o.form != RowForm::text))
        throw Error{errors::conflicting_options, "--output goes by the name of the file, not by --format or --json"}
            .hint("leave out one of them");
    auto session = open_tables(ctx, sources_of(ctx, o), o.reading);
    if (!o.output.empty()) {
        write_file(ctx, session, o);
        return exit_ok;
    }
    auto cursor = session.query(o.sql, table::Wide::as_text);
    show_rows(ctx.out(), cursor, o.form);
    ctx.out().flush();
    return exit_ok;
}

constexpr Example examples[] = {
    {"mlo table sql 'SELECT label, count(*) FROM t GROUP BY label' data.csv", "one table"},
    {"mlo table sql 'SELECT * FROM a JOIN b USING (id)' a=a.csv b=b.parquet", "two, by name"},
    {"mlo table sql 'SELECT * FROM t WHERE ok' logs/ -o ok.parquet", "into a file"}};

}  // namespace

extern const Command table_sql_command{.words = "table sql",
                                       .group = Group::quality,
                                       .summary = "run a SELECT over tables",
                                       .bind = command_main<TableSqlOptions, declare, run>,
                                       .json_schema = "mlo/table-rows-v1",
                                       .examples = examples};

}  // namespace mlo::cli
