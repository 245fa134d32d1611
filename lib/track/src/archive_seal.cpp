// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <mlo/json/canonical.hpp>
#include <mlo/ledger/errors.hpp>
#include <mlo/track/archive.hpp>
#include <mlo/track/errors.hpp>
#include <mlo/track/travel.hpp>
#include <mlo/util/atomic_file.hpp>
#include <mlo/util/lock_file.hpp>
#include <mlo/util/text.hpp>

#include "outsourced.hpp"
#include "run_state.hpp"

namespace mlo::track {
namespace {

constexpr std::uint64_t largest_series = std::uint64_t{4} << 30;
constexpr std::string_view lock_name = "runs.db.seal";

/// Bytes in memory until they are many, then in a file that goes with the object.
class Spool {
public:
    Spool(Dir& folder, Random& random) : folder_{folder}, random_{random} {}
    ~Spool() {
        file_.reset();
        if (!name_.empty()) try {
                folder_.remove(name_);
            } catch (const Error&) {  // a file too much
            }
    }
    Spool(const Spool&) = delete;
    Spool& operator=(const Spool&) = delete;

    void write(ByteView bytes) {
        constexpr std::size_t most_in_memory = std::size_t{32} << 20;
        append(memory_, bytes);
        if (memory_.size() < most_in_memory) return;
        if (!file_) {
            auto name = temporary_name("series", random_);
            file_ = folder_.create(name, 0600);
            name_ = std::move(name);
        }
        flush();
    }
    [[nodiscard]] store::ObjectId store(store::Ingest& ingest) {
        if (!file_) return ingest.add_bytes(memory_);
        flush();
        return ingest.add_file(*file_, *silent_progress().begin("sealing", ProgressUnit::bytes)).id;
    }

private:
    void flush() {
        file_->write(memory_);
        memory_.clear();
    }

