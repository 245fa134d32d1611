// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <mlo/db/database.hpp>
#include <mlo/track/liveness.hpp>
#include <mlo/track/run.hpp>
#include <optional>
#include <string>
#include <string_view>

/// Rows of runs.db. Whoever writes holds a Transaction.
namespace mlo::track::rows {

enum class Sealed : std::uint8_t { no, yes };

/// What decides over the writing of a run.
struct Run {
    std::int64_t row = 0;
    std::string session;
    RunState state = RunState::running;
    bool is_sealed = false;
    bool is_deleted = false;
};

[[nodiscard]] std::optional<Run> find(db::Database& database, std::string_view id);
/// Throws run_not_found.
[[nodiscard]] Run get(db::Database& database, std::string_view id);

/// The number of a key, made if need be.
[[nodiscard]] std::int64_t intern(db::Database& database, std::string_view key);
[[nodiscard]] std::optional<std::int64_t> find_name(db::Database& database, std::string_view key);

/// Adds a run with all that the document has.
std::int64_t insert(db::Database& database, const RunDocument& run, Sealed sealed);
/// Replaces the row of the table runs and leaves the other tables alone.
void update(db::Database& database, std::int64_t row, const RunDocument& run);
[[nodiscard]] RunDocument load(db::Database& database, std::int64_t row);
/// Removes the run from all tables.
void remove(db::Database& database, std::int64_t row);

void put_tag(db::Database& database, std::int64_t row, std::string_view key, std::string_view value);
void put_input(db::Database& database, std::int64_t row, const Input& input);
void put_output(db::Database& database, std::int64_t row, const Output& output);
void put_process(db::Database& database, std::int64_t row, const ProcessIdentity& process, Pulse pulse,
                 std::int64_t now_ms);

/// Adds an experiment; of two that have one id the one made earlier stays, so that order does not matter.
void put_experiment(db::Database& database, const ExperimentName& experiment);

/// Columns of a summary: count, and step, time and value of last, min, max.
void bind_summary(db::Statement& statement, int first_parameter, const MetricSummary& summary);
[[nodiscard]] MetricSummary read_summary(db::Statement& statement, int first_column);

}  // namespace mlo::track::rows
