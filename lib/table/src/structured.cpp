// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <mlo/table/errors.hpp>
#include <mlo/util/text.hpp>
#include <set>

#include "readers.hpp"
#include "records.hpp"

namespace mlo::table {
namespace {

constexpr int deepest_struct = 32;

/// A column that is no struct: `a.b` where the file has b within a.
struct Leaf {
    std::string title;
    std::string expression;
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

/// The SELECT of some of the files.
using SelectOf = std::function<std::string(const InputFiles& files)>;

/// Looks for the first value of `cell` that is none of its kind, file by file.
[[nodiscard]] std::optional<Misfit> find_again(Database& database, const InputFiles& inputs, const SelectOf& select_of,
                                               const std::string& cell, const ValueForm& form) {
    for (const auto& file : inputs.files) {
        InputFiles one;
        one.files.push_back(file);
        const auto found = find_misfit(database, select_of(one), cell, is_misfit("text", form, Read::as_text));
        if (!found) continue;
        std::optional<std::uint64_t> line;
        if (inputs.format == Format::jsonl && file.compression == Compression::none)
            line = line_of_object(file.path, found->row, database.runtime());
        return Misfit{found->text, line ? fmt::format("{}:{}", file.shown, *line)
                                        : fmt::format("{}, row {}", file.shown, found->row)};
    }
    return std::nullopt;
}

/// Makes the view, structs flattened, and takes over what the file of types says.
void open_typed(Opening& opening, Connection& connection, const SelectOf& select_of, std::string_view evidence) {
    const auto select = select_of(opening.inputs);
    auto& database = connection.database();
    auto& guards = database.names.guards;
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
        auto expression = leaves[i].expression;
        if (is_asked) {
            const auto cell = fmt::format("CAST({} AS VARCHAR)", expression);
            const auto& form = asked->second.form;
            expression = parsed_text(cell, form, guards.size());
            guards.push_back({titles[i], form.type, [&database, inputs = opening.inputs, select_of, cell, form] {
                                  return find_again(database, inputs, select_of, cell, form);
                              }});
        }
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

/// Adds the SELECT of those files that are compressed so.
void add_json(const InputFiles& files, Compression compression, const std::string& options, std::string& selects) {
    InputFiles some;
    std::copy_if(files.files.begin(), files.files.end(), std::back_inserter(some.files),
                 [&](const InputFile& file) { return file.compression == compression; });
    if (some.files.empty()) return;
    selects += fmt::format(
        "{}SELECT * FROM read_json({}, format = 'newline_delimited', records = true, compression = '{}', {})",
        selects.empty() ? "" : " UNION ALL BY NAME ", sql_files(some),
        compression == Compression::none ? "uncompressed" : name_of(compression), options);
}

/// The first line that is no object: what the engine says of it may have no line, or another.
[[nodiscard]] std::optional<std::uint64_t> find_bad_line(Database& database, const InputFile& file) {
    // No text has the character that parts cells here: a line is a cell. Lines that the engine reads are shorter.
    const auto lines = fmt::format(
        "SELECT * FROM read_csv([{}], auto_detect = false, header = false, delim = chr(1), quote = '', escape = '', "
        "compression = '{}', max_line_size = 33554432, buffer_size = 33554432, hive_partitioning = false, columns = "
        "{{'line': 'VARCHAR'}})",
        sql_text(file.path), name_of(file.compression));
    const auto found = find_misfit(database, lines, "line",
                                   "trim(text) <> '' AND (NOT json_valid(text) OR json_type(text) <> 'OBJECT')");
    return found ? std::optional{found->row} : std::nullopt;
}

/// All objects are looked at: what is not seen would be left out, and 1.5 among integers become 2.
constexpr std::string_view found_form =
    "sample_size = -1, maximum_sample_files = 9223372036854775807, map_inference_threshold = -1, union_by_name = true";

/// What was found out of the columns, so that the engine need not find it out again each time that it is asked. It must
/// where it calls a key by another name: one that is empty, or differs from another by case alone.
[[nodiscard]] std::string known_form(const std::vector<std::pair<std::string, std::string>>& columns) {
    const auto lower = [](std::string_view text) {
        std::string result{text};
        for (char& c : result) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
        return result;
    };
    std::set<std::string> names;
    for (const auto& column : columns) names.insert(lower(column.first));
    std::string types;
    for (const auto& [name, type] : columns) {
        const auto stem = lower(name).substr(0, name.rfind('_'));
        if (name.empty() || (stem.size() < name.size() && names.count(stem) != 0)) return std::string{found_form};
        // Told to read a TIMESTAMP, the engine would not look at an offset from UTC. As found out by itself, it does.
        if (type != "TIMESTAMP" && type.find("TIMESTAMP") != type.npos) return std::string{found_form};
        types += fmt::format("{}{}: {}", types.empty() ? "" : ", ", sql_text(name),
                             sql_text(type == "TIMESTAMP" ? "TIMESTAMPTZ" : type));
    }
    return fmt::format("columns = {{{}}}", types);
}

/// The times that known_form() reads with their offsets, in UTC.
[[nodiscard]] std::string times_in_utc(const std::vector<std::pair<std::string, std::string>>& columns) {
    std::string times;
    for (const auto& [name, type] : columns)
        if (type == "TIMESTAMP")
            times += fmt::format("{0}CAST({1} AS TIMESTAMP) AS {1}", times.empty() ? "" : ", ", sql_name(name));
    return times.empty() ? "*" : fmt::format("* REPLACE ({})", times);
}

}  // namespace

void open_jsonl(Opening& opening, Connection& connection) {
    auto& database = connection.database();
    for (const auto& file : opening.inputs.files)
        for (auto& path : database.names.paths)
            if (path.engine == file.path)
                path.find_bad_line = [&database, file] { return find_bad_line(database, file); };
    std::string selects;
    for (const auto compression : {Compression::none, Compression::gzip, Compression::zstd})
        add_json(opening.inputs, compression, fmt::format("{}, hive_partitioning = false", found_form), selects);
    const auto columns = describe(connection, selects);
    open_typed(
        opening, connection,
        [form = known_form(columns), times = times_in_utc(columns)](const InputFiles& files) {
            std::string typed;
            for (const auto compression : {Compression::none, Compression::gzip, Compression::zstd})
                add_json(files, compression, fmt::format("{}, hive_partitioning = {}", form, files.has_partitions),
                         typed);
            return fmt::format("SELECT {} FROM ({})", times, typed);
        },
        "as its values in JSON are");
}

void open_parquet(Opening& opening, Connection& connection) {
    for (const auto& file : opening.inputs.files)
        if (file.compression != Compression::none)
            throw Error{errors::not_supported,
                        fmt::format("{} is a Parquet file that was compressed once more", quoted(file.shown))}
                .hint("unpack it: Parquet compresses its columns itself");
    const bool is_by_name = opening.source->joining == Joining::by_name;
    if (!is_by_name && opening.inputs.files.size() > 1) check_same_columns(opening, connection);
    open_typed(
        opening, connection,
        [is_by_name](const InputFiles& files) {
            return fmt::format("SELECT * FROM read_parquet({}, union_by_name = {}, hive_partitioning = {})",
                               sql_files(files), is_by_name, files.has_partitions);
        },
        "declared in the file");
}

}  // namespace mlo::table
