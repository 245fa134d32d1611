// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <mlo/table/errors.hpp>
#include <mlo/table/session.hpp>
#include <mlo/util/atomic_file.hpp>
#include <mlo/util/text.hpp>
#include <mlo/util/thread_pool.hpp>
#include <set>

#include "readers.hpp"

namespace mlo::table {
namespace {

constexpr const char* result_name = "result.parquet";

/// Half of what this machine has, or of what its container may use.
[[nodiscard]] std::uint64_t usual_memory(const Runtime& runtime) {
    const auto pages = ::sysconf(_SC_PHYS_PAGES);
    const auto page = ::sysconf(_SC_PAGESIZE);
    std::uint64_t all = pages > 0 && page > 0 ? static_cast<std::uint64_t>(pages) * static_cast<std::uint64_t>(page)
                                              : std::uint64_t{1} << 30;
    try {
        constexpr std::uint64_t longest = 64;
        const auto text = read_file(*runtime.fs.open_root("/sys/fs/cgroup"), "memory.max", longest);
        std::uint64_t limit = 0;
        if (std::from_chars(text.data(), text.data() + text.size(), limit).ec == std::errc{})
            all = std::min(all, limit);
    } catch (const Error&) {
        // No control groups here.
    }
    return all / 2;
}

/// Without the semicolon that ends it: what follows goes around it.
[[nodiscard]] std::string_view bare(std::string_view sql) {
    sql = trim(sql);
    while (sql.ends_with(';')) sql = trim(sql.substr(0, sql.size() - 1));
    return sql;
}

}  // namespace

class SessionState {
public:
    SessionState(std::shared_ptr<const Engine> engine, std::vector<Source> sources, const SessionOptions& options,
                 const Runtime& runtime)
        : sources_{std::move(sources)}, scratch_{options.scratch_parent, runtime} {
        find(runtime);
        Database::Settings settings;
        settings.threads = std::max<std::uint32_t>(runtime.jobs, 1);
        settings.memory_bytes = options.memory_bytes ? *options.memory_bytes : usual_memory(runtime);
        settings.spill_folder = scratch_.path_of("spill");
        settings.readable.push_back(scratch_.path_of(result_name));
        for (const auto& opening : openings_)
            for (const auto& file : opening.inputs.files) settings.readable.push_back(file.path);
        database_ = std::make_unique<Database>(std::move(engine), settings, runtime);
        for (const auto& opening : openings_)
            for (const auto& file : opening.inputs.files) {
                database_->names.paths.push_back(
                    {file.path, file.shown, file.compression == Compression::none ? file.path : "", {}, {}});
                all_inputs_.push_back(file);
            }
        connection_ = std::make_unique<Connection>(*database_);
        for (auto& opening : openings_) open(opening);
    }

    std::vector<TableInfo>& tables() noexcept { return tables_; }
    Database& database() noexcept { return *database_; }
    Connection& connection() noexcept { return *connection_; }
    Scratch& scratch() noexcept { return scratch_; }
    const std::vector<InputFile>& inputs() const noexcept { return all_inputs_; }
    const std::vector<RawColumn>& raw(std::size_t table) const { return raw_.at(table); }

private:
    void find(const Runtime& runtime) {
        std::set<std::string> names;
        for (const auto& source : sources_) {
            MLO_ASSERT(names.insert(source.name).second);
            auto& opening = openings_.emplace_back();
            opening.source = &source;
            opening.inputs = find_inputs(source, scratch_, runtime);
            opening.info.name = source.name;
            opening.info.shown = source.shown;
            opening.info.format = opening.inputs.format;
            for (const auto& file : opening.inputs.files) opening.info.files.push_back(file.shown);
            if (opening.inputs.format == Format::csv) prepare_csv(opening, scratch_, runtime);
        }
    }

    void open(Opening& opening) {
        opening.texts = opening.source->texts;
        if (const auto model = opening.source->texts_of)
            for (const auto& column : tables_.at(*model).columns)
                if (column.type.type == Type::text) opening.texts.insert(column.type.name);
        switch (opening.inputs.format) {
            case Format::csv:
                open_csv(opening, *connection_);
                break;
            case Format::jsonl:
                open_jsonl(opening, *connection_);
                break;
            case Format::parquet:
                open_parquet(opening, *connection_);
                break;
            case Format::sqlite:
                open_sqlite(opening, *connection_);
                break;
            case Format::automatic:
                throw Error{errors::format_unknown,
                            fmt::format("the format of {} cannot be told", quoted(opening.info.shown))};
        }
        // The engine knows them since the view was made: to describe it would be to compile it once more.
        const auto declared = connection_->rows(
            fmt::format("SELECT data_type FROM duckdb_columns() WHERE table_name = {} ORDER BY column_index",
                        sql_text(opening.source->name)));
        MLO_ASSERT(declared.size() == opening.info.columns.size());
        std::vector<RawColumn> raw;
        for (std::size_t i = 0; i < declared.size(); ++i) {
            auto& column = opening.info.columns[i].type;
            column.declared = declared[i][0].value_or("");
            raw.push_back({column.name, type_of(column.declared)});
            (void)as_column({}, raw[i].type, Wide::as_real, column);
        }
        if (opening.source->window) narrow(opening, raw);
        raw_.push_back(std::move(raw));
        tables_.push_back(std::move(opening.info));
    }

