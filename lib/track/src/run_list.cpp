// SPDX-License-Identifier: Apache-2.0
#include <mlo/track/run_list.hpp>

#include <fmt/format.h>

#include <bit>
#include <charconv>
#include <mlo/track/errors.hpp>
#include <mlo/track/limits.hpp>
#include <mlo/util/text.hpp>

#include "run_state.hpp"

namespace mlo::track {
namespace {

using By = SortKey::By;

// The parameters of every query here: 1 the number of the key, 2 and 3 value and row to go on behind, 4 the limit, from
// 5 on those of the filter.
constexpr int first_filter_parameter = 5;

/// Runs are listed in stretches: those with a value, in its order, numbers before texts; those with NaN; those without.
enum class Stretch : std::uint8_t { values, texts, nan, missing };

/// Where the last page ended.
struct Place {
    Stretch stretch = Stretch::values;
    std::variant<std::monostate, std::int64_t, double, std::string>
        value;  ///< of the sort key; its start, if it has none
    std::string run;
};

bool is_text(By by) noexcept { return by == By::param || by == By::tag; }
bool is_metric(By by) noexcept { return by == By::metric_last || by == By::metric_min || by == By::metric_max; }

/// Whether a list by this column has such a stretch.
bool has_stretch(By by, Stretch stretch) noexcept {
    if (stretch == Stretch::texts) return is_text(by);
    return stretch != Stretch::nan || is_metric(by);
}

std::string_view column_of(By by) noexcept {
    switch (by) {
        case By::end:
            return "r.ended";
        case By::duration:
            return "(r.ended - r.started)";
        case By::name:
            return "r.name";
        case By::state:
            return "r.state";
        case By::user:
            return "r.user";
        case By::metric_last:
            return "s.last";
        case By::metric_min:
            return "s.min";
        case By::metric_max:
            return "s.max";
        case By::param:
        case By::tag:
            return "CASE WHEN json_valid(s.value) THEN CASE WHEN json_type(s.value) IN ('integer', 'real') "
                   "THEN CAST(s.value AS REAL) END END";
        case By::start:
            break;
    }
    return "r.started";
}

/// The tables to look through, in an order that an index serves: sealed runs by the index of their series, and the open
/// ones, which it lacks, one by one.
std::vector<std::string> sources_of(By by) {
    if (is_metric(by))
        return {"series s CROSS JOIN runs r ON r.row = s.run WHERE s.name = ?1 AND s.sealed = 1",
                "runs r CROSS JOIN series s ON s.run = r.row AND s.name = ?1 AND s.sealed = 0 WHERE r.sealed = 0"};
    if (by == By::param) return {"runs r CROSS JOIN params s ON s.run = r.row AND s.name = ?1 WHERE 1"};
    if (by == By::tag) return {"runs r CROSS JOIN tags s ON s.run = r.row AND s.name = ?1 WHERE 1"};
    return {"runs r WHERE ?1 IS NOT NULL"};
}

std::string filter_of(const ListRequest& request) {
    std::string sql;
    const auto list = [](const auto& items, auto&& number_of) {
        std::string text;
        for (const auto& item : items) text += fmt::format("{}{}", text.empty() ? "" : ", ", number_of(item));
        return text;
    };
    if (!request.experiments.empty())
        sql += fmt::format(
            " AND r.experiment IN (SELECT id FROM experiments WHERE name IN (SELECT name FROM experiments WHERE id IN "
            "({})))",
            list(request.experiments, [](std::int64_t id) { return id; }));
    if (!request.states.empty())
        sql += fmt::format(" AND r.state IN ({})",
                           list(request.states, [](RunState state) { return static_cast<int>(state); }));
    if (request.deleted != Deleted::all)
        sql += request.deleted == Deleted::only ? " AND r.deleted = 1" : " AND r.deleted = 0";
    if (request.where.sql.empty()) return sql;
    sql += " AND (";
    int parameter = first_filter_parameter;
    for (const char c : request.where.sql) {
        sql += c;
        if (c == '?') sql += fmt::to_string(parameter++);
    }
    MLO_ASSERT(parameter - first_filter_parameter == static_cast<int>(request.where.values.size()));
    return sql + ")";
}

std::string stretch_sql(const ListRequest& request, Stretch stretch, bool goes_on) {
    const auto filter = filter_of(request);
    const auto by = request.sort.by;
    const bool is_descending =
        (stretch != Stretch::values && stretch != Stretch::texts) || request.order == SortOrder::descending;
    std::string value{stretch == Stretch::values ? column_of(by) : "r.started"};
    if (stretch == Stretch::texts) value = "s.value";
    std::vector<std::string> sources;
    if (stretch != Stretch::missing) {
        for (const auto& source : sources_of(by))
            sources.push_back(fmt::format("{} AND {} IS {}", source, column_of(by),
                                          stretch == Stretch::values ? "NOT NULL" : "NULL"));
    } else if (by == By::param || by == By::tag || is_metric(by)) {
        sources.push_back(
            fmt::format("runs r WHERE NOT EXISTS (SELECT 1 FROM {} s WHERE s.run = r.row AND s.name = ?1)",
                        is_metric(by) ? "series" : (by == By::param ? "params" : "tags")));
    } else {
        sources.push_back(fmt::format("runs r WHERE ?1 IS NOT NULL AND {} IS NULL", column_of(by)));
    }
    const auto row = is_metric(by) && stretch == Stretch::values ? "s.run" : "r.row";  // what the index has
    std::string sql;
    for (const auto& source : sources) {
        const auto after =
            goes_on ? fmt::format(" AND ({}, {}) {} (?2, ?3)", value, row, is_descending ? "<" : ">") : std::string{};
        const auto direction = is_descending ? "DESC" : "ASC";
        sql += fmt::format(
            "{}SELECT * FROM (SELECT r.row AS row, {} AS value FROM {}{}{} ORDER BY {} {}, {} {} LIMIT ?4)",
            sql.empty() ? "" : " UNION ALL ", value, source, filter, after, value, direction, row, direction);
    }
    return sql + fmt::format(" ORDER BY value {0}, row {0} LIMIT ?4", is_descending ? "DESC" : "ASC");
}

void bind_filter(db::Statement& statement, const ListRequest& request) {
    int parameter = first_filter_parameter;
    for (const auto& value : request.where.values)
        std::visit([&](const auto& content) { statement.bind(parameter++, content); }, value);
}

/// The page token: sort, stretch, value and run.
std::string encode(const ListRequest& request, const Place& place) {
    std::string value;
    if (const auto* integer = std::get_if<std::int64_t>(&place.value)) value = fmt::format("i{}", *integer);
    if (const auto* real = std::get_if<double>(&place.value))
        value = fmt::format("r{}", std::bit_cast<std::uint64_t>(*real));
    if (const auto* text = std::get_if<std::string>(&place.value)) value = "t" + *text;
    const auto token =
        fmt::format("2 {} {} {} {} {}\n{}", static_cast<int>(request.sort.by), static_cast<int>(request.order),
                    static_cast<int>(place.stretch), place.run, request.sort.key, value);
    return base64_encode(as_bytes(token));
}

template <class Number>
bool read_number(std::string_view text, Number& number) {
    const auto result = std::from_chars(text.data(), text.data() + text.size(), number);
    return result.ec == std::errc{} && result.ptr == text.data() + text.size();
}

Place decode(const ListRequest& request) {
    const auto fail = [] { return Error{errors::page_invalid, "this is no place in that list"}; };
    const auto token = base64_decode(request.after);
    const auto line_end = token ? token->find('\n') : std::string::npos;
    if (line_end == std::string::npos) throw fail();
    const auto before = fmt::format("2 {} {} ", static_cast<int>(request.sort.by), static_cast<int>(request.order));
    const auto head = std::string_view{*token}.substr(0, line_end);
    const auto value = std::string_view{*token}.substr(line_end + 1);
    constexpr std::size_t id_digits = 32;
    if (!head.starts_with(before) || head.size() < before.size() + id_digits + 3 || value.empty()) throw fail();
    const auto rest = head.substr(before.size());
    Place place;
    if (rest[0] < '0' || rest[0] > '3' || rest.substr(id_digits + 3) != request.sort.key) throw fail();
    place.stretch = static_cast<Stretch>(rest[0] - '0');
    place.run = rest.substr(2, id_digits);
    if (!is_run_id(place.run)) throw fail();
    const auto content = value.substr(1);
    std::int64_t integer = 0;
    std::uint64_t bits = 0;
    if (value[0] == 'i' && read_number(content, integer))
        place.value = integer;
    else if (value[0] == 'r' && read_number(content, bits))
        place.value = std::bit_cast<double>(bits);
    else if (value[0] == 't' && is_valid_utf8(content))
        place.value = std::string{content};
    else
        throw fail();
    return place;
}

struct Found {
    std::int64_t row = 0;
    Place place;
};

std::vector<Found> find_stretch(db::Database& database, const ListRequest& request, std::int64_t name,
                                const std::optional<Place>& after, Stretch stretch, std::uint64_t limit) {
    const bool goes_on = after && after->stretch == stretch;
    auto& statement = database.statement(stretch_sql(request, stretch, goes_on));
    statement.bind(1, name).bind(4, limit);
    if (goes_on) {
        if (const auto* integer = std::get_if<std::int64_t>(&after->value)) statement.bind(2, *integer);
        if (const auto* real = std::get_if<double>(&after->value)) statement.bind(2, *real);
        if (const auto* text = std::get_if<std::string>(&after->value)) statement.bind(2, *text);
        statement.bind(3, rows::get(database, after->run).row);
    }
    bind_filter(statement, request);
    const auto by = request.sort.by;
    std::vector<Found> found;
    while (statement.step()) {
        Found item{.row = statement.integer(0), .place = {.stretch = stretch, .value = {}, .run = {}}};
        if (stretch == Stretch::texts || (stretch == Stretch::values && (by == By::name || by == By::user)))
            item.place.value = std::string{statement.text(1)};
        else if (stretch == Stretch::values && (is_metric(by) || is_text(by)))
            item.place.value = statement.real(1);
        else
            item.place.value = statement.integer(1);
        found.push_back(std::move(item));
    }
    return found;
}

void add_all_values(db::Database& database, std::int64_t row, ListedRun& run) {
    auto& metrics = database.statement(
        "SELECT n.text, s.count, last_step, last_time, last, min_step, min_time, min, max_step, max_time, max "
        "FROM series s JOIN names n ON n.id = s.name WHERE s.run = ?");
    for (metrics.bind_all(row); metrics.step();) run.metrics.emplace(metrics.text(0), rows::read_summary(metrics, 1));
    const auto read = [&](std::string_view sql, std::map<std::string, std::string>& into) {
        auto& statement = database.statement(sql);
        for (statement.bind_all(row); statement.step();) into.emplace(statement.text(0), statement.text(1));
    };
    read("SELECT n.text, p.value FROM params p JOIN names n ON n.id = p.name WHERE p.run = ?", run.params);
    read("SELECT n.text, t.value FROM tags t JOIN names n ON n.id = t.name WHERE t.run = ?", run.tags);
}

ListedRun describe(db::Database& database, const ListRequest& request, std::int64_t row) {
    auto& columns = database.statement(
        "SELECT r.id, r.name, e.name, r.experiment, r.state, r.started, r.ended, r.user, r.parent, r.commit_id, "
        "r.exit_code, "
        "r.attempt, r.deleted, r.sealed FROM runs r LEFT JOIN experiments e ON e.id = r.experiment WHERE r.row = ?");
    static_cast<void>(columns.bind_all(row).step());
    ListedRun run;
    run.id = columns.text(0);
    run.name = columns.text(1);
    run.experiment = columns.text(2);
    run.experiment_id = columns.integer(3);
    run.state = static_cast<RunState>(columns.integer(4));
    run.started_ms = columns.integer(5);
    if (!columns.is_null(6)) run.ended_ms = columns.integer(6);
    run.user = columns.text(7);
    run.parent = columns.text(8);
    run.commit = columns.text(9);
    if (!columns.is_null(10)) run.exit_code = static_cast<std::int32_t>(columns.integer(10));
    run.attempt = static_cast<std::uint32_t>(columns.integer(11));
    run.is_deleted = columns.integer(12) != 0;
    run.is_sealed = columns.integer(13) != 0;
    columns.reset();

    if (request.values == Values::all) {
        add_all_values(database, row, run);
        return run;
    }
    const auto look_up = [&](const std::vector<std::string>& keys, std::string_view sql, auto&& take) {
        for (const auto& key : keys) {
            auto& statement = database.statement(sql);
            if (statement.bind_all(row, key).step()) take(key, statement);
            statement.reset();
        }
    };
    look_up(request.metrics,
            "SELECT count, last_step, last_time, last, min_step, min_time, min, max_step, max_time, max FROM series "
            "WHERE run = ? AND "
            "name = (SELECT id FROM names WHERE text = ?)",
            [&](const std::string& key, db::Statement& s) { run.metrics.emplace(key, rows::read_summary(s, 0)); });
    look_up(request.params, "SELECT value FROM params WHERE run = ? AND name = (SELECT id FROM names WHERE text = ?)",
            [&](const std::string& key, db::Statement& s) { run.params.emplace(key, s.text(0)); });
    look_up(request.tags, "SELECT value FROM tags WHERE run = ? AND name = (SELECT id FROM names WHERE text = ?)",
            [&](const std::string& key, db::Statement& s) { run.tags.emplace(key, s.text(0)); });
    return run;
}

}  // namespace

RunPage list_runs(RunStore& runs, const ListRequest& request) {
    auto& database = runs.state().database;
    const db::Snapshot view{database};
    const auto after = request.after.empty() ? std::nullopt : std::optional{decode(request)};
    if (after && !rows::find(database, after->run))
        throw Error{errors::page_invalid,
                    fmt::format("the run {}, behind which to go on, is gone", quoted(after->run))};
    const auto name = request.sort.key.empty() ? -1 : rows::find_name(database, request.sort.key).value_or(-1);

    const std::uint64_t wanted = std::uint64_t{request.limit} + 1;  // one more tells whether there is another page
    std::vector<Found> found;
    for (auto stretch = after ? after->stretch : Stretch::values; found.size() < wanted;) {
        if (has_stretch(request.sort.by, stretch)) {
            auto part = find_stretch(database, request, name, after, stretch, wanted - found.size());
            found.insert(found.end(), std::make_move_iterator(part.begin()), std::make_move_iterator(part.end()));
        }
        if (stretch == Stretch::missing) break;
        stretch = static_cast<Stretch>(static_cast<int>(stretch) + 1);
    }
    RunPage page;
    for (std::size_t i = 0; i < std::min<std::size_t>(found.size(), request.limit); ++i)
        page.runs.push_back(describe(database, request, found[i].row));
    if (found.size() == wanted && request.limit > 0) {
        auto& last = found[request.limit - 1].place;
        last.run = page.runs.back().id;
        page.next = encode(request, last);
    }
    return page;
}

RunKeys keys_of_runs(RunStore& runs, const ListRequest& request) {
    auto& database = runs.state().database;
    const db::Snapshot view{database};
    const auto read = [&](std::string_view table) {
        auto& statement = database.statement(fmt::format(
            "SELECT n.text FROM names n WHERE ?1 IS NULL AND ?2 IS NULL AND ?3 IS NULL AND ?4 IS NULL AND n.id IN "
            "(SELECT t.name FROM runs r CROSS JOIN {} t ON t.run = r.row WHERE 1{}) ORDER BY n.text",
            table, filter_of(request)));
        bind_filter(statement, request);
        std::vector<std::string> keys;
        while (statement.step()) keys.emplace_back(statement.text(0));
        return keys;
    };
    return {read("series"), read("params"), read("tags")};
}

std::uint64_t count_runs(RunStore& runs, const ListRequest& request) {
    auto& statement = runs.state().database.statement(
        fmt::format("SELECT count(*) FROM runs r WHERE ?1 IS NULL AND ?2 IS NULL AND ?3 IS NULL AND ?4 IS NULL{}",
                    filter_of(request)));
    bind_filter(statement, request);
    static_cast<void>(statement.step());
    const auto count = static_cast<std::uint64_t>(statement.integer(0));
    statement.reset();
    return count;
}

}  // namespace mlo::track
