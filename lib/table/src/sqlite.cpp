// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <mlo/db/foreign.hpp>
#include <mlo/table/errors.hpp>
#include <mlo/util/text.hpp>
#include <utility>

#include "readers.hpp"

namespace mlo::table {
namespace {

/// What a column of SQLite, whose cells may be of any kind, becomes.
struct Kind {
    Type type = Type::text;
    std::string evidence;
};

class Appender {
public:
    Appender(Connection& connection, const std::string& table) : api_{connection.api()}, connection_{connection} {
        if (api_.appender_create(connection.handle(), nullptr, table.c_str(), &handle_) != DuckDBSuccess) fail();
    }
    ~Appender() { api_.appender_destroy(&handle_); }
    Appender(const Appender&) = delete;
    Appender& operator=(const Appender&) = delete;

    void add(db::Statement& row, int column, Type type) {
        auto state = DuckDBSuccess;
        if (row.is_null(column)) {
            state = api_.append_null(handle_);
        } else if (type == Type::integer) {
            state = api_.append_int64(handle_, row.integer(column));
        } else if (type == Type::real) {
            state = api_.append_double(handle_, row.real(column));
        } else {
            const auto text = row.text(column);
            if (!is_valid_utf8(text))
                throw Error{errors::encoding_wrong, fmt::format("{} is a text that is not in UTF-8", quoted(text))}
                    .hint("mend it, or make it a blob: CAST(column AS BLOB)");
            state = api_.append_varchar_length(handle_, text.data(), text.size());
        }
        if (state != DuckDBSuccess) fail();
    }
    void end_row() {
        if (api_.appender_end_row(handle_) != DuckDBSuccess) fail();
    }
    void flush() {
        if (api_.appender_flush(handle_) != DuckDBSuccess) fail();
    }

private:
    [[noreturn]] void fail() {
        const char* const reason = api_.appender_error(handle_);
        auto& database = connection_.database();
        throw_failure(DUCKDB_ERROR_INVALID, reason == nullptr ? "" : reason, Author::mlo, database.names,
                      database.runtime());
    }

