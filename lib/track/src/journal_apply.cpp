// SPDX-License-Identifier: Apache-2.0
#include "journal_apply.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <mlo/track/errors.hpp>
#include <mlo/util/text.hpp>

#include "run_check.hpp"

namespace mlo::track::journal {
namespace {

void add_once(std::vector<std::string>& list, const std::string& sentence) {
    if (std::ranges::find(list, sentence) == list.end()) list.push_back(sentence);
}

/// What the job's side says of a run, on top of what is known here.
RunDocument combined(const RunDocument& known, const RunDocument& said) {
    auto run = said;
    run.id = known.id;
    run.session = known.session;
    run.attempt = known.attempt;
    run.experiment = known.experiment;
    run.name = known.name;
    run.revision = known.revision;
    run.state = known.state;
    run.ended_ms = known.ended_ms;
    if (run.note.empty()) run.note = known.note;
    for (const auto& loss : known.losses) add_once(run.losses, loss);
    run.params = known.params;
    run.tags = known.tags;
    run.inputs = known.inputs;
    run.outputs = known.outputs;
    run.metrics = known.metrics;
    return run;
}

void create(RunStore::State& state, const Operation& operation) {
    auto run = *operation.document;
    auto& known =
        state.database.statement("SELECT id, created FROM experiments WHERE name = ? ORDER BY created, id LIMIT 1");
    if (known.bind_all(run.experiment.name).step()) {
        run.experiment.id = known.integer(0);
        run.experiment.created_ms = known.integer(1);
        known.reset();
    } else {
        rows::put_experiment(state.database, run.experiment);
    }
    check_run(run);
    const auto row = rows::insert(state.database, run, rows::Sealed::no);
    rows::put_process(state.database, row, *operation.process, Pulse::beats, operation.time_ms);
}

/// The lists that a document adds to, as a batch does. A parameter that has another value here keeps it.
void add_lists(RunStore::State& state, const rows::Run& row, RunDocument& known, const RunDocument& said) {
    std::vector<std::pair<std::string, std::string>> params;
    for (const auto& [key, value] : said.params) {
        const auto found = known.params.find(key);
        if (found == known.params.end())
            params.emplace_back(key, value);
        else if (found->second != value)
            add_once(known.losses,
                     fmt::format("the parameter {} has the value {} already, and could not become {}", quoted(key),
                                 quoted(found->second.substr(0, 64)), quoted(value.substr(0, 64))));
    }
    const std::vector<std::pair<std::string, std::string>> tags{said.tags.begin(), said.tags.end()};
    state.record(row, {.params = params, .tags = tags, .inputs = said.inputs, .outputs = said.outputs});
}

void write(RunStore::State& state, const rows::Run& row, const Operation& operation) {
    auto& database = state.database;
    auto known = rows::load(database, row.row);
    // Whoever writes lives, whatever was thought.
    const bool was_lost = known.state == RunState::lost;
    if (was_lost) {
        known.state = RunState::running;
        known.ended_ms.reset();
    }
    if (const auto& said = operation.document) {
        add_lists(state, row, known, *said);
        known = combined(known, *said);
        if (operation.kind == Kind::end) {
            known.state = said->state;
            known.ended_ms = std::max(known.started_ms, said->ended_ms.value_or(known.started_ms));
        }
    }
    if (operation.document || was_lost) {
        check_run(known);
        rows::update(database, row.row, known);
    }
    std::vector<MetricPoint> points;
    for (const auto& [key, series] : operation.points)
        for (const auto& point : series) points.push_back({key, point});
    state.record(row, {.points = points, .ingested = operation.ingested});
    if (const auto& job = operation.job)
        database.statement("UPDATE processes SET job_pid = ?, job_start_ticks = ? WHERE run = ?")
            .bind_all(job->first, job->second, row.row)
            .run();
    database.statement("UPDATE processes SET heartbeat = max(heartbeat, ?) WHERE run = ?")
        .bind_all(operation.time_ms, row.row)
        .run();
}

}  // namespace

std::optional<Position> find_position(db::Database& database, const std::string& run) {
    auto& known = database.statement("SELECT generation, offset, number FROM journals WHERE run = ?");
    std::optional<Position> position;
    if (known.bind_all(run).step())
        position = Position{.generation = static_cast<std::uint32_t>(known.integer(0)),
                            .offset = static_cast<std::uint64_t>(known.integer(1)),
                            .number = static_cast<std::uint64_t>(known.integer(2))};
    known.reset();
    return position;
}

void put_position(db::Database& database, const std::string& run, const Position& position) {
    database.statement("INSERT OR REPLACE INTO journals VALUES(?, ?, ?, ?)")
        .bind_all(run, position.generation, position.offset, position.number)
        .run();
}

void apply(RunStore::State& state, const std::string& run, const Frame& frame, const std::string& name) {
    auto& database = state.database;
    const auto row = rows::find(database, run);
    database.execute("SAVEPOINT frame");
    try {
        const auto operation = parse_operation(frame.payload, name);
        if (operation.document && operation.document->id != run)
            throw Error{errors::journal_invalid, fmt::format("{} speaks of another run", quoted(name))};
        if (!row && operation.kind != Kind::create)
            throw Error{errors::run_not_found, fmt::format("{} does not begin with its run", quoted(name))};
        if (!row)
            create(state, operation);
        else if (!row->is_deleted && (is_open(row->state) || row->state == RunState::lost))
            write(state, *row, operation);
        database.execute("RELEASE frame");
    } catch (const Error& error) {
        const bool is_of_frame = error.kind() == ErrorKind::corrupt || error.kind() == ErrorKind::usage ||
                                 error.kind() == ErrorKind::conflict || error.kind() == ErrorKind::config ||
                                 error.code().id == errors::run_too_large.id;
        if (!is_of_frame) throw;
        state.forget_series();
        database.execute("ROLLBACK TO frame; RELEASE frame");
        if (!row) throw;
        add_loss(state, run, fmt::format("a part of its journal was left out: {}", error.message()));
    }
}

void add_loss(RunStore::State& state, const std::string& run, const std::string& sentence) {
    const auto row = rows::find(state.database, run);
    if (!row || row->is_sealed) return;
    auto document = rows::load(state.database, row->row);
    add_once(document.losses, sentence);
    rows::update(state.database, row->row, document);
}

}  // namespace mlo::track::journal
