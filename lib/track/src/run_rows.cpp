// SPDX-License-Identifier: Apache-2.0
#include "run_rows.hpp"

#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <mlo/track/errors.hpp>
#include <mlo/util/text.hpp>

namespace mlo::track::rows {
namespace {

std::optional<double> without_nan(double value) noexcept {
    return std::isnan(value) ? std::nullopt : std::optional{value};
}

double or_nan(db::Statement& statement, int column) {
    return statement.is_null(column) ? std::numeric_limits<double>::quiet_NaN() : statement.real(column);
}

/// What the column `details` keeps: all but what is in tables of its own.
std::string details_of(RunDocument run) {
    run.params.clear();
    run.tags.clear();
    run.metrics.clear();
    run.inputs.clear();
    run.outputs.clear();
    return to_canonical_json(run);
}

/// The columns of runs from `session` on, but for sealed and deleted.
int bind_columns(db::Statement& statement, const RunDocument& run) {
    statement.bind_all(run.session, run.attempt, run.experiment.id, run.name, static_cast<int>(run.state),
                       run.started_ms, run.ended_ms, run.user, run.parent, run.source.commit, run.exit_code, run.note,
                       run.revision, details_of(run));
    return 15;
}

store::ObjectId id_of(ByteView binary) { return store::ObjectId::from_binary(binary).value_or(store::ObjectId{}); }

store::ObjectKind kind_of(std::int64_t number) noexcept {
    return number == 0 ? store::ObjectKind::blob : store::ObjectKind::tree;
}

void load_tables(db::Database& database, std::int64_t row, RunDocument& run) {
    auto& params =
        database.statement("SELECT n.text, p.value FROM params p JOIN names n ON n.id = p.name WHERE p.run = ?");
    for (params.bind_all(row); params.step();) run.params.emplace(params.text(0), params.text(1));
    auto& tags = database.statement("SELECT n.text, t.value FROM tags t JOIN names n ON n.id = t.name WHERE t.run = ?");
    for (tags.bind_all(row); tags.step();) run.tags.emplace(tags.text(0), tags.text(1));
    auto& series = database.statement(
        "SELECT n.text, s.count, last_step, last_time, last, min_step, min_time, min, max_step, max_time, max "
        "FROM series s JOIN names n ON n.id = s.name WHERE s.run = ?");
    for (series.bind_all(row); series.step();) run.metrics.emplace(series.text(0), read_summary(series, 1));
    auto& inputs =
        database.statement("SELECT role, path, kind, id FROM inputs WHERE run = ? ORDER BY role, path, kind, id");
    for (inputs.bind_all(row); inputs.step();)
        run.inputs.push_back({static_cast<InputRole>(inputs.integer(0)), std::string{as_text(inputs.blob(1))},
                              kind_of(inputs.integer(2)), id_of(inputs.blob(3))});
    auto& outputs = database.statement(
        "SELECT path, kind, id, size, model FROM outputs WHERE run = ? ORDER BY path, kind, id, size, model");
    for (outputs.bind_all(row); outputs.step();)
        run.outputs.push_back({std::string{as_text(outputs.blob(0))}, kind_of(outputs.integer(1)),
                               id_of(outputs.blob(2)), static_cast<std::uint64_t>(outputs.integer(3)),
                               outputs.integer(4) != 0});
}

}  // namespace

std::optional<Run> find(db::Database& database, std::string_view id) {
    auto& statement = database.statement("SELECT row, session, state, sealed, deleted FROM runs WHERE id = ?");
    if (!statement.bind_all(id).step()) return std::nullopt;
    Run run{statement.integer(0), std::string{statement.text(1)}, static_cast<RunState>(statement.integer(2)),
            statement.integer(3) != 0, statement.integer(4) != 0};
    statement.reset();
    return run;
}

Run get(db::Database& database, std::string_view id) {
    if (auto run = find(database, id)) return *std::move(run);
    throw Error{errors::run_not_found, fmt::format("there is no run {}", quoted(id.substr(0, 64)))}.hint("mlo runs");
}

std::optional<std::int64_t> find_name(db::Database& database, std::string_view key) {
    auto& find = database.statement("SELECT id FROM names WHERE text = ?");
    if (!find.bind_all(key).step()) return std::nullopt;
    const auto id = find.integer(0);
    find.reset();
    return id;
}

std::int64_t intern(db::Database& database, std::string_view key) {
    if (const auto known = find_name(database, key)) return *known;
    database.statement("INSERT INTO names(text) VALUES(?)").bind_all(key).run();
    return database.last_row_id();
}

void bind_summary(db::Statement& statement, int first_parameter, const MetricSummary& summary) {
    int at = first_parameter;
    statement.bind(at++, static_cast<std::int64_t>(summary.count));
    for (const auto& point : {std::optional{summary.last}, summary.min, summary.max}) {
        const auto number = [&](auto member) { return point ? std::optional{(*point).*member} : std::nullopt; };
        statement.bind(at++, number(&Point::step));
        statement.bind(at++, number(&Point::time_ms));
        statement.bind(at++, point ? without_nan(point->value) : std::nullopt);
    }
}

MetricSummary read_summary(db::Statement& statement, int first_column) {
    MetricSummary summary;
    summary.count = static_cast<std::uint64_t>(statement.integer(first_column));
    const auto point = [&](int column) {
        return Point{statement.integer(column), statement.integer(column + 1), or_nan(statement, column + 2)};
    };
    summary.last = point(first_column + 1);
    if (!statement.is_null(first_column + 4)) summary.min = point(first_column + 4);
    if (!statement.is_null(first_column + 7)) summary.max = point(first_column + 7);
    return summary;
}

std::int64_t insert(db::Database& database, const RunDocument& run, Sealed sealed) {
    auto& statement = database.statement(
        "INSERT INTO runs(session, attempt, experiment, name, state, started, ended, user, parent, commit_id, "
        "exit_code, note, "
        "revision, details, id, sealed, deleted) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)");
    const auto next = bind_columns(statement, run);
    statement.bind(next, run.id).bind(next + 1, static_cast<int>(sealed)).run();
    const auto row = database.last_row_id();

    for (const auto& [key, value] : run.params) {
        const auto name = intern(database, key);
        database.statement("INSERT INTO params VALUES(?, ?, ?)").bind_all(row, name, value).run();
    }
    for (const auto& [key, value] : run.tags) put_tag(database, row, key, value);
    for (const auto& [key, summary] : run.metrics) {
        const auto name = intern(database, key);
        auto& series = database.statement(
            "INSERT INTO series(run, name, sealed, count, last_step, last_time, last, min_step, min_time, min, "
            "max_step, max_time, "
            "max) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
        series.bind_all(row, name, static_cast<int>(sealed));
        bind_summary(series, 4, summary);
        series.run();
    }
    for (const auto& input : run.inputs) put_input(database, row, input);
    for (const auto& output : run.outputs) put_output(database, row, output);
    return row;
}

void update(db::Database& database, std::int64_t row, const RunDocument& run) {
    auto& statement = database.statement(
        "UPDATE runs SET session = ?, attempt = ?, experiment = ?, name = ?, state = ?, started = ?, ended = ?, user = "
        "?, "
        "parent = ?, commit_id = ?, exit_code = ?, note = ?, revision = ?, details = ? WHERE row = ?");
    const auto next = bind_columns(statement, run);
    statement.bind(next, row).run();
}

RunDocument load(db::Database& database, std::int64_t row) {
    auto& statement = database.statement(
        "SELECT r.id, r.details, r.name, r.note, r.state, r.ended, r.session, r.attempt, e.name, e.created, e.id, "
        "r.revision FROM runs r "
        "LEFT JOIN experiments e ON e.id = r.experiment WHERE r.row = ?");
    MLO_ASSERT(statement.bind_all(row).step());
    auto run = parse_run(statement.text(1), statement.text(0));
    run.name = statement.text(2);
    run.note = statement.text(3);
    run.state = static_cast<RunState>(statement.integer(4));
    run.ended_ms = statement.is_null(5) ? std::nullopt : std::optional{statement.integer(5)};
    run.session = statement.text(6);
    run.attempt = static_cast<std::uint32_t>(statement.integer(7));
    if (!statement.is_null(10))
        run.experiment = {statement.integer(10), std::string{statement.text(8)}, statement.integer(9)};
    run.revision = static_cast<std::uint64_t>(statement.integer(11));
    statement.reset();
    load_tables(database, row, run);
    return run;
}

void remove(db::Database& database, std::int64_t row) {
    database.statement("DELETE FROM points WHERE series IN (SELECT id FROM series WHERE run = ?)").bind_all(row).run();
    for (const auto* sql :
         {"DELETE FROM series WHERE run = ?", "DELETE FROM params WHERE run = ?", "DELETE FROM tags WHERE run = ?",
          "DELETE FROM inputs WHERE run = ?", "DELETE FROM outputs WHERE run = ?",
          "DELETE FROM processes WHERE run = ?", "DELETE FROM ingested WHERE run = ?",
          "DELETE FROM wanted WHERE run = ?", "DELETE FROM runs WHERE row = ?"})
        database.statement(sql).bind_all(row).run();
}

void put_tag(db::Database& database, std::int64_t row, std::string_view key, std::string_view value) {
    const auto name = intern(database, key);
    database.statement("INSERT INTO tags VALUES(?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value")
        .bind_all(row, name, value)
        .run();
}

void put_input(db::Database& database, std::int64_t row, const Input& input) {
    const auto id = input.id.binary();
    database.statement("INSERT OR IGNORE INTO inputs VALUES(?, ?, ?, ?, ?)")
        .bind_all(row, static_cast<int>(input.role), as_bytes(input.path), static_cast<int>(input.kind), ByteView{id})
        .run();
}

void put_output(db::Database& database, std::int64_t row, const Output& output) {
    const auto id = output.id.binary();
    database.statement("INSERT OR IGNORE INTO outputs VALUES(?, ?, ?, ?, ?, ?)")
        .bind_all(row, as_bytes(output.path), static_cast<int>(output.kind), ByteView{id}, output.size_bytes,
                  static_cast<int>(output.is_model))
        .run();
}

void put_process(db::Database& database, std::int64_t row, const ProcessIdentity& process, Pulse pulse,
                 std::int64_t now_ms) {
    database
        .statement(
            "INSERT OR REPLACE INTO processes(run, pid, start_ticks, boot_id, pid_space, host, heartbeat, silent) "
            "VALUES(?, ?, ?, ?, ?, ?, ?, ?)")
        .bind_all(row, process.pid, process.start_ticks, process.boot_id, process.pid_space, process.host, now_ms,
                  static_cast<int>(pulse))
        .run();
}

void put_experiment(db::Database& database, const ExperimentName& experiment) {
    database
        .statement(
            "INSERT INTO experiments VALUES(?, ?, ?, 0) ON CONFLICT DO UPDATE SET name = excluded.name, created = "
            "excluded.created WHERE (excluded.created, excluded.name) < (created, name) AND id <> 0")
        .bind_all(experiment.id, experiment.name, experiment.created_ms)
        .run();
}

}  // namespace mlo::track::rows