    const Api& api_;
    Connection& connection_;
    duckdb_appender handle_ = nullptr;
};

[[nodiscard]] std::string chosen_table(const Opening& opening, db::ForeignDatabase& database) {
    const auto tables = database.tables();
    const auto& asked = opening.source->sqlite_table;
    if (asked.empty() && tables.size() == 1) return tables[0];
    if (std::find(tables.begin(), tables.end(), asked) != tables.end()) return asked;
    std::string names;
    for (const auto& name : tables) names += (names.empty() ? "" : ", ") + quoted(name);
    auto error = Error{
        errors::table_unknown,
        asked.empty() ? fmt::format("{} has {}", quoted(opening.info.shown), plural(tables.size(), "table", "tables"))
                      : fmt::format("{} has no table {}", quoted(opening.info.shown), quoted(asked))};
    if (!names.empty()) error.note("it has " + names);
    throw std::move(error).hint("name one with '--table NAME', or as FILE:NAME");
}

[[nodiscard]] Kind kind_of(db::ForeignDatabase& database, const std::string& table, const std::string& column) {
    const auto name = sql_name(column);
    auto& counts =
        database.statement(fmt::format("SELECT total(typeof({0}) = 'integer'), total(typeof({0}) = 'real'), "
                                       "total(typeof({0}) = 'text'), total(typeof({0}) = "
                                       "'blob') FROM {1}",
                                       name, sql_name(table)));
    (void)counts.step();
    const auto integers = static_cast<std::uint64_t>(counts.real(0));
    const auto reals = static_cast<std::uint64_t>(counts.real(1));
    const auto texts = static_cast<std::uint64_t>(counts.real(2));
    const auto blobs = static_cast<std::uint64_t>(counts.real(3));
    counts.reset();
    std::string seen;
    const auto tell = [&](std::uint64_t count, std::string_view one, std::string_view many) {
        if (count > 0) seen += (seen.empty() ? "" : ", ") + plural(count, one, many);
    };
    tell(integers, "integer", "integers");
    tell(reals, "real", "reals");
    tell(texts, "text", "texts");
    tell(blobs, "blob (as hex)", "blobs (as hex)");
    if (seen.empty()) return {Type::text, "no values"};
    const auto type = texts + blobs > 0 ? Type::text : reals > 0 ? Type::real : Type::integer;
    return {type, seen};
}

[[nodiscard]] std::string cell_of(const std::string& column, Type type) {
    auto name = sql_name(column);
    if (type != Type::text) return name;
    return fmt::format("CASE typeof({0}) WHEN 'blob' THEN hex({0}) ELSE CAST({0} AS TEXT) END", name);
}

/// Copies what `select` answers of `table` into `copy`, a table of the engine. Returns the number of rows.
std::uint64_t copy_rows(db::ForeignDatabase& database, const std::string& select, const std::string& table,
                        const std::string& copy, std::span<const Type> types, const InputFile& file,
                        Connection& connection) {
    const auto& runtime = connection.database().runtime();
    const auto progress = runtime.progress.begin("reading", ProgressUnit::bytes);
    auto& size = database.statement("SELECT count(*) FROM " + sql_name(table));
    (void)size.step();
    const auto expected = std::max<std::uint64_t>(static_cast<std::uint64_t>(size.integer(0)), 1);
    size.reset();
    progress->expect(file.status.size);
    Appender appender{connection, copy};
    auto& cells = database.statement(select);
    std::uint64_t count = 0;
    std::uint64_t told_bytes = 0;
    for (; cells.step(); ++count) {
        constexpr std::uint64_t rows_between_looks = 1024;
        if (count % rows_between_looks == 0) {
            runtime.check_stop();
            const auto done = static_cast<std::uint64_t>(static_cast<double>(file.status.size) *
                                                         static_cast<double>(count) / static_cast<double>(expected));
            progress->advance(done - std::exchange(told_bytes, done));
        }
        try {
            for (std::size_t i = 0; i < types.size(); ++i) appender.add(cells, static_cast<int>(i), types[i]);
        } catch (Error& error) {
            error.at(fmt::format("{}, row {}", file.shown, count + 1));
            throw;
        }
        appender.end_row();
    }
    appender.flush();
    return count;
}

}  // namespace

void open_sqlite(Opening& opening, Connection& connection) {
    const auto& file = opening.inputs.files.front();
    const auto& runtime = connection.database().runtime();
    if (opening.inputs.files.size() > 1)
        throw Error{errors::not_supported, "several databases cannot be one table"}.hint(
            "join them in 'mlo table sql'");
    if (file.compression != Compression::none)
        throw Error{errors::not_supported, fmt::format("{} is a compressed database", quoted(file.shown))}.hint(
            "unpack it first");
    db::ForeignDatabase database{file.path, runtime};
    const auto table = chosen_table(opening, database);
    const auto columns = database.columns(table);
    auto titles = unique_titles(columns, opening.info.notes);
    check_types(opening, titles);
    std::string select;
    std::string definition;
    std::string view;
    std::vector<Type> types;
    auto& guards = connection.database().names.guards;
    const auto copy = opening.source->name + " in SQLite";
    const auto rows = "SELECT * FROM " + sql_name(copy);
    for (std::size_t i = 0; i < columns.size(); ++i) {
        auto kind = kind_of(database, table, columns[i]);
        const std::string comma = i == 0 ? "" : ", ";
        const auto name = sql_name(titles[i]);
        select += comma + cell_of(columns[i], kind.type);
        definition += comma + name +
                      (kind.type == Type::integer ? " BIGINT"
                       : kind.type == Type::real  ? " DOUBLE"
                                                  : " VARCHAR");
        const auto asked = opening.source->types.columns.find(titles[i]);
        const bool is_asked = asked != opening.source->types.columns.end();
        auto expression = name;
        if (is_asked) {
            const auto cell = "CAST(" + name + " AS VARCHAR)";
            const auto& form = asked->second.form;
            expression = parsed_text(cell, form, guards.size());
            guards.push_back(
                {titles[i], form.type, [&its = connection.database(), rows, cell, form, shown = file.shown] {
                     const auto found = find_misfit(its, rows, cell, is_misfit("text", form, Read::as_text));
                     return found ? std::optional{Misfit{found->text, fmt::format("{}, row {}", shown, found->row)}}
                                  : std::nullopt;
                 }});
        }
        view += fmt::format("{}{} AS {}", comma, expression, name);
        types.push_back(kind.type);
        opening.info.columns.push_back(
            {{titles[i], Type::text, TimeUnit::day, {}}, is_asked ? "as the file of types says" : kind.evidence});
    }
    connection.run(fmt::format("CREATE TABLE {} ({})", sql_name(copy), definition));
    const auto count = copy_rows(database, fmt::format("SELECT {} FROM {}", select, sql_name(table)), table, copy,
                                 types, file, connection);
    connection.run(
        fmt::format("CREATE VIEW {} AS SELECT {} FROM {}", sql_name(opening.source->name), view, sql_name(copy)));
    opening.info.rows = count;
    opening.info.notes.push_back(fmt::format("table {} of an SQLite database", quoted(table)));
}

}  // namespace mlo::table