    Dir& folder_;
    Random& random_;
    Bytes memory_;
    std::unique_ptr<File> file_;
    std::string name_;
};

}  // namespace

Archive::Archive(RunStore& runs, ledger::Ledger& ledger, store::ObjectStore& objects, Dir& folder, std::string writer,
                 const Runtime& runtime)
    : runs_{runs}, ledger_{ledger}, objects_{objects}, folder_{folder}, writer_{std::move(writer)}, runtime_{runtime} {}

std::vector<ledger::NewEvent> Archive::make_events(RunDocument& document) {
    const auto ingest = objects_.begin_ingest(store::LargeFiles::automatic);
    auto events = make_events(document, *ingest);
    ingest->commit();
    return events;
}

std::vector<ledger::NewEvent> Archive::make_events(RunDocument& document, store::Ingest& ingest) {
    if (!document.metrics.empty() && !document.series) {
        Spool spool{folder_, runtime_.random};
        SeriesWriter writer{[&](ByteView bytes) { spool.write(bytes); }};
        for (const auto& [key, summary] : document.metrics) {  // the map is in bytewise order
            runtime_.check_stop();
            writer.begin(key);
            runs_.read_points(document.id, key, [&](std::span<const Point> points) {
                for (const auto& point : points) writer.add(point);
            });
        }
        writer.finish();
        document.series = spool.store(ingest);
    }
    std::vector<ledger::NewEvent> events;
    auto& recorded = runs_.state().database.statement("SELECT recorded FROM experiments WHERE id = ?");
    recorded.bind_all(document.experiment.id);
    if (recorded.step() && recorded.integer(0) == 0 && document.experiment.id != 0)
        events.push_back({.kind = "experiment.created",
                          .subject = fmt::to_string(document.experiment.id),
                          .ids = {},
                          .body = to_canonical_json(document.experiment)});
    recorded.reset();

    auto refs = objects_of(document, Extent::whole);
    auto body = to_canonical_json(document);
    if (body.size() > ledger::max_body_bytes) {
        const auto id = ingest.add_bytes(as_bytes(body));
        refs.push_back({id, store::ObjectKind::blob});
        body = outsourced(id);
    }
    events.push_back({.kind = "run.sealed", .subject = document.id, .ids = std::move(refs), .body = std::move(body)});
    if (runs_.status(document.id).is_deleted)
        events.push_back(
            {.kind = "run.amended",
             .subject = document.id,
             .ids = {},
             .body = to_canonical_json(
                 Amendment{.revision = document.revision + 1, .deleted = true, .name = {}, .note = {}, .tags = {}})});
    return events;
}

RunDocument Archive::to_seal(std::string_view run, const RunStatus& status) {
    if (is_open(status.state)) throw Error{errors::run_running, fmt::format("the run {} has not ended", quoted(run))};
    auto document = runs_.get(run);
    if (document.state == RunState::lost)
        for (const auto& output : runs_.wanted(run))
            document.losses.push_back(
                fmt::format("the output {} was not stored: the run was lost before", quoted(output.path)));
    return document;
}

bool Archive::seal(std::string_view run) {
    const std::string one{run};
    return !seal({&one, 1}).empty();
}

/// An event in a place that was taken before would contradict one that others may have, and never be read here.
void Archive::require_whole_chain() {
    auto& applied = runs_.state().database.statement("SELECT seq FROM applied WHERE writer = ?");
    if (!applied.bind_all(writer_).step()) return;
    const auto known = static_cast<std::uint64_t>(applied.integer(0));
    applied.reset();
    const auto heads = ledger_.heads();
    const auto head = heads.find(writer_);
    if (head != heads.end() && head->second.seq >= known) return;
    throw Error{ledger::errors::ledger_behind, "the ledger lacks events that this clone wrote"}
        .note(fmt::format("it has {} of them, {} are known", head == heads.end() ? 0 : head->second.seq, known))
        .hint("mlo doctor --salvage");
}

std::vector<std::string> Archive::seal(std::span<const std::string> runs) {
    const LockFile lock{folder_, lock_name, LockMode::exclusive, "sealing a run", WhenHeld::wait, runtime_};
    catch_up();
    require_whole_chain();
    std::vector<std::string> sealed;
    std::vector<ledger::NewEvent> events;
    const auto ingest = objects_.begin_ingest(store::LargeFiles::automatic);
    for (const auto& run : runs) {
        const auto status = runs_.status(run);
        if (status.is_sealed) continue;
        auto document = to_seal(run, status);
        for (auto& event : make_events(document, *ingest)) {
            const bool is_known = event.kind == "experiment.created" &&
                                  std::any_of(events.begin(), events.end(), [&](const ledger::NewEvent& other) {
                                      return other.kind == event.kind && other.subject == event.subject;
                                  });
            if (!is_known) events.push_back(std::move(event));
        }
        sealed.push_back(run);
    }
    if (sealed.empty()) return sealed;
    ingest->commit();
    static_cast<void>(ledger_.append(writer_, events));
    catch_up();
    return sealed;
}

std::vector<std::string> Archive::seal_ended() {
    std::vector<std::string> sealed;
    for (auto& run : runs_.ended_runs())
        if (seal(run)) sealed.push_back(std::move(run));
    return sealed;
}

std::vector<std::string> Archive::record_again() {
    const LockFile lock{folder_, lock_name, LockMode::exclusive, "recording runs again", WhenHeld::wait, runtime_};
    std::vector<std::string> all;
    auto& sealed = runs_.state().database.statement("SELECT id FROM runs WHERE sealed = 1 ORDER BY started, id");
    while (sealed.step()) all.emplace_back(sealed.text(0));
    std::vector<std::string> again;
    for (const auto& run : all) {
        runtime_.check_stop();
        auto document = runs_.get(run);
        bool is_known = false;
        std::uint64_t revision = 0;
        for (const auto& event : ledger_.by_subject(run)) {
            try {
                const auto body = read_body(event, run);
                if (!body.text) continue;
                if (event.kind == "run.amended") {
                    revision = std::max(revision, parse_amendment(*body.text, run).revision);
                } else if (event.kind == "run.sealed") {
                    const auto told = parse_run(*body.text, run);
                    is_known = is_known || told.session == document.session;
                    revision = std::max(revision, told.revision);
                }
            } catch (const Error& error) {
                if (error.kind() != ErrorKind::corrupt && error.kind() != ErrorKind::config) throw;
            }
        }
        if (is_known && revision >= document.revision) continue;
        if (is_known) {
            Amendment change{.revision = document.revision,
                             .deleted = runs_.status(run).is_deleted,
                             .name = document.name,
                             .note = document.note,
                             .tags = {document.tags.begin(), document.tags.end()}};
            static_cast<void>(ledger_.append(
                writer_, {.kind = "run.amended", .subject = run, .ids = {}, .body = to_canonical_json(change)}));
        } else {
            static_cast<void>(ledger_.append(writer_, make_events(document)));
        }
        again.push_back(run);
    }
    return again;
}

bool Archive::with_sealed(const RunDocument& document, std::string_view key,
                          const std::function<void(const SeriesFile&, const SeriesFile::Series&)>& use) {
    if (!document.series || !document.metrics.contains(std::string{key})) return false;
    const auto bytes = objects_.read_all(*document.series, largest_series);
    const SeriesFile file{bytes, document.series->to_string()};
    const auto* series = file.find(key);
    if (series == nullptr)
        throw Error{errors::series_invalid,
                    fmt::format("the series {} lack the metric {}", quoted(document.series->to_string()), quoted(key))};
    use(file, *series);
    return true;
}

bool Archive::with_points(std::string_view run, std::string_view key,
                          const std::function<void(std::span<const Point>)>& sink,
                          const std::function<void(const SeriesFile&, const SeriesFile::Series&)>& use) {
    // Sealed between the two looks, or open again: then the third is right.
    for (int attempt = 0; attempt < 2; ++attempt) {
        if (runs_.read_points(run, key, sink)) return true;
        const auto document = runs_.get(run);
        if (document.series) return with_sealed(document, key, use);
        if (!document.metrics.contains(std::string{key})) return false;
    }
    return false;
}

bool Archive::read_points(std::string_view run, std::string_view key,
                          const std::function<void(std::span<const Point>)>& sink) {
    return with_points(run, key, sink,
                       [&](const SeriesFile& file, const SeriesFile::Series& series) { file.read(series, sink); });
}

void Archive::read_points(std::string_view run, const std::function<bool(std::string_view key)>& wants,
                          const std::function<void(std::string_view key, std::span<const Point>)>& sink) {
    const auto document = runs_.get(run);
    if (!document.series) {
        for (const auto& metric : document.metrics) {
            const auto& key = metric.first;
            if (wants(key)) read_points(run, key, [&](std::span<const Point> points) { sink(key, points); });
        }
        return;
    }
    const auto bytes = objects_.read_all(*document.series, largest_series);
    const SeriesFile file{bytes, document.series->to_string()};
    for (const auto& series : file.series())
        if (wants(series.key)) file.read(series, [&](std::span<const Point> points) { sink(series.key, points); });
}

std::vector<CurveBucket> Archive::curve(std::string_view run, std::string_view key, CurveAxis axis,
                                        std::uint32_t buckets) {
    std::vector<Point> all;
    std::vector<CurveBucket> curve;
    with_points(
        run, key, [&](std::span<const Point> points) { all.insert(all.end(), points.begin(), points.end()); },
        [&](const SeriesFile& file, const SeriesFile::Series& series) {
            curve = downsample(file, series, axis, buckets);
        });
    return all.empty() ? curve : downsample(all, axis, buckets);
}

bool Archive::is_own(std::string_view run) {
    bool is_sealed = false;
    for (const auto& event : ledger_.by_subject(run)) {
        if (event.kind != "run.sealed") continue;
        if (event.writer == writer_) return true;
        is_sealed = true;
    }
    return !is_sealed;
}

RunDocument Archive::reopen(std::string_view run, const ProcessIdentity& process, Pulse pulse) {
    const LockFile lock{folder_, lock_name, LockMode::exclusive, "resuming a run", WhenHeld::wait, runtime_};
    catch_up();
    auto& database = runs_.state().database;
    const auto document = runs_.get(run);
    Bytes bytes;
    if (document.series) bytes = objects_.read_all(*document.series, largest_series);

    db::Transaction transaction{database};
    const auto row = rows::get(database, run);
    if (row.is_deleted) require_writable(row, run);
    if (!row.is_sealed) throw Error{errors::run_running, fmt::format("the run {} is not sealed", quoted(run))};
    database.statement("UPDATE runs SET sealed = 0 WHERE row = ?").bind_all(row.row).run();
    database.statement("UPDATE series SET sealed = 0 WHERE run = ?").bind_all(row.row).run();
    if (document.series) {
        const SeriesFile file{bytes, document.series->to_string()};
        auto& insert = database.statement("INSERT OR IGNORE INTO points VALUES(?, ?, ?, ?, ?)");
        for (const auto& series : file.series()) {
            auto& find = database.statement(
                "SELECT id FROM series WHERE run = ? AND name = (SELECT id FROM names WHERE text = ?)");
            if (!find.bind_all(row.row, series.key).step())
                throw Error{errors::series_invalid,
                            fmt::format("the series have the metric {}, which the run lacks", quoted(series.key))};
            const auto id = find.integer(0);
            find.reset();
            file.read(series, [&](std::span<const Point> points) {
                for (const auto& point : points) {
                    const bool is_nan = std::isnan(point.value);
                    insert.bind_all(id, point.step, point.time_ms, static_cast<int>(is_nan), is_nan ? 0 : point.value)
                        .run();
                }
            });
        }
    }
    auto opened = runs_.state().reopen(row.row, process, pulse);
    transaction.commit();
    return opened;
}

}  // namespace mlo::track
