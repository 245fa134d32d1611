// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <mlo/json/canonical.hpp>
#include <mlo/json/parse.hpp>
#include <mlo/store/errors.hpp>
#include <mlo/track/archive.hpp>
#include <mlo/track/errors.hpp>
#include <mlo/track/limits.hpp>
#include <mlo/util/text.hpp>
#include <tuple>

#include "outsourced.hpp"
#include "run_state.hpp"

namespace mlo::track {
namespace {

/// Events that one transaction of runs.db takes, so that others do not wait for long.
constexpr std::size_t events_at_once = 200;

constexpr std::string_view experiment_kind = "experiment.created";

bool is_of_run(std::string_view kind) noexcept { return kind == "run.sealed" || kind == "run.amended"; }

struct SealedRun {
    RunDocument document;
    ledger::Place place;
    [[nodiscard]] auto rank() const {
        return std::tuple{document.attempt, document.ended_ms.value_or(0), std::string_view{place.writer}, place.seq};
    }
};

struct AmendedRun {
    Amendment amendment;
    Timestamp time;
    ledger::Place place;
    [[nodiscard]] auto rank() const {
        return std::tuple{amendment.revision, time, std::string_view{place.writer}, place.seq};
    }
};

void amend_row(db::Database& database, std::int64_t row, const Amendment& amendment) {
    if (amendment.name)
        database.statement("UPDATE runs SET name = ? WHERE row = ?").bind_all(*amendment.name, row).run();
    if (amendment.note)
        database.statement("UPDATE runs SET note = ? WHERE row = ?").bind_all(*amendment.note, row).run();
    if (amendment.deleted)
        database.statement("UPDATE runs SET deleted = ? WHERE row = ?")
            .bind_all(static_cast<int>(*amendment.deleted), row)
            .run();
    for (const auto& [key, value] : amendment.tags) {
        if (value)
            rows::put_tag(database, row, key, *value);
        else if (const auto name = rows::find_name(database, key))
            database.statement("DELETE FROM tags WHERE run = ? AND name = ?").bind_all(row, *name).run();
    }
    database.statement("UPDATE runs SET revision = max(revision, ?) WHERE row = ?")
        .bind_all(amendment.revision, row)
        .run();
}

}  // namespace

ledger::Watermarks Archive::watermarks() {
    ledger::Watermarks seen;
    auto& statement = runs_.state().database.statement("SELECT writer, seq FROM applied");
    while (statement.step()) seen.emplace(statement.text(0), static_cast<std::uint64_t>(statement.integer(1)));
    return seen;
}

std::vector<Archive::Pending> Archive::gather(const ledger::Watermarks& seen) {
    std::vector<Pending> events;
    ledger_.for_each_since(seen, [&](const ledger::Event& event) {
        events.push_back({{event.writer, event.seq}, event.kind, event.subject, event.body});
    });
    return events;
}

std::uint64_t Archive::catch_up(Unread unread) {
    const auto seen = watermarks();
    const auto heads = ledger_.heads();
    const bool is_current = std::ranges::all_of(heads, [&](const auto& head) {
        const auto known = seen.find(head.first);
        return known != seen.end() && known->second >= head.second.seq;
    });
    const auto events = is_current ? std::vector<Pending>{} : gather(seen);
    for (std::size_t at = 0; at < events.size(); at += events_at_once)
        apply(std::span{events}.subspan(at, std::min(events_at_once, events.size() - at)));
    if (unread == Unread::leave) return events.size();

    for (const auto& event : this->unread()) {
        const auto id = store::ObjectId::parse(event.missing);
        if (!id || (!ledger_.body(*id) && !objects_.contains(*id))) continue;
        db::Transaction transaction{runs_.state().database};
        const auto full = ledger_.find(event.writer, event.seq);
        if (full && full->kind == experiment_kind)
            apply_experiment({{event.writer, event.seq}, full->kind, full->subject, full->body});
        else
            apply_run(event.subject);
        transaction.commit();
    }
    return events.size();
}

void Archive::apply(std::span<const Pending> events) {
    runtime_.check_stop();
    auto& database = runs_.state().database;
    db::Transaction transaction{database};
    std::set<std::string> runs;  // each once, however many events speak of it
    for (const auto& event : events) {
        if (event.kind == experiment_kind) apply_experiment(event);
        if (is_of_run(event.kind)) runs.insert(event.subject);
        if (event.kind == ledger::retract_kind) {
            const auto place = ledger::Place::parse(event.subject);
            const auto target = place ? ledger_.find(place->writer, place->seq) : std::nullopt;
            if (target && is_of_run(target->kind)) runs.insert(target->subject);
        }
        database.statement("INSERT INTO applied VALUES(?, ?) ON CONFLICT DO UPDATE SET seq = max(seq, excluded.seq)")
            .bind_all(event.place.writer, event.place.seq)
            .run();
    }
    for (const auto& run : runs) apply_run(run);
    transaction.commit();
}

void Archive::set_unread(const ledger::Place& place, std::string_view subject, std::string_view missing,
                         std::string_view reason) {
    runs_.state()
        .database.statement("INSERT OR REPLACE INTO unread VALUES(?, ?, ?, ?, ?)")
        .bind_all(place.writer, place.seq, subject, missing, reason)
        .run();
}

std::vector<UnreadEvent> Archive::unread() {
    auto& statement =
        runs_.state().database.statement("SELECT writer, seq, subject, body, reason FROM unread ORDER BY writer, seq");
    std::vector<UnreadEvent> list;
    while (statement.step())
        list.push_back({std::string{statement.text(0)}, static_cast<std::uint64_t>(statement.integer(1)),
                        std::string{statement.text(2)}, std::string{statement.text(3)},
                        std::string{statement.text(4)}});
    return list;
}

void Archive::apply_experiment(const Pending& event) {
    auto& database = runs_.state().database;
    const auto body = event.body ? ledger_.body(*event.body) : std::nullopt;
    database.statement("DELETE FROM unread WHERE writer = ? AND seq = ?")
        .bind_all(event.place.writer, event.place.seq)
        .run();
    if (!body) {
        set_unread(event.place, event.subject, event.body ? event.body->to_string() : "", "its body was not fetched");
        return;
    }
    try {
        const auto experiment = parse_experiment(*body, event.subject);
        if (fmt::to_string(experiment.id) != event.subject)
            throw Error{errors::run_invalid,
                        fmt::format("the event of {} has another experiment", quoted(event.subject))};
        rows::put_experiment(database, experiment);
        database.statement("UPDATE experiments SET recorded = 1 WHERE id = ?").bind_all(experiment.id).run();
    } catch (const Error& error) {
        if (error.code().id != errors::run_invalid.id) throw;
        set_unread(event.place, event.subject, "", error.message());
    }
}

Archive::Body Archive::read_body(const ledger::Event& event, std::string_view run) {
    auto body = event.body ? ledger_.body(*event.body) : std::nullopt;
    if (!body) return {{}, event.body ? event.body->to_string() : "", "its body was not fetched"};
    const auto blob = find_outsourced(*body, run);
    if (!blob) return {std::move(body), {}, {}};
    const bool is_named = std::ranges::any_of(event.ids, [&](const store::ObjectRef& ref) { return ref.id == *blob; });
    if (!is_named)
        throw Error{errors::run_invalid, fmt::format("the event of {} does not name its document", quoted(run))};
    if (!objects_.contains(*blob)) return {{}, blob->to_string(), "its document was not fetched"};
    return {std::string{as_text(objects_.read_all(*blob, max_document_bytes))}, {}, {}};
}

void Archive::apply_run(const std::string& run) {
    auto& database = runs_.state().database;
    database.statement("DELETE FROM unread WHERE subject = ?").bind_all(run).run();
    std::optional<SealedRun> sealed;
    std::vector<AmendedRun> amended;
    for (const auto& event : ledger_.by_subject(run)) {
        const ledger::Place place{event.writer, event.seq};
        if (!is_of_run(event.kind) || ledger_.is_retracted(place)) continue;
        try {
            const auto body = read_body(event, run);
            if (!body.text) {
                set_unread(place, run, body.missing, body.reason);
                continue;
            }
            if (event.kind == "run.amended") {
                amended.push_back({parse_amendment(*body.text, run), event.time, place});
                continue;
            }
            SealedRun candidate{parse_run(*body.text, run), place};
            if (candidate.document.id != run || is_open(candidate.document.state))
                throw Error{errors::run_invalid,
                            fmt::format("the event of {} has another run, or an open one", quoted(run))};
            if (!sealed || candidate.rank() > sealed->rank()) sealed = std::move(candidate);
        } catch (const Error& error) {
            if (error.kind() != ErrorKind::corrupt && error.kind() != ErrorKind::config) throw;
            set_unread(place, run, "", error.message());
        }
    }

    const auto row = rows::find(database, run);
    if (row && !row->is_sealed && (!sealed || sealed->document.session != row->session))
        return;  // it is ahead of the ledger
    if (row) rows::remove(database, row->row);
    if (!sealed) return;
    rows::put_experiment(database, sealed->document.experiment);
    const auto made = rows::insert(database, sealed->document, rows::Sealed::yes);
    std::ranges::sort(amended, [](const AmendedRun& a, const AmendedRun& b) { return a.rank() < b.rank(); });
    for (const auto& change : amended)
        if (change.amendment.revision > sealed->document.revision) amend_row(database, made, change.amendment);
}

namespace {

/// What a user may have got wrong, in the user's terms.
void check_amendment_of_user(const Amendment& amendment) {
    if (amendment.name) check_run_name(*amendment.name);
    if (amendment.note) check_text(*amendment.note, max_note_bytes, "note", {});
    for (const auto& [key, value] : amendment.tags) {
        check_key(key, "tag");
        if (value) check_text(*value, max_tag_bytes, "tag", key);
    }
}

}  // namespace

void Archive::amend(std::string_view run, Amendment amendment) {
    check_amendment_of_user(amendment);
    const auto id = std::string{run};
    while (true) {
        if (runs_.status(id).is_sealed) {
            require_whole_chain();
            amendment.revision = runs_.get(id).revision + 1;
            ledger_.append(writer_,
                           {.kind = "run.amended", .subject = id, .ids = {}, .body = to_canonical_json(amendment)});
            catch_up();
            return;
        }
        amendment.revision = 1;
        static_cast<void>(to_canonical_json(amendment));  // checks it
        auto& database = runs_.state().database;
        db::Transaction transaction{database};
        const auto row = rows::get(database, id);
        if (row.is_sealed) continue;  // just now
        const auto revision = rows::load(database, row.row).revision;
        amend_row(database, row.row, amendment);
        database.statement("UPDATE runs SET revision = ? WHERE row = ?").bind_all(revision, row.row).run();
        transaction.commit();
        return;
    }
}

void Archive::rebuild() {
    auto& database = runs_.state().database;
    db::Transaction transaction{database};
    for (const auto* table : {"params", "tags", "inputs", "outputs", "processes", "ingested", "wanted"})
        database.statement(fmt::format("DELETE FROM {} WHERE run IN (SELECT row FROM runs WHERE sealed = 1)", table))
            .run();
    for (const auto* sql : {"DELETE FROM points WHERE series IN (SELECT id FROM series WHERE sealed = 1)",
                            "DELETE FROM series WHERE sealed = 1", "DELETE FROM runs WHERE sealed = 1",
                            "DELETE FROM applied", "DELETE FROM unread",
                            "DELETE FROM experiments WHERE recorded = 1 AND id NOT IN (SELECT experiment FROM runs)",
                            "UPDATE experiments SET recorded = 0"})
        database.statement(sql).run();
    transaction.commit();
    catch_up();
}

}  // namespace mlo::track
