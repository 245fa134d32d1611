// SPDX-License-Identifier: Apache-2.0
#include "salvaged_runs.hpp"

#include <fmt/format.h>

#include <limits>
#include <map>
#include <mlo/util/text.hpp>
#include <utility>

#include "run_check.hpp"
#include "run_state.hpp"

namespace mlo::track {
namespace {

constexpr std::size_t points_at_once = 10'000;
constexpr std::string_view may_lack =
    "what the run store had on damaged pages when it was rebuilt: parameters, tags, inputs, outputs or points may be "
    "missing";

/// What is neither sealed nor whole, with its number of rows.
constexpr std::pair<std::string_view, std::string_view> fragments[] = {
    {"run that was not sealed",
     "SELECT count(*) FROM (SELECT run FROM processes UNION SELECT run FROM series WHERE sealed = 0 UNION SELECT run "
     "FROM wanted UNION SELECT run FROM ingested) WHERE run NOT IN (SELECT row FROM runs)"},
    {"parameter",
     "SELECT count(*) FROM params JOIN runs ON row = run AND sealed = 0 WHERE params.name NOT IN (SELECT id FROM "
     "names)"},
    {"tag",
     "SELECT count(*) FROM tags JOIN runs ON row = run AND sealed = 0 WHERE tags.name NOT IN (SELECT id FROM names)"},
    {"metric",
     "SELECT count(*) FROM series JOIN runs ON row = run AND runs.sealed = 0 WHERE series.name NOT IN (SELECT id FROM "
     "names)"},
    {"point",
     "SELECT count(*) FROM points WHERE series NOT IN (SELECT s.id FROM series s JOIN runs ON row = run JOIN names n "
     "ON n.id = s.name)"},
};

struct Row {
    std::int64_t number = 0;
    std::string id;
    bool is_sealed = false;
    bool is_deleted = false;
};

class Copy {
public:
    Copy(RunStore& from, RunStore& to, const db::Salvage& salvage, const Runtime& runtime)
        : from_{from.state().database}, to_{to.state()}, runtime_{runtime} {
        is_damaged_ = salvage.unreadable_pages > 0 || salvage.refused_rows > 0;
    }

    std::vector<std::string> run() {
        for (const auto& [what, count] : fragments) {
            const auto number = integer(count);
            if (number == 0) continue;
            lost_.push_back(
                fmt::format("{} of which not enough is left", plural(number, what, fmt::format("{}s", what))));
            is_damaged_ = true;
        }
        copy_experiments();
        for (const auto& row : rows()) {
            runtime_.check_stop();
            copy_run(row);
        }
        copy_journals();
        return std::move(lost_);
    }

private:
    std::uint64_t integer(std::string_view sql) {
        auto& select = from_.statement(sql);
        static_cast<void>(select.step());
        const auto number = static_cast<std::uint64_t>(select.integer(0));
        select.reset();
        return number;
    }

    std::vector<Row> rows() {
        std::vector<Row> rows;
        auto& select = from_.statement("SELECT row, id, sealed, deleted FROM runs ORDER BY started, id");
        while (select.step())
            rows.push_back(
                {select.integer(0), std::string{select.text(1)}, select.integer(2) != 0, select.integer(3) != 0});
        return rows;
    }

    void copy_experiments() {
        db::Transaction transaction{to_.database};
        auto& select = from_.statement("SELECT id, name, created FROM experiments");
        while (select.step()) {
            const ExperimentName experiment{select.integer(0), std::string{select.text(1)}, select.integer(2)};
            // Runs say themselves which one is theirs.
            if (is_sound([&] { check_experiment(experiment, "experiment"); }))
                rows::put_experiment(to_.database, experiment);
        }
        transaction.commit();
    }

    template <class Check>
    static bool is_sound(Check check) {
        try {
            check();
            return true;
        } catch (const Error& error) {
            if (error.kind() != ErrorKind::corrupt && error.kind() != ErrorKind::config &&
                error.kind() != ErrorKind::usage && error.kind() != ErrorKind::unsupported)
                throw;
            return false;
        }
    }

