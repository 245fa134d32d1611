// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <mlo/util/exit_codes.hpp>
#include <mlo/util/text.hpp>
#include <numeric>

#include "command.hpp"
#include "context.hpp"
#include "table_output.hpp"
#include "tables.hpp"

namespace mlo::cli {

namespace {

struct TableSchemaOptions {
    TableOptions reading;
    std::vector<std::string> files;
};

void declare(Args& args, TableSchemaOptions& o) {
    declare_tables(args, o.reading);
    args.positional("file", o.files,
                    "files, folders or patterns that make up one table; - for standard input; DATA@REV:PATH")
        .completing(Completes::path)
        .required();
}

void write(Output& out, const table::TableInfo& info, const table::TableCounts& counts) {
    out.document("mlo/table-schema-v1", [&](json::Writer& json) {
        json.key("format").string(to_string(info.format));
        json.key("files").begin_array();
        for (const auto& file : info.files) {
            json.begin_object();
            json::write_path(json, "path", file);
            json.end_object();
        }
        json.end_array();
        json.key("rows").unsigned_integer(counts.rows);
        json.key("columns").begin_array();
        for (std::size_t i = 0; i < info.columns.size(); ++i) {
            const auto& column = info.columns[i];
            json.begin_object().key("name").string(column.type.name);
            json.key("type").string(to_string(column.type.type));
            json.key("declared").string(column.type.declared);
            json.key("missing").unsigned_integer(counts.nulls[i]);
            json.key("evidence").string(column.evidence);
            json.end_object();
            out.drain();
        }
        json.end_array();
        json.key("notes").begin_array();
        for (const auto& note : info.notes) json.string(note);
        json.end_array();
    });
}

void show(Output& out, const table::TableInfo& info, const table::TableCounts& counts) {
    Table table;
    table.columns = {{"Column", Table::Align::left},
                     {"Type", Table::Align::left},
                     {"Missing", Table::Align::right},
                     {"Why", Table::Align::left}};
    for (std::size_t i = 0; i < info.columns.size(); ++i) {
        const auto& column = info.columns[i];
        table.rows.push_back({visible(column.type.name), std::string{to_string(column.type.type)},
                              format_count(counts.nulls[i]), visible(column.evidence)});
    }
    out.table(table);
    out.flush();
    out.message(fmt::format("{}: {}, {}, {}", quoted(info.shown), to_string(info.format),
                            plural(counts.rows, "row", "rows"), plural(info.columns.size(), "column", "columns")));
    for (const auto& note : info.notes) out.message(note);
}

int run(Context& ctx, const TableSchemaOptions& o) {
    auto reading = o.reading;
    // To explain a column is to have looked at all of it.
    if (reading.sample_rows.empty()) reading.sample_rows = "all";
    std::vector<table::Source> sources;
    sources.push_back(table_source(ctx, "t", o.files, reading));
    auto session = open_tables(ctx, std::move(sources), reading);
    const auto& info = session.tables()[0];
    std::vector<std::size_t> columns(info.columns.size());
    std::iota(columns.begin(), columns.end(), std::size_t{0});
    const auto counts = session.count_nulls(0, columns);
    if (ctx.out().is_json())
        write(ctx.out(), info, counts);
    else
        show(ctx.out(), info, counts);
    return exit_ok;
}

constexpr Example examples[] = {{"mlo table schema data.csv", "columns, types, and why they have them"},
                                {"mlo table schema train@v1.2:part.parquet --json", "of a version, for a program"},
                                {"zcat old.csv.gz | mlo table schema - --encoding latin1", "of standard input"}};

}  // namespace

extern const Command table_schema_command{.words = "table schema",
                                          .group = Group::quality,
                                          .summary = "show the columns of a table, their types, and why they have them",
                                          .bind = command_main<TableSchemaOptions, declare, run>,
                                          .json_schema = "mlo/table-schema-v1",
                                          .examples = examples};

}  // namespace mlo::cli
