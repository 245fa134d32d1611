// SPDX-License-Identifier: Apache-2.0
#include "committer.hpp"

#include <algorithm>

#include <fmt/format.h>

#include <mlo/ledger/ledger.hpp>
#include <mlo/track/errors.hpp>
#include <mlo/track/limits.hpp>
#include <mlo/util/errors.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/signals_blocked.hpp>
#include <mlo/util/text.hpp>

#include "decider.hpp"

namespace mlo::pipeline {

namespace {

constexpr std::chrono::seconds between_writes{1};

/// What the store is to have: DVC keeps no bytes of what git has, but a result without its metrics is none.
bool is_stored(const OutputRecord& out) { return out.is_cached || out.role != OutputRole::data; }

std::string runs_path(const workspace::Workspace& workspace) {
    return path::join(workspace.layout().store_dir, track::RunStore::file_name);
}

}  // namespace

std::string path_of(const std::string& document, const StageRecord& record, const std::string& written) {
    return path::normalize(path::join(path::join(path::parent(document), record.wdir), written));
}

struct Committer::Stores {
    Stores(workspace::Workspace& workspace, WithMd5 with_md5, const std::string& writer)
        : folder{workspace::make_folders(workspace.runtime().fs, workspace.layout().store_dir)},
          observer{workspace, with_md5},
          runs{runs_path(workspace), db::Access::write, workspace.runtime()},
          ledger{workspace.layout().store_dir, db::Access::write, workspace.runtime()},
          archive{runs, ledger, workspace.store(), *folder, writer, workspace.runtime()},
          results{ledger, writer, workspace.runtime().log} {}

