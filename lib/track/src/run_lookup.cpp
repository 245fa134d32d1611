// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <mlo/track/errors.hpp>
#include <mlo/track/limits.hpp>
#include <mlo/track/series.hpp>
#include <mlo/util/text.hpp>

#include "run_state.hpp"

namespace mlo::track {
namespace {

constexpr std::size_t least_digits = 4;
constexpr int most_guessed_names = 1000;

std::vector<std::string> texts(db::Statement& statement) {
    std::vector<std::string> list;
    while (statement.step()) list.emplace_back(statement.text(0));
    return list;
}

std::string unique(const std::vector<std::string>& ids, std::string_view text) {
    if (ids.size() == 1) return ids.front();
    Error error{errors::run_ambiguous, fmt::format("{} fits several runs", quoted(text))};
    for (const auto& id : ids) error.note(id);
    throw std::move(error);
}

std::string newest(db::Database& database) {
    auto& by_start =
        database.statement("SELECT id FROM runs WHERE deleted = 0 ORDER BY started DESC, row DESC LIMIT 1");
    if (auto ids = texts(by_start); !ids.empty()) return ids.front();
    if (!texts(database.statement("SELECT id FROM runs LIMIT 1")).empty())
        throw Error{errors::run_not_found, "there are no runs but deleted ones"}.hint("mlo runs --deleted");
    throw Error{errors::run_not_found, "there are no runs yet"}.hint("mlo track -- CMD");
}

}  // namespace

std::string RunStore::resolve(std::string_view text) {
    auto& database = state_->database;
    if (text == "last") return newest(database);
    if (is_run_id(text) && rows::find(database, text)) return std::string{text};
    const bool is_hex = text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
    if (is_hex && text.size() >= least_digits && text.size() < 32) {
        auto& by_start = database.statement("SELECT id FROM runs WHERE id >= ? AND id < ? ORDER BY id LIMIT 5");
        const auto ids = texts(by_start.bind_all(text, std::string{text} + "g"));
        if (!ids.empty()) return unique(ids, text);
    }
    if (is_valid_utf8(text) && !text.empty()) {
        auto& by_name = database.statement("SELECT id FROM runs WHERE name = ? ORDER BY started DESC, id LIMIT 5");
        const auto ids = texts(by_name.bind_all(text));
        if (!ids.empty()) return unique(ids, text);
    }
    Error error{errors::run_not_found, fmt::format("there is no run {}", quoted(text.substr(0, 64)))};
    const auto names = texts(database.statement(
        fmt::format("SELECT name FROM runs WHERE deleted = 0 ORDER BY started DESC LIMIT {}", most_guessed_names)));
    const auto guess = closest_match(text, names);
    throw std::move(error.hint(guess ? fmt::format("did you mean {}?", quoted(*guess)) : "mlo runs"));
}

RunStatus RunStore::status(std::string_view run) {
    auto& statement = state_->database.statement("SELECT id, name, state, sealed, deleted FROM runs WHERE id = ?");
    if (!statement.bind_all(run).step()) static_cast<void>(rows::get(state_->database, run));
    RunStatus status{std::string{statement.text(0)}, std::string{statement.text(1)},
                     static_cast<RunState>(statement.integer(2)), statement.integer(3) != 0, statement.integer(4) != 0};
    statement.reset();
    return status;
}

RunDocument RunStore::get(std::string_view run) {
    const db::Snapshot view{state_->database};
    return rows::load(state_->database, rows::get(state_->database, run).row);
}

bool RunStore::read_points(std::string_view run, std::string_view key,
                           const std::function<void(std::span<const Point>)>& sink) {
    auto& database = state_->database;
    const db::Snapshot view{database};
    auto& find = database.statement(
        "SELECT s.id FROM series s JOIN names n ON n.id = s.name WHERE s.run = ? AND n.text = ? AND s.sealed = 0");
    if (!find.bind_all(rows::get(database, run).row, key).step()) return false;
    const auto series = find.integer(0);
    find.reset();
    auto& read = database.statement(
        "SELECT step, time, nan, value FROM points WHERE series = ? ORDER BY step, time, nan, value");
    read.bind_all(series);
    std::vector<Point> points;
    points.reserve(block_points);
    while (read.step()) {
        points.push_back({read.integer(0), read.integer(1),
                          read.integer(2) != 0 ? std::numeric_limits<double>::quiet_NaN() : read.real(3)});
        if (points.size() < block_points) continue;
        sink(points);
        points.clear();
    }
    if (!points.empty()) sink(points);
    return true;
}

std::vector<Ingested> RunStore::ingested(std::string_view run) {
    auto& database = state_->database;
    const db::Snapshot view{database};
    auto& statement = database.statement("SELECT file, offset, lines FROM ingested WHERE run = ? ORDER BY file");
    statement.bind_all(rows::get(database, run).row);
    std::vector<Ingested> files;
    while (statement.step())
        files.push_back({std::string{as_text(statement.blob(0))}, static_cast<std::uint64_t>(statement.integer(1)),
                         static_cast<std::uint64_t>(statement.integer(2))});
    return files;
}

std::vector<WantedOutput> RunStore::wanted(std::string_view run) {
    auto& statement = state_->database.statement(
        "SELECT w.path, w.model FROM wanted w JOIN runs r ON r.row = w.run WHERE r.id = ? ORDER BY w.path");
    statement.bind_all(run);
    std::vector<WantedOutput> outputs;
    while (statement.step())
        outputs.push_back({std::string{as_text(statement.blob(0))}, static_cast<IsModel>(statement.integer(1))});
    return outputs;
}

std::vector<std::string> RunStore::ended_runs() {
    return texts(state_->database.statement("SELECT id FROM runs WHERE sealed = 0 AND state > 1 ORDER BY ended, id"));
}

std::optional<ExperimentName> RunStore::find_experiment(std::string_view name) {
    auto& statement = state_->database.statement(
        "SELECT id, name, created FROM experiments WHERE name = ? ORDER BY created, id LIMIT 1");
    if (!statement.bind_all(name).step()) return std::nullopt;
    ExperimentName experiment{statement.integer(0), std::string{statement.text(1)}, statement.integer(2)};
    statement.reset();
    return experiment;
}

std::vector<ExperimentName> RunStore::experiments() {
    auto& statement = state_->database.statement(
        "SELECT id, name, created FROM (SELECT *, row_number() OVER (PARTITION BY name ORDER BY created, id) AS place "
        "FROM "
        "experiments) WHERE place = 1 ORDER BY name");
    std::vector<ExperimentName> list;
    while (statement.step())
        list.push_back({statement.integer(0), std::string{statement.text(1)}, statement.integer(2)});
    return list;
}

}  // namespace mlo::track
