// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <mlo/table/errors.hpp>
#include <mlo/util/exit_codes.hpp>
#include <mlo/util/text.hpp>

#include "command.hpp"
#include "context.hpp"
#include "table_output.hpp"
#include "tables.hpp"

namespace mlo::cli {

namespace {

struct TableHeadOptions {
    std::uint64_t rows = 10;
    std::string columns;
    RowForm form = RowForm::text;
    TableOptions reading;
    std::vector<std::string> files;
};

void declare(Args& args, TableHeadOptions& o) {
    args.option("-n,--rows", o.rows, "how many rows [default: 10]")
        .between(0, std::numeric_limits<std::int64_t>::max());
    args.option("--columns", o.columns, "only these columns, in this order, with commas between them")
        .value("NAME,...");
    declare_row_form(args, o.form);
    declare_tables(args, o.reading);
    args.positional("file", o.files,
                    "files, folders or patterns that make up one table; - for standard input; DATA@REV:PATH")
        .completing(Completes::path)
        .required();
}

std::vector<std::size_t> places_of(const table::TableInfo& info, const std::string& text) {
    std::vector<std::size_t> places;
    if (text.empty()) return places;
    std::vector<std::string> names;
    for (const auto& column : info.columns) names.push_back(column.type.name);
    for (const auto& wanted : split(text, ',')) {
        const auto found = std::find(names.begin(), names.end(), wanted);
        if (found == names.end()) {
            auto error = Error{table::errors::column_unknown,
                               fmt::format("{} has no column {}", quoted(info.shown), quoted(wanted))};
            if (const auto near = closest_match(wanted, names))
                error.note(fmt::format("the nearest is {}", quoted(*near)));
            throw std::move(error).hint(fmt::format("mlo table schema {}", quoted(info.shown)));
        }
        places.push_back(static_cast<std::size_t>(found - names.begin()));
    }
    return places;
}

int run(Context& ctx, const TableHeadOptions& o) {
    std::vector<table::Source> sources;
    sources.push_back(table_source(ctx, "t", o.files, o.reading));
    auto session = open_tables(ctx, std::move(sources), o.reading);
    const auto columns = places_of(session.tables()[0], o.columns);
    auto cursor = session.read(0, columns, table::Wide::as_text, o.rows);
    show_rows(ctx.out(), cursor, o.form);
    ctx.out().flush();
    return exit_ok;
}

constexpr Example examples[] = {
    {"mlo table head data.csv", "the first ten rows"},
    {"mlo table head 'logs/*.parquet' -n 3 --columns id,label", "of several files, two columns"},
    {"mlo table head train@v1.2:part.parquet", "of a version, without checking it out"}};

}  // namespace

extern const Command table_head_command{.words = "table head",
                                        .group = Group::quality,
                                        .summary = "show the first rows of a table",
                                        .bind = command_main<TableHeadOptions, declare, run>,
                                        .json_schema = "mlo/table-rows-v1",
                                        .examples = examples};

}  // namespace mlo::cli