    /// Throws window_unfit unless `column` has what a window is told in: numbers that count from 1970 if it says how
    /// many make a second, dates or times otherwise.
    static void require_times(const Opening& opening, const ColumnInfo& column, std::int64_t per_second) {
        const auto type = column.type.type;
        const bool is_time = type == Type::date || type == Type::timestamp;
        const bool is_number = type == Type::integer || type == Type::real;
        if (per_second > 0 ? is_number : is_time) return;
        Error error{errors::window_unfit,
                    fmt::format("column {} of {} is {}, and a window is a span of time", quoted(column.type.name),
                                quoted(opening.info.shown), to_string(type))};
        if (!column.evidence.empty()) error.note(column.evidence);
        if (is_time) throw std::move(error).hint("leave out 'unit', which is for numbers that count from 1970");
        if (is_number)
            throw std::move(error).hint("if it counts from 1970, say what: 'unit: s' in the window (or ms, us, ns)");
        throw std::move(error).hint("say with a file of types how its times are written: mlo-table-types(5)");
    }

    /// The first whole count at `time_us` or later.
    static std::string count_text(std::int64_t time_us, std::int64_t per_second) {
        constexpr std::int64_t us_per_second = 1'000'000;
        auto seconds = time_us / us_per_second;
        auto rest_us = time_us % us_per_second;
        if (rest_us < 0) {
            --seconds;
            rest_us += us_per_second;
        }
        // Of nanoseconds 292 years fit: what lies beyond is before or after all.
        const auto rest = (rest_us * per_second + us_per_second - 1) / us_per_second;
        std::int64_t count = 0;
        if (__builtin_mul_overflow(seconds, per_second, &count) || __builtin_add_overflow(count, rest, &count))
            count =
                seconds < 0 ? std::numeric_limits<std::int64_t>::min() + 1 : std::numeric_limits<std::int64_t>::max();
        return std::to_string(count);
    }

    /// Leaves only the rows of the source's window.
    void narrow(Opening& opening, const std::vector<RawColumn>& raw) {
        const auto& [name, from_us, until_us, per_second] = *opening.source->window;
        std::vector<std::string> known;
        for (const auto& column : raw) known.push_back(column.name);
        const auto place = static_cast<std::size_t>(std::find(known.begin(), known.end(), name) - known.begin());
        if (place == known.size()) {
            auto error = Error{errors::column_unknown,
                               fmt::format("{} has no column {}", quoted(opening.info.shown), quoted(name))};
            if (const auto near = closest_match(name, known))
                error.note(fmt::format("the nearest is {}", quoted(*near)));
            throw std::move(error);
        }
        const auto& column = opening.info.columns[place];
        require_times(opening, column, per_second);
        const auto moment = [&, per = per_second](std::int64_t time_us) {
            if (column.type.type == Type::real)
                return fmt::format("CAST('{}' AS DOUBLE)",
                                   static_cast<double>(time_us) / 1e6 * static_cast<double>(per));
            if (per > 0) return count_text(time_us, per);
            const auto text = time_text(Type::timestamp, TimeUnit::microsecond, time_us);
            return column.type.declared.ends_with("TIME ZONE") ? fmt::format("TIMESTAMPTZ '{}+00'", text)
                                                               : fmt::format("TIMESTAMP '{}'", text);
        };
        const auto view = sql_name(opening.source->name);
        const auto whole = sql_name(opening.source->name + ", whole");
        connection_->run(fmt::format("ALTER VIEW {} RENAME TO {}", view, whole));
        connection_->run(fmt::format("CREATE VIEW {0} AS SELECT * FROM {1} WHERE {2} >= {3} AND {2} < {4}", view, whole,
                                     sql_name(name), moment(from_us), moment(until_us)));
        opening.info.rows.reset();
    }