    /// Points are read again, one by one: the summaries of metrics are made of those that are there.
    void copy_run(const Row& row) {
        RunDocument run;
        std::map<std::string, MetricSummary> summaries;
        const bool is_readable = is_sound([&] {
            run = rows::load(from_, row.number);
            if (!row.is_sealed) summaries = std::exchange(run.metrics, {});
            if (is_damaged_) run.losses.emplace_back(may_lack);
            check_run(run);
        });
        if (!is_readable) {
            // A sealed one comes back from the ledger.
            if (!row.is_sealed) lost_.push_back(fmt::format("the run {}, which was not sealed", printable(row.id)));
            return;
        }
        db::Transaction transaction{to_.database};
        const auto made = rows::insert(to_.database, run, row.is_sealed ? rows::Sealed::yes : rows::Sealed::no);
        if (row.is_deleted) to_.database.statement("UPDATE runs SET deleted = 1 WHERE row = ?").bind_all(made).run();
        if (!row.is_sealed) {
            copy_open(row.number, made);
            for (const auto& [key, summary] : summaries)
                copy_points({made, run.session, run.state, false, false}, row, key, summary);
        }
        transaction.commit();
        to_.forget_series();
    }

    void copy_open(std::int64_t from, std::int64_t to) {
        auto& process = from_.statement(
            "SELECT pid, start_ticks, boot_id, pid_space, host, heartbeat, job_pid, job_start_ticks, silent FROM "
            "processes WHERE run = ?");
        if (process.bind_all(from).step()) {
            const auto job = [&](int column) {
                return process.is_null(column) ? std::nullopt : std::optional{process.integer(column)};
            };
            to_.database.statement("INSERT INTO processes VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
                .bind_all(to, process.integer(0), process.integer(1), process.text(2), process.text(3), process.text(4),
                          process.integer(5), job(6), job(7), process.integer(8))
                .run();
            process.reset();
        }
        auto& wanted = from_.statement("SELECT path, model FROM wanted WHERE run = ?");
        for (wanted.bind_all(from); wanted.step();)
            to_.database.statement("INSERT INTO wanted VALUES(?, ?, ?)")
                .bind_all(to, wanted.blob(0), wanted.integer(1))
                .run();
        auto& ingested = from_.statement("SELECT file, offset, lines FROM ingested WHERE run = ?");
        for (ingested.bind_all(from); ingested.step();)
            to_.database.statement("INSERT INTO ingested VALUES(?, ?, ?, ?)")
                .bind_all(to, ingested.blob(0), ingested.integer(1), ingested.integer(2))
                .run();
    }

    void copy_points(const rows::Run& made, const Row& row, const std::string& key, const MetricSummary& summary) {
        std::vector<MetricPoint> points;
        std::uint64_t count = 0;
        const auto flush = [&] {
            if (!points.empty()) to_.record(made, {.points = points});
            count += points.size();
            points.clear();
        };
        auto& select = from_.statement(
            "SELECT step, time, nan, value FROM points WHERE series = (SELECT s.id FROM series s JOIN names n ON n.id "
            "= s.name WHERE s.run = ? AND n.text = ?) ORDER BY step, time, nan, value");
        for (select.bind_all(row.number, key); select.step();) {
            const auto value = select.integer(2) != 0 ? std::numeric_limits<double>::quiet_NaN() : select.real(3);
            points.push_back({key, {select.integer(0), select.integer(1), value}});
            if (points.size() == points_at_once) flush();
        }
        flush();
        if (count < summary.count)
            lost_.push_back(fmt::format("{} of the metric {} of run {}, which is not sealed",
                                        plural(summary.count - count, "point", "points"), quoted(key), row.id));
    }

    void copy_journals() {
        db::Transaction transaction{to_.database};
        auto& select = from_.statement("SELECT run, generation, offset, number FROM journals");
        while (select.step())
            to_.database.statement("INSERT INTO journals VALUES(?, ?, ?, ?)")
                .bind_all(select.text(0), select.integer(1), select.integer(2), select.integer(3))
                .run();
        transaction.commit();
    }

    db::Database& from_;
    RunStore::State& to_;
    const Runtime& runtime_;
    bool is_damaged_ = false;
    std::vector<std::string> lost_;
};

}  // namespace

std::vector<std::string> copy_salvaged(RunStore& from, RunStore& to, const db::Salvage& salvage,
                                       const Runtime& runtime) {
    return Copy{from, to, salvage, runtime}.run();
}

}  // namespace mlo::track
