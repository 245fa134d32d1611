// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <mlo/track/errors.hpp>
#include <mlo/track/limits.hpp>
#include <mlo/util/text.hpp>

#include "run_state.hpp"

namespace mlo::track {
namespace {

std::int64_t count_of(db::Database& database, std::string_view sql, std::int64_t row) {
    auto& statement = database.statement(sql);
    static_cast<void>(statement.bind_all(row).step());
    const auto count = statement.integer(0);
    statement.reset();
    return count;
}

void check_room(std::int64_t count, std::uint64_t limit, std::string_view what) {
    if (static_cast<std::uint64_t>(count) <= limit) return;
    throw Error{errors::run_too_large, fmt::format("the run would have over {} {}", format_count(limit), what)};
}

void record_param(db::Database& database, std::int64_t row, const std::string& key, const std::string& value) {
    check_key(key, "parameter");
    check_text(value, max_param_bytes, "parameter", key);
    const auto name = rows::intern(database, key);
    auto& known = database.statement("SELECT value FROM params WHERE run = ? AND name = ?");
    if (known.bind_all(row, name).step()) {
        const bool is_same = known.text(0) == value;
        const std::string before{known.text(0).substr(0, 64)};
        known.reset();
        if (is_same) return;
        throw Error{errors::param_conflict,
                    fmt::format("the parameter {} has the value {} already, and cannot become {}", quoted(key),
                                quoted(before), quoted(value.substr(0, 64)))};
    }
    database.statement("INSERT INTO params VALUES(?, ?, ?)").bind_all(row, name, value).run();
    check_room(count_of(database, "SELECT count(*) FROM params WHERE run = ?", row), max_keys, "parameters");
}

void record_tag(db::Database& database, std::int64_t row, const std::string& key, const std::string& value) {
    check_key(key, "tag");
    check_text(value, max_tag_bytes, "tag", key);
    rows::put_tag(database, row, key, value);
    check_room(count_of(database, "SELECT count(*) FROM tags WHERE run = ?", row), max_keys, "tags");
}

void merge(MetricSummary& into, const MetricSummary& added) {
    const auto count = into.count + added.count;
    if (added.min) into.add(*added.min);
    if (added.max) into.add(*added.max);
    into.add(added.last);
    into.count = count;
}

void store_summary(db::Database& database, const RunStore::State::Slot& slot) {
    auto& read = database.statement(
        "SELECT count, last_step, last_time, last, min_step, min_time, min, max_step, max_time, max FROM series WHERE "
        "id = ?");
    MLO_ASSERT(read.bind_all(slot.series).step());
    auto summary = rows::read_summary(read, 0);
    read.reset();
    merge(summary, slot.added);
    auto& write = database.statement(
        "UPDATE series SET count = ?, last_step = ?, last_time = ?, last = ?, min_step = ?, min_time = ?, min = ?, "
        "max_step = ?, "
        "max_time = ?, max = ? WHERE id = ?");
    rows::bind_summary(write, 1, summary);
    write.bind(11, slot.series).run();
}

}  // namespace

void RunStore::State::forget_series() {
    cached_session.clear();
    cached_keys.clear();
    slots.clear();
}

RunStore::State::Slot& RunStore::State::slot_of(const rows::Run& run, std::string_view key) {
    if (const auto known = cached_keys.find(key); known != cached_keys.end()) return slots[known->second];
    check_key(key, "metric");
    const auto name = rows::intern(database, key);
    Slot slot;
    auto& find = database.statement("SELECT id FROM series WHERE run = ? AND name = ?");
    if (find.bind_all(run.row, name).step()) {
        slot.series = find.integer(0);
        find.reset();
    } else {
        database
            .statement("INSERT INTO series(run, name, sealed, count, last_step, last_time) VALUES(?, ?, 0, 0, 0, 0)")
            .bind_all(run.row, name)
            .run();
        slot.series = database.last_row_id();
        check_room(count_of(database, "SELECT count(*) FROM series WHERE run = ?", run.row), max_keys, "metrics");
    }
    cached_keys.emplace(key, slots.size());
    return slots.emplace_back(slot);
}

std::int64_t RunStore::State::following_step(const Slot& slot) {
    auto& statement = database.statement("SELECT count, last_step FROM series WHERE id = ?");
    MLO_ASSERT(statement.bind_all(slot.series).step());
    std::optional<std::int64_t> greatest;
    if (statement.integer(0) > 0) greatest = statement.integer(1);
    statement.reset();
    if (slot.is_touched) greatest = std::max(greatest.value_or(slot.added.last.step), slot.added.last.step);
    if (!greatest) return 0;
    return *greatest == std::numeric_limits<std::int64_t>::max() ? *greatest : *greatest + 1;
}

void RunStore::State::record_points(const rows::Run& run, std::span<const MetricPoint> points, Steps steps) {
    if (cached_session != run.session) {
        forget_series();
        cached_session = run.session;
    }
    auto& insert = database.statement("INSERT OR IGNORE INTO points VALUES(?, ?, ?, ?, ?)");
    for (const auto& [key, given] : points) {
        auto& slot = slot_of(run, key);
        auto point = given;
        if (steps == Steps::following) point.step = following_step(slot);
        const bool is_nan = std::isnan(point.value);
        if (is_nan || point.value == 0) point.value = is_nan ? std::nan("") : 0;  // one NaN, and no minus zero
        insert.bind_all(slot.series, point.step, point.time_ms, static_cast<int>(is_nan), is_nan ? 0 : point.value)
            .run();
        if (database.changes() == 0) continue;  // it is there already
        slot.is_touched = true;
        slot.added.add(point);
        if (journal.is_on()) journaled.emplace_back(key, point);
    }
    for (auto& slot : slots) {
        if (!slot.is_touched) continue;
        store_summary(database, slot);
        slot.is_touched = false;
        slot.added = {};
    }
}

void RunStore::State::record(const rows::Run& row, const Batch& batch) {
    journaled.clear();
    if (!batch.points.empty()) record_points(row, batch.points, batch.steps);
    for (const auto& [key, value] : batch.params) record_param(database, row.row, key, value);
    for (const auto& [key, value] : batch.tags) record_tag(database, row.row, key, value);
    if (batch.note) {
        check_text(*batch.note, max_note_bytes, "note", {});
        database.statement("UPDATE runs SET note = ? WHERE row = ?").bind_all(*batch.note, row.row).run();
    }
    for (const auto& input : batch.inputs) rows::put_input(database, row.row, input);
    for (const auto& output : batch.outputs) rows::put_output(database, row.row, output);
    if (!batch.inputs.empty())
        check_room(count_of(database, "SELECT count(*) FROM inputs WHERE run = ?", row.row), max_objects, "inputs");
    if (!batch.outputs.empty())
        check_room(count_of(database, "SELECT count(*) FROM outputs WHERE run = ?", row.row), max_objects, "outputs");
    if (batch.ingested)
        database.statement("INSERT OR REPLACE INTO ingested VALUES(?, ?, ?, ?)")
            .bind_all(row.row, as_bytes(batch.ingested->file), batch.ingested->offset_bytes, batch.ingested->lines)
            .run();
}

void RunStore::record(std::string_view run, const Batch& batch) {
    auto& database = state_->database;
    db::Transaction transaction{database};
    try {
        const auto row = rows::get(database, run);
        require_writable(row, run, batch.ingested);
        state_->record(row, batch);
        state_->journal_batch(row.row, run, batch);
        transaction.commit();
    } catch (...) {
        state_->forget_series();  // some may have been made by what is undone now
        throw;
    }
}

void RunStore::want(std::string_view run, std::span<const WantedOutput> outputs) {
    auto& database = state_->database;
    db::Transaction transaction{database};
    const auto row = rows::get(database, run);
    require_writable(row, run);
    for (const auto& output : outputs)
        database.statement("INSERT OR REPLACE INTO wanted VALUES(?, ?, ?)")
            .bind_all(row.row, as_bytes(output.path), static_cast<int>(output.is_model))
            .run();
    check_room(count_of(database, "SELECT count(*) FROM wanted WHERE run = ?", row.row), max_objects, "outputs");
    transaction.commit();
}

}  // namespace mlo::track