    std::vector<Source> sources_;
    Scratch scratch_;
    std::vector<Opening> openings_;
    std::vector<InputFile> all_inputs_;
    std::unique_ptr<Database> database_;
    std::unique_ptr<Connection> connection_;
    std::vector<TableInfo> tables_;
    std::vector<std::vector<RawColumn>> raw_;
};

Session::Session(std::shared_ptr<const Engine> engine, std::vector<Source> sources, const SessionOptions& options,
                 const Runtime& runtime)
    : state_{std::make_unique<SessionState>(std::move(engine), std::move(sources), options, runtime)} {}
Session::~Session() = default;
Session::Session(Session&&) noexcept = default;
Session& Session::operator=(Session&&) noexcept = default;

const std::vector<TableInfo>& Session::tables() const noexcept { return state_->tables(); }

std::uint64_t Session::count_rows(std::size_t table) {
    auto& info = state_->tables().at(table);
    if (!info.rows) info.rows = count_nulls(table, {}).rows;
    return *info.rows;
}

TableCounts Session::count_nulls(std::size_t table, std::span<const std::size_t> columns) {
    auto& info = state_->tables().at(table);
    std::string counts = "count(*)";
    for (const auto column : columns) counts += fmt::format(", count({})", sql_name(info.columns.at(column).type.name));
    CursorPlan plan;
    plan.sql = fmt::format("SELECT {} FROM {}", counts, sql_name(info.name));
    plan.inputs = &state_->inputs();
    for (std::size_t i = 0; i <= columns.size(); ++i) plan.columns.push_back({{}, Type::integer, TimeUnit::day, {}});
    Cursor::Impl cursor{state_->database(), std::move(plan)};
    Chunk chunk;
    MLO_ASSERT(cursor.next(chunk) && chunk.rows() == 1);
    const auto value = [&](std::size_t i) { return static_cast<std::uint64_t>(chunk.columns()[i].integers()[0]); };
    TableCounts result{value(0), {}};
    for (std::size_t i = 0; i < columns.size(); ++i) result.nulls.push_back(result.rows - value(i + 1));
    while (cursor.next(chunk)) continue;
    info.rows = result.rows;
    return result;
}

Cursor Session::read(std::size_t table, std::span<const std::size_t> columns, Wide wide,
                     std::optional<std::uint64_t> limit) {
    const auto& info = state_->tables().at(table);
    CursorPlan plan;
    plan.inputs = &state_->inputs();
    const auto add = [&](std::size_t column) {
        auto& type = plan.columns.emplace_back(info.columns.at(column).type);
        plan.sql += fmt::format("{} {}", plan.sql.empty() ? "SELECT" : ",",
                                as_column(sql_name(type.name), state_->raw(table).at(column).type, wide, type));
    };
    if (columns.empty())
        for (std::size_t i = 0; i < info.columns.size(); ++i) add(i);
    else
        for (const auto column : columns) add(column);
    plan.sql += " FROM " + sql_name(info.name);
    if (limit) plan.sql += fmt::format(" LIMIT {}", *limit);
    return Cursor{std::make_unique<Cursor::Impl>(state_->database(), std::move(plan))};
}

void Session::scan(std::size_t table, std::span<const std::size_t> columns, Order order,
                   const std::function<void(const Chunk& chunk, std::uint32_t thread)>& visit) {
    const auto& runtime = state_->database().runtime();
    auto cursor = read(table, columns);
    const std::uint32_t jobs = order == Order::any ? std::max<std::uint32_t>(runtime.jobs, 1) : 1;
    parallel_for(jobs, jobs, runtime.stop, [&](std::size_t thread) {
        Chunk chunk;
        while (cursor.next(chunk)) visit(chunk, static_cast<std::uint32_t>(thread));
    });
}

Cursor Session::query(std::string_view sql, Wide wide) {
    sql = bare(sql);
    const auto raw = columns_of(state_->connection(), sql, Author::user);
    CursorPlan plan;
    plan.author = Author::user;
    plan.inputs = &state_->inputs();
    std::string names;
    for (std::size_t i = 0; i < raw.size(); ++i) {
        auto& column = plan.columns.emplace_back();
        const auto name = fmt::format("c{}", i);
        plan.sql += fmt::format("{} {}", i == 0 ? "SELECT" : ",", as_column(name, raw[i].type, wide, column));
        names += (i == 0 ? "" : ", ") + name;
        column.name = raw[i].name;
        column.declared = name_of(raw[i].type);
    }
    // The names of the answer may be alike: within, each column has one of ours. A comment may end the query.
    plan.sql += fmt::format(" FROM ({}\n) AS answer({})", sql, names);
    return Cursor{std::make_unique<Cursor::Impl>(state_->database(), std::move(plan))};
}

std::uint64_t Session::write_parquet(std::string_view sql, const std::function<void(ByteView)>& sink) {
    sql = bare(sql);
    (void)columns_of(state_->connection(), sql, Author::user);
    const auto path = state_->scratch().path_of(result_name);
    CursorPlan plan{.sql = fmt::format("COPY ({}\n) TO {} (FORMAT parquet, COMPRESSION zstd, USE_TMP_FILE false)", sql,
                                       sql_text(path)),
                    .columns = {{{}, Type::integer, TimeUnit::day, {}}},
                    .author = Author::user,
                    .inputs = &state_->inputs()};
    std::uint64_t rows = 0;
    {
        Cursor::Impl cursor{state_->database(), std::move(plan)};
        Chunk chunk;
        while (cursor.next(chunk)) rows = static_cast<std::uint64_t>(chunk.columns()[0].integers()[0]);
    }
    constexpr std::size_t block_bytes = std::size_t{1} << 20;
    for_each_block(path, block_bytes, state_->database().runtime(),
                   [&](std::string_view block) { sink(std::as_bytes(std::span{block})); });
    state_->scratch().dir().remove(result_name);
    return rows;
}

}  // namespace mlo::table
