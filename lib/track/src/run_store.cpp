// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <mlo/track/errors.hpp>
#include <mlo/track/limits.hpp>
#include <mlo/util/text.hpp>

#include "run_check.hpp"
#include "run_schema.hpp"
#include "run_state.hpp"

namespace mlo::track {
namespace {

constexpr std::chrono::milliseconds longest_silence = std::chrono::minutes{5};

std::string shown_time(std::int64_t time_ms) { return to_rfc3339(Timestamp{std::chrono::milliseconds{time_ms}}); }

ExperimentName find_or_make_experiment(RunStore& store, std::string_view name, const RunStore::State& state) {
    check_experiment_name(name);
    if (auto known = store.find_experiment(name)) return *std::move(known);
    constexpr std::uint64_t least = 100'000'000'000'000'000;  // 18 digits
    ExperimentName made{.id = static_cast<std::int64_t>(least + draw(state.runtime.random, 9 * least)),
                        .name = std::string{name},
                        .created_ms = state.now_ms()};
    rows::put_experiment(store.state().database, made);
    return made;
}

template <class List>
void sort_and_unique(List& list) {
    std::ranges::sort(list);
    list.erase(std::unique(list.begin(), list.end()), list.end());
}

}  // namespace

void require_writable(const rows::Run& run, std::string_view id, const std::optional<Ingested>& ingested) {
    if (run.is_deleted)
        throw Error{errors::run_deleted, fmt::format("the run {} was deleted", quoted(id))}.hint(
            fmt::format("mlo runs restore {}", id));
    if (is_open(run.state) || (run.state == RunState::lost && !run.is_sealed && ingested)) return;
    throw Error{errors::run_ended, fmt::format("the run {} has ended: {}", quoted(id), to_string(run.state))};
}

RunStore::State::State(const std::string& path, db::Access wanted, const Runtime& world)
    : runtime{world},
      access{wanted},
      database{path, wanted, db::Durability::process, run_schema(), world},
      journal{database} {}

std::int64_t RunStore::State::now_ms() const {
    return std::chrono::duration_cast<std::chrono::milliseconds>(runtime.clock.now().time_since_epoch()).count();
}

RunStore::RunStore(const std::string& path, db::Access access, const Runtime& runtime)
    : state_{std::make_unique<State>(path, access, runtime)} {}
RunStore::~RunStore() = default;
RunStore::RunStore(RunStore&&) noexcept = default;
RunStore& RunStore::operator=(RunStore&&) noexcept = default;

RunDocument RunStore::create(RunDocument draft, const ProcessIdentity& process, Pulse pulse) {
    MLO_ASSERT(draft.metrics.empty() && !draft.series && !draft.ended_ms);
    auto& random = state_->runtime.random;
    constexpr std::size_t id_bytes = 16;
    draft.id = random.hex(id_bytes);
    draft.session = random.hex(id_bytes);
    draft.attempt = 1;
    draft.state = RunState::running;
    if (draft.name.empty()) draft.name = make_run_name(random);
    check_run_name(draft.name);
    if (draft.started_ms == 0) draft.started_ms = state_->now_ms();
    sort_and_unique(draft.inputs);
    sort_and_unique(draft.outputs);
    for (const auto& [key, value] : draft.params) {
        check_key(key, "parameter");
        check_text(value, max_param_bytes, "parameter", key);
    }
    for (const auto& [key, value] : draft.tags) {
        check_key(key, "tag");
        check_text(value, max_tag_bytes, "tag", key);
    }
    check_text(draft.note, max_note_bytes, "note", {});

    db::Transaction transaction{state_->database};
    draft.experiment = find_or_make_experiment(*this, draft.experiment.name, *state_);
    check_run(draft);
    const auto row = rows::insert(state_->database, draft, rows::Sealed::no);
    rows::put_process(state_->database, row, process, pulse, state_->now_ms());
    state_->journal_run(row, draft.id, {.kind = journal::Kind::create, .process = process});
    transaction.commit();
    return draft;
}

RunDocument RunStore::State::reopen(std::int64_t row, const ProcessIdentity& process, Pulse pulse) {
    auto run = rows::load(database, row);
    run.state = RunState::running;
    run.ended_ms.reset();
    run.exit_code.reset();
    run.signal.reset();
    run.series.reset();
    ++run.attempt;
    run.session = runtime.random.hex(run.session.size() / 2);
    rows::update(database, row, run);
    rows::put_process(database, row, process, pulse, now_ms());
    forget_series();
    return run;
}

bool RunStore::is_dead(const OpenRun& run, const ProcessProbe& probe) const {
    auto liveness = run.process ? probe(*run.process) : Liveness::unknown;
    if (liveness == Liveness::dead && run.job) liveness = probe(*run.job);
    if (liveness == Liveness::alive || liveness == Liveness::dead) return liveness == Liveness::dead;
    if (liveness == Liveness::unknown && run.pulse == Pulse::silent) return false;
    return state_->now_ms() - run.heartbeat_ms >= longest_silence.count();
}

RunDocument RunStore::resume(std::string_view run, const ProcessIdentity& process, const ProcessProbe& probe,
                             Pulse pulse) {
    auto& database = state_->database;
    const auto open = open_runs();
    const auto known = std::ranges::find(open, run, &OpenRun::id);
    if (known != open.end() && !is_dead(*known, probe))
        throw Error{errors::run_running, fmt::format("the run {} is running: process {} on {}", quoted(run),
                                                     known->process ? known->process->pid : 0,
                                                     quoted(known->process ? known->process->host : "?"))};
    db::Transaction transaction{database};
    const auto row = rows::get(database, run);
    if (row.is_deleted || row.is_sealed)
        require_writable({row.row, {}, RunState::finished, row.is_sealed, row.is_deleted}, run);
    if (is_open(row.state) && (known == open.end() || known->session != row.session))
        throw Error{errors::run_running, fmt::format("another process has just resumed the run {}", quoted(run))};
    auto document = state_->reopen(row.row, process, pulse);
    transaction.commit();
    return document;
}

void RunStore::edit(std::string_view run, const std::function<void(RunDocument&)>& change) {
    auto& database = state_->database;
    db::Transaction transaction{database};
    const auto row = rows::get(database, run);
    require_writable(row, run);
    const auto before = rows::load(database, row.row);
    auto after = before;
    change(after);
    MLO_ASSERT(after.id == before.id && after.session == before.session && after.state == before.state &&
               after.experiment == before.experiment && after.attempt == before.attempt);
    check_run(after);
    rows::update(database, row.row, after);
    state_->journal_run(row.row, run, {});
    transaction.commit();
}

bool RunStore::heartbeat(std::string_view run, std::string_view session) {
    auto& database = state_->database;
    db::Transaction transaction{database};
    const auto row = rows::find(database, run);
    if (!row || row->session != session || row->is_sealed) return false;
    if (row->state == RunState::lost) {
        auto document = rows::load(database, row->row);
        document.state = RunState::running;
        document.ended_ms.reset();
        rows::update(database, row->row, document);
    } else if (!is_open(row->state)) {
        return false;
    }
    database.statement("UPDATE processes SET heartbeat = ? WHERE run = ?").bind_all(state_->now_ms(), row->row).run();
    state_->journal_batch(row->row, run, {});
    transaction.commit();
    return true;
}

void RunStore::State::end(const rows::Run& row, const Ending& ending) {
    MLO_ASSERT(!is_open(ending.state));
    auto run = rows::load(database, row.row);
    run.state = ending.state;
    const auto end = ending.ended_ms.value_or(now_ms());
    run.ended_ms = std::max(run.started_ms, end);
    if (end < run.started_ms)
        run.losses.push_back(fmt::format("how long it took: the clock went back, from {} at the start to {} at the end",
                                         shown_time(run.started_ms), shown_time(end)));
    run.exit_code = ending.exit_code;
    run.signal = ending.signal;
    if (ending.log) run.log = ending.log;
    for (const auto& change : ending.changed)
        if (std::ranges::find(run.source.changed, change) == run.source.changed.end())
            run.source.changed.push_back(change);
    run.losses.insert(run.losses.end(), ending.losses.begin(), ending.losses.end());
    check_run(run);
    rows::update(database, row.row, run);
}

void RunStore::end(std::string_view run, const Ending& ending) {
    db::Transaction transaction{state_->database};
    const auto row = rows::get(state_->database, run);
    // The wrapper knows better than who found no sign of it.
    if (row.is_sealed || (row.state != RunState::lost && !is_open(row.state))) require_writable(row, run);
    state_->end(row, ending);
    state_->journal_run(row.row, run, {.kind = journal::Kind::end});
    transaction.commit();
}

void RunStore::set_job(std::string_view run, std::int64_t pid, std::uint64_t start_ticks) {
    auto& database = state_->database;
    db::Transaction transaction{database};
    const auto row = rows::get(database, run);
    require_writable(row, run);
    database.statement("UPDATE processes SET job_pid = ?, job_start_ticks = ? WHERE run = ?")
        .bind_all(pid, start_ticks, row.row)
        .run();
    state_->journal_run(row.row, run, {.job = std::pair{pid, start_ticks}});
    transaction.commit();
}

std::vector<OpenRun> RunStore::open_runs() {
    auto& statement = state_->database.statement(
        "SELECT r.id, r.session, p.heartbeat, p.pid, p.start_ticks, p.boot_id, p.pid_space, p.host, r.started, "
        "p.job_pid, p.job_start_ticks, p.silent FROM runs r "
        "LEFT JOIN processes p ON p.run = r.row WHERE r.sealed = 0 AND r.state IN (0, 1) ORDER BY r.started, r.id");
    std::vector<OpenRun> open;
    while (statement.step()) {
        auto& run = open.emplace_back();
        run.id = statement.text(0);
        run.session = statement.text(1);
        run.heartbeat_ms = statement.integer(statement.is_null(2) ? 8 : 2);
        if (statement.is_null(2)) continue;
        run.process = ProcessIdentity{statement.integer(3), static_cast<std::uint64_t>(statement.integer(4)),
                                      std::string{statement.text(5)}, std::string{statement.text(6)},
                                      std::string{statement.text(7)}};
        run.pulse = static_cast<Pulse>(statement.integer(11));
        if (statement.is_null(9)) continue;
        run.job = run.process;
        run.job->pid = statement.integer(9);
        run.job->start_ticks = static_cast<std::uint64_t>(statement.integer(10));
    }
    return open;
}

std::vector<std::string> RunStore::settle(const ProcessProbe& probe) {
    auto& database = state_->database;
    std::vector<std::string> lost;
    for (const auto& run : open_runs()) {
        if (!is_dead(run, probe)) continue;
        db::Transaction transaction{database};
        const auto row = rows::find(database, run.id);
        if (!row || row->session != run.session || !is_open(row->state)) continue;  // somebody was faster
        auto& seen = database.statement(
            "SELECT max(p.heartbeat), (SELECT max(last_time) FROM series WHERE run = p.run) FROM processes p WHERE "
            "p.run = ?");
        static_cast<void>(seen.bind_all(row->row).step());
        if (seen.integer(0) > run.heartbeat_ms) continue;
        const auto sign = std::max(run.heartbeat_ms, seen.integer(1));
        seen.reset();
        const auto started = rows::load(database, row->row).started_ms;
        state_->end(*row, {.state = RunState::lost,
                           .ended_ms = std::max(started, std::min(sign, state_->now_ms())),
                           .exit_code = {},
                           .signal = {},
                           .log = {},
                           .changed = {},
                           .losses = {}});
        transaction.commit();
        lost.push_back(run.id);
    }
    return lost;
}

}  // namespace mlo::track
