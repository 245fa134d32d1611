// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <mlo/table/errors.hpp>
#include <mlo/util/text.hpp>

#include "readers.hpp"

namespace mlo::table {
namespace {

constexpr int deepest_struct = 32;

/// A column that is no struct: `a.b` where the file has b within a.
struct Leaf {
    std::string title;
    std::string expression;
};

class TypeEnd {
public:
    TypeEnd(const Api& api, duckdb_logical_type handle) noexcept : api_{api}, handle_{handle} {}
    ~TypeEnd() { api_.destroy_logical_type(&handle_); }
    TypeEnd(const TypeEnd&) = delete;
    TypeEnd& operator=(const TypeEnd&) = delete;
    [[nodiscard]] duckdb_logical_type get() const noexcept { return handle_; }

private:
    const Api& api_;
    duckdb_logical_type handle_;
};

void add_leaves(const Api& api, duckdb_logical_type type, const std::string& title, const std::string& expression,
                int depth, std::vector<Leaf>& leaves) {
    if (api.get_type_id(type) != DUCKDB_TYPE_STRUCT || depth > deepest_struct) {
        leaves.push_back({title, expression});
        return;
    }
    const auto count = api.struct_type_child_count(type);
    for (idx_t i = 0; i < count; ++i) {
        char* const raw = api.struct_type_child_name(type, i);
        const std::string name = raw;
        api.free(raw);
        const TypeEnd child{api, api.struct_type_child_type(type, i)};
        add_leaves(api, child.get(), title + "." + name,
                   fmt::format("struct_extract({}, {})", expression, sql_text(name)), depth + 1, leaves);
    }
}

[[nodiscard]] std::vector<Leaf> leaves_of(Connection& connection, const std::string& select) {
    const auto& api = connection.api();
    ResultEnd answer{api};
    connection.query(select + " LIMIT 0", answer);
    std::vector<Leaf> leaves;
    const auto count = api.column_count(&answer.result);
    for (idx_t i = 0; i < count; ++i) {
        const std::string name = api.column_name(&answer.result, i);
        const TypeEnd type{api, api.column_logical_type(&answer.result, i)};
        add_leaves(api, type.get(), name, sql_name(name), 0, leaves);
    }
    return leaves;
}

/// Makes the view over `select`, structs flattened, and takes over what the file of types says.
void open_typed(Opening& opening, Connection& connection, const std::string& select, std::string_view evidence) {
    const auto leaves = leaves_of(connection, select);
    if (leaves.empty())
        throw Error{errors::table_empty, fmt::format("{} has no columns", quoted(opening.info.shown))}.hint(
            "check what wrote it");
    std::vector<std::string> titles;
    for (const auto& leaf : leaves) titles.push_back(leaf.title);
    titles = unique_titles(std::move(titles), opening.info.notes);
    check_types(opening, titles);
    std::string columns;
    for (std::size_t i = 0; i < leaves.size(); ++i) {
        const auto asked = opening.source->types.columns.find(titles[i]);
        const bool is_asked = asked != opening.source->types.columns.end();
        const auto expression = is_asked ? parsed_text(fmt::format("CAST({} AS VARCHAR)", leaves[i].expression),
                                                       titles[i], asked->second.form)
                                         : leaves[i].expression;
        columns += fmt::format("{}{} AS {}", i == 0 ? "" : ", ", expression, sql_name(titles[i]));
        opening.info.columns.push_back({{titles[i], Type::text, TimeUnit::day, {}},
                                        std::string{is_asked ? "as the file of types says" : evidence}});
    }
    connection.run(
        fmt::format("CREATE VIEW {} AS SELECT {} FROM ({})", sql_name(opening.source->name), columns, select));
}

/// The columns of one Parquet file, in words: "age BIGINT".
using ParquetColumns = std::vector<std::string>;

void check_same_columns(const Opening& opening, Connection& connection) {
    std::map<std::string, ParquetColumns> by_file;
    for (const auto& row :
         connection.rows(fmt::format("SELECT file_name, name, coalesce(duckdb_type, 'group'), "
                                     "coalesce(CAST(num_children AS VARCHAR), '') FROM parquet_schema({})",
                                     sql_files(opening.inputs))))
        by_file[row[0].value_or("")].push_back(
            fmt::format("{} {}{}", quoted(row[1].value_or("")), row[2].value_or(""), row[3].value_or("")));
    const auto& files = opening.inputs.files;
    const auto& first = by_file[files.front().path];
    for (const auto& file : files) {
        const auto& own = by_file[file.path];
        if (std::equal(own.begin() + (own.empty() ? 0 : 1), own.end(), first.begin() + (first.empty() ? 0 : 1),
                       first.end()))
            continue;
        auto error = Error{errors::tables_differ, fmt::format("{} and {} have different columns",
                                                              quoted(files.front().shown), quoted(file.shown))};
        const auto only = [&](const ParquetColumns& in, const ParquetColumns& from, const std::string& shown) {
            std::string names;
            std::size_t count = 0;
            for (std::size_t i = 1; i < in.size(); ++i) {
                if (std::find(from.begin(), from.end(), in[i]) != from.end() || ++count > 5) continue;
                names += (names.empty() ? "" : ", ") + in[i];
            }
            if (!names.empty())
                error.note(fmt::format("only in {}: {}{}", quoted(shown), names, count > 5 ? ", ..." : ""));
        };
        only(first, own, files.front().shown);
        only(own, first, file.shown);
        throw std::move(error).hint("'--union-by-name' joins them by column, with nothing where one lacks a column");
    }
}

}  // namespace

void open_jsonl(Opening& opening, Connection& connection) {
    const auto& source = *opening.source;
    const auto rows = source.sample_rows == all_rows ? std::string{"-1"} : std::to_string(source.sample_rows);
    std::string selects;
    for (const auto compression : {Compression::none, Compression::gzip, Compression::zstd}) {
        InputFiles some;
        std::copy_if(opening.inputs.files.begin(), opening.inputs.files.end(), std::back_inserter(some.files),
                     [&](const InputFile& file) { return file.compression == compression; });
        if (some.files.empty()) continue;
        constexpr std::string_view names[] = {"uncompressed", "gzip", "zstd"};
        selects += fmt::format(
            "{}SELECT * FROM read_json({}, format = 'newline_delimited', records = true, sample_size = {}, "
            "union_by_name = true, "
            "compression = '{}', hive_partitioning = {})",
            selects.empty() ? "" : " UNION ALL BY NAME ", sql_files(some), rows,
            names[static_cast<std::size_t>(compression)], opening.inputs.has_partitions);
    }
    if (source.sample_rows != all_rows)
        opening.info.notes.push_back(
            fmt::format("columns and types are those of the first {} objects; keys that only come later are not seen",
                        format_count(source.sample_rows)));
    open_typed(opening, connection, "SELECT * FROM (" + selects + ")", "as its values in JSON are");
}

void open_parquet(Opening& opening, Connection& connection) {
    for (const auto& file : opening.inputs.files)
        if (file.compression != Compression::none)
            throw Error{errors::not_supported,
                        fmt::format("{} is a Parquet file that was compressed once more", quoted(file.shown))}
                .hint("unpack it: Parquet compresses its columns itself");
    const bool is_by_name = opening.source->joining == Joining::by_name;
    if (!is_by_name && opening.inputs.files.size() > 1) check_same_columns(opening, connection);
    open_typed(opening, connection,
               fmt::format("SELECT * FROM read_parquet({}, union_by_name = {}, hive_partitioning = {})",
                           sql_files(opening.inputs), is_by_name, opening.inputs.has_partitions),
               "declared in the file");
}

}  // namespace mlo::table
