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
#include "dvc_aliases.hpp"
#include "dvc_shelf.hpp"

namespace mlo::pipeline {

namespace {

constexpr std::chrono::seconds between_writes{1};

/// What the store is to have: DVC keeps no bytes of what git has, but a result without its metrics is none. What is
/// outside of the workspace stays there.
bool is_stored(const OutputRecord& out, const std::string& path) {
    return (out.is_cached || out.role != OutputRole::data) && path::is_within(path, "");
}

std::string runs_path(const workspace::Workspace& workspace) {
    return path::join(workspace.layout().store_dir, track::RunStore::file_name);
}

}  // namespace

std::string path_of(const std::string& document, const StageRecord& record, const std::string& written) {
    return path::normalize(path::join(path::join(path::parent(document), record.wdir), written));
}

struct Committer::Stores {
    explicit Stores(const Parts& parts) : Stores{parts, parts.workspace, parts.writer} {}
    Stores(const Parts& parts, workspace::Workspace& workspace, const std::string& writer)
        : folder{workspace::make_folders(workspace.runtime().fs, workspace.layout().store_dir)},
          observer{workspace, parts.with_md5, parts.site ? store::LargeFiles::all_whole : store::LargeFiles::automatic},
          runs{runs_path(workspace), db::Access::write, workspace.runtime()},
          ledger{workspace.layout().store_dir, db::Access::write, workspace.runtime()},
          archive{runs, ledger, workspace.store(), *folder, writer, workspace.runtime()},
          results{ledger, writer, workspace.runtime().log},
          aliases{ledger, writer} {
        if (parts.site) shelf.emplace(*parts.site, workspace);
    }

    std::unique_ptr<Dir> folder;
    Observer observer;
    track::RunStore runs;
    ledger::Ledger ledger;
    track::Archive archive;
    Results results;
    DvcAliases aliases;
    std::optional<DvcShelf> shelf;
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
                const auto without_dvc = lock_out_dvc();
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
    if (!stores_) stores_ = std::make_unique<Stores>(parts_);
    const auto kept = store_outputs(batch);
    if (parts_.with_md5 == WithMd5::yes) name_for_dvc(kept);
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
std::vector<Committer::Kept> Committer::store_outputs(std::vector<Finished>& batch) {
    std::vector<std::string> paths;
    for (const auto& finished : batch) {
        if (!finished.entry) continue;
        for (const auto& out : finished.entry->record.outs) {
            auto path = path_of(finished.entry->document, finished.entry->record, out.path);
            if (is_stored(out, path)) paths.push_back(std::move(path));
        }
    }
    const auto seen = stores_->observer.store(paths);
    std::vector<Kept> kept;
    std::size_t next = 0;
    for (auto& finished : batch) {
        if (!finished.entry) continue;
        auto& entry = *finished.entry;
        for (const auto& out : entry.record.outs) {
            if (!is_stored(out, path_of(entry.document, entry.record, out.path))) {
                entry.is_reusable = false;
                continue;
            }
            const auto& now = seen[next].state;
            auto& path = paths[next++];
            if (out.state && now && same_content(*out.state, *now)) {
                kept.push_back({entry, std::move(path), out});
                continue;
            }
            entry.is_reusable = false;
            warn(fmt::format("the output {} of stage '{}' was changed before it could be stored", quoted(path),
                             printable(entry.stage)));
        }
    }
    return kept;
}

/// DVC's names of what is stored: in the ledger, for who has our remotes, and in DVC's own cache.
void Committer::name_for_dvc(const std::vector<Kept>& kept) {
    const auto without_dvc = lock_out_dvc();
    std::vector<DvcAlias> aliases;
    for (const auto& [entry, path, out] : kept) {
        aliases.push_back({out.state->md5, {*out.state->id, out.state->kind}});
        if (!stores_->shelf || stores_->shelf->put(path, *out.state, stores_->observer)) continue;
        warn(fmt::format("the output {} of stage '{}' was changed before DVC's cache could have it", quoted(path),
                         printable(entry.stage)));
    }
    if (stores_->shelf) stores_->shelf->sync();
    stores_->aliases.publish(std::move(aliases));
}

std::optional<dvc::RepoLock> Committer::lock_out_dvc() const {
    if (!parts_.site) return std::nullopt;
    auto runtime = parts_.workspace.runtime();
    runtime.stop = parts_.stop;
    return std::optional<dvc::RepoLock>{std::in_place, *parts_.site, runtime};
}

void Committer::warn(std::string warning) {
    const std::scoped_lock lock{mutex_};
    warnings_.push_back(std::move(warning));
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
            if (error.code().id != track::errors::run_ended.id)
                warn(fmt::format("run {} could not be recorded: {}", run.run.substr(0, 8), error.message()));
        }
    }
    if (!ended.empty()) static_cast<void>(stores_->archive.seal(ended));
}

}  // namespace mlo::pipeline
