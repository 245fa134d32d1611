// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <mlo/track/run_store.hpp>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "journal_writer.hpp"
#include "run_rows.hpp"

namespace mlo::track {

struct RunStore::State {
    State(const std::string& path, db::Access access, const Runtime& runtime);

    /// A series of the run that was written to last.
    struct Slot {
        std::int64_t series = 0;
        bool is_touched = false;  ///< by the batch that is being recorded
        MetricSummary added;      ///< by it
    };
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view key) const noexcept { return std::hash<std::string_view>{}(key); }
    };

    [[nodiscard]] std::int64_t now_ms() const;
    /// Makes `row` an open run again, with a new session.
    RunDocument reopen(std::int64_t row, const ProcessIdentity& process, Pulse pulse);
    void end(const rows::Run& row, const Ending& ending);

    /// A batch, in a Transaction. The series must be forgotten when that is undone.
    void record(const rows::Run& row, const Batch& batch);
    /// Appends to the run's journal, if this is a scratch store; last in a Transaction.
    void journal_run(std::int64_t row, std::string_view run, journal::Operation operation);
    void journal_batch(std::int64_t row, std::string_view run, const Batch& batch);

    void record_points(const rows::Run& run, std::span<const MetricPoint> points, Steps steps);
    /// The one after the greatest step of a series, or of what this batch adds to it.
    [[nodiscard]] std::int64_t following_step(const Slot& slot);
    Slot& slot_of(const rows::Run& run, std::string_view key);
    void forget_series();

    Runtime runtime;
    db::Access access;
    db::Database database;

    std::string cached_session;
    std::unordered_map<std::string, std::size_t, Hash, std::equal_to<>> cached_keys;
    std::vector<Slot> slots;

    journal::Writer journal;
    std::vector<std::pair<std::string, Point>> journaled;  ///< what the batch that is being recorded adds
};

/// Throws run_ended, run_deleted.
void require_writable(const rows::Run& run, std::string_view id, const std::optional<Ingested>& ingested = {});

/// "calm-otter-417".
[[nodiscard]] std::string make_run_name(Random& random);
/// A number below `limit`.
[[nodiscard]] std::uint64_t draw(Random& random, std::uint64_t limit);

}  // namespace mlo::track