    std::unique_ptr<Dir> folder;
    Observer observer;
    track::RunStore runs;
    ledger::Ledger ledger;
    track::Archive archive;
    Results results;
};

Committer::Committer(const Parts& parts) : parts_{parts}, thread_{begin_thread()} {}

std::jthread Committer::begin_thread() {
    const SignalsBlocked blocked;
    return std::jthread{[this] { work(); }};
}

Committer::~Committer() { static_cast<void>(finish()); }

void Committer::adopt(std::unique_ptr<Journal> journal, std::vector<JournalEntry> left_over) {
    const std::scoped_lock lock{mutex_};
    journal_ = std::move(journal);
    for (auto& entry : left_over) {
        parts_.locks.put(entry.document, entry.stage, entry.record);
        Finished finished;
        finished.run.run = entry.run;
        finished.run.ending.state = track::RunState::finished;
        finished.entry = std::move(entry);
        queue_.push_back(std::move(finished));
    }
    changed_.notify_all();
}

void Committer::record(const std::string& document, const std::string& stage, const StageRecord& record) {
    parts_.locks.put(document, stage, record);
    const std::scoped_lock lock{mutex_};
    has_unwritten_ = true;
    changed_.notify_all();
}

void Committer::submit(Finished finished) {
    const std::scoped_lock lock{mutex_};
    if (finished.entry) {
        // Between the two nobody may find the queue empty, and so the journal without use.
        journal_->append(*finished.entry);
        parts_.locks.put(finished.entry->document, finished.entry->stage, finished.entry->record);
    }
    queue_.push_back(std::move(finished));
    changed_.notify_all();
}

std::shared_ptr<const Error> Committer::trouble() const {
    const std::scoped_lock lock{mutex_};
    return trouble_;
}

std::vector<std::string> Committer::finish() {
    {
        const std::scoped_lock lock{mutex_};
        is_closing_ = true;
        changed_.notify_all();
    }
    if (thread_.joinable()) thread_.join();
    return std::exchange(warnings_, {});
}

void Committer::work() {
    std::unique_lock lock{mutex_};
    while (true) {
        const auto has_work = [&] { return is_closing_ || !queue_.empty(); };
        if (has_unwritten_) {
            changed_.wait_for(lock, between_writes, has_work);
        } else {
            changed_.wait(lock, [&] { return has_work() || has_unwritten_; });
        }
        auto batch = std::exchange(queue_, {});
        const bool is_last = is_closing_;
        if (trouble_ && is_last) return;
        if (trouble_) continue;
        const auto now = parts_.workspace.runtime().clock.elapsed();
        has_unwritten_ = has_unwritten_ || !batch.empty();
        const bool is_due = has_unwritten_ && (is_last || now - last_write_ >= between_writes);
        if (is_due) has_unwritten_ = false;
        lock.unlock();
        std::shared_ptr<const Error> trouble;
        try {
            if (!batch.empty()) commit(batch);
            if (is_due) {
                parts_.locks.write();
                last_write_ = now;
            }
        } catch (const Error& error) {
            trouble = std::make_shared<const Error>(error);
        }
        lock.lock();
        if (trouble) trouble_ = std::move(trouble);
        try {
            if (is_due && !trouble_ && queue_.empty() && journal_) journal_->clear();
        } catch (const Error& error) {
            trouble_ = std::make_shared<const Error>(error);
        }
        if (is_last && queue_.empty()) return;
    }
}

void Committer::commit(std::vector<Finished>& batch) {
    if (!stores_) stores_ = std::make_unique<Stores>(parts_.workspace, parts_.with_md5, parts_.writer);
    store_outputs(batch);
    std::vector<StageResult> results;
    const auto now_ms =
        std::chrono::floor<std::chrono::milliseconds>(parts_.workspace.runtime().clock.now().time_since_epoch())
            .count();
    for (auto& finished : batch) {
        if (!finished.entry) continue;
        const auto& entry = *finished.entry;
        if (!entry.is_reusable || entry.record.outs.empty()) continue;
        results.push_back({.key = key_of(entry.record),
                           .outs = entry.record.outs,
                           .run = entry.run,
                           .duration_ms = entry.duration_ms,
                           .time_ms = now_ms,
                           .writer = parts_.writer});
    }
    if (!results.empty()) stores_->results.publish(results);
    end_runs(batch);
}

/// Those whose outputs are no longer what they were, or are not for the store, are not for others either.
void Committer::store_outputs(std::vector<Finished>& batch) {
    std::vector<std::string> paths;
    for (const auto& finished : batch) {
        if (!finished.entry) continue;
        for (const auto& out : finished.entry->record.outs) {
            if (is_stored(out)) paths.push_back(path_of(finished.entry->document, finished.entry->record, out.path));
        }
    }
    const auto seen = stores_->observer.store(paths);
    std::size_t next = 0;
    for (auto& finished : batch) {
        if (!finished.entry) continue;
        for (const auto& out : finished.entry->record.outs) {
            const bool is_whole =
                is_stored(out) && out.state && seen[next].state && same_content(*out.state, *seen[next].state);
            if (!is_whole) finished.entry->is_reusable = false;
            if (!is_whole && is_stored(out)) {
                const std::scoped_lock lock{mutex_};
                warnings_.push_back(fmt::format("the output {} of stage '{}' was changed before it could be stored",
                                                quoted(paths[next]), printable(finished.entry->stage)));
            }
            if (is_stored(out)) ++next;
        }
    }
}

void Committer::end_runs(std::vector<Finished>& batch) {
    std::unique_ptr<store::Ingest> ingest;
    for (auto& finished : batch) {
        auto& run = finished.run;
        if (run.run.empty() || run.log.empty()) continue;
        if (!ingest) ingest = parts_.workspace.store().begin_ingest(store::LargeFiles::chunked);
        run.ending.log = ingest->add_bytes(run.log);
    }
    if (ingest) ingest->commit();
    const auto now_ms =
        std::chrono::floor<std::chrono::milliseconds>(parts_.workspace.runtime().clock.now().time_since_epoch())
            .count();
    std::vector<std::string> ended;
    for (auto& finished : batch) {
        auto& run = finished.run;
        if (run.run.empty()) continue;
        try {
            std::vector<track::MetricPoint> points;
            for (const auto& [key, value] : run.metrics)
                points.push_back({key, {.step = 0, .time_ms = now_ms, .value = value}});
            if (!points.empty() || !run.outputs.empty()) {
                stores_->runs.record(run.run, {.points = points, .outputs = run.outputs});
            }
            stores_->runs.end(run.run, run.ending);
            ended.push_back(run.run);
        } catch (const Error& error) {
            // Deleted, or found lost by another command meanwhile: what a stage made counts without its run.
            if (error.kind() == ErrorKind::io || error.kind() == ErrorKind::corrupt) throw;
            const std::scoped_lock lock{mutex_};
            if (error.code().id != track::errors::run_ended.id) {
                warnings_.push_back(
                    fmt::format("run {} could not be recorded: {}", run.run.substr(0, 8), error.message()));
            }
        }
    }
    if (!ended.empty()) static_cast<void>(stores_->archive.seal(ended));
}

}  // namespace mlo::pipeline
