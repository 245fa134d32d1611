// SPDX-License-Identifier: Apache-2.0
#include "engine_loop.hpp"

#include <algorithm>

#include <fmt/format.h>

#include <mlo/pipeline/errors.hpp>
#include <mlo/util/errors.hpp>
#include <mlo/util/text.hpp>

#include "job_of.hpp"
#include "path_order.hpp"

namespace mlo::pipeline {

namespace {

constexpr std::size_t most_in_a_batch = 256;
constexpr std::chrono::milliseconds between_status{500};
constexpr std::uint32_t most_workers = 4;

bool has_made(const StageReport& report) noexcept {
    return report.outcome == StageOutcome::ran || report.outcome == StageOutcome::restored ||
           report.outcome == StageOutcome::recorded;
}

}  // namespace

EngineLoop::EngineLoop(const Parts& parts)
    : parts_{parts},
      runtime_{parts.engine.workspace.runtime()},
      workers_{std::clamp<std::uint32_t>(parts.request.jobs, 1, most_workers),
               [executor = &parts.engine.executor] { executor->wake(); }},
      gpus_{parts.request.gpus} {}

EngineLoop::~EngineLoop() = default;

void EngineLoop::run() {
    const std::stop_callback wake{runtime_.stop, [this] { parts_.engine.executor.wake(); }};
    while (true) {
        bool has_moved = workers_.take();
        check_stop();
        if (!is_ending_) has_moved = give_decisions() || has_moved;
        if (!is_ending_) has_moved = start_jobs() || has_moved;
        const bool is_idle = workers_.open() == 0 && jobs_.empty() && hooks_.empty();
        if (is_idle && (is_ending_ || (parts_.scheduler.is_finished() && retries_.empty()))) return;
        if (!has_moved) poll();
    }
}

void EngineLoop::check_stop() {
    if (!is_ending_ && parts_.committer != nullptr && parts_.committer->trouble()) is_ending_ = true;
    if (!runtime_.stop.stop_requested() || is_cancelled_) return;
    is_ending_ = true;
    is_cancelled_ = true;
    parts_.report.is_interrupted = true;
    for (const auto& [job, index] : jobs_) {
        const auto& extras = stage(index).extras;
        parts_.engine.executor.cancel(job, extras ? extras->timeout.grace : Timeout{}.grace);
    }
    for (const auto& [job, name] : hooks_) parts_.engine.executor.cancel(job, Timeout{}.grace);
}

void EngineLoop::poll() {
    auto until = runtime_.clock.elapsed() + between_status;
    for (const auto& each : retries_) until = std::min(until, each.at);
    parts_.engine.executor.poll(until, [this](const JobEvent& event) { tell(event); });
    if (!jobs_.empty()) show_status();
    const auto now = runtime_.clock.elapsed();
    std::erase_if(retries_, [&](const Retry& each) {
        if (each.at > now && !is_ending_) return false;
        if (!is_ending_) parts_.scheduler.must_run(each.stage);
        return true;
    });
}

bool EngineLoop::give_decisions() {
    std::vector<std::uint32_t> batch;
    bool has_moved = false;
    while (batch.size() < most_in_a_batch) {
        const auto next = parts_.scheduler.next_to_decide();
        if (!next) break;
        has_moved = true;
        if (decide_by_others(*next)) continue;
        ignore_for(*next);
        batch.push_back(*next);
    }
    if (batch.empty()) return has_moved;
    EngineWorkers::Task task = [this, batch = std::move(batch)]() -> EngineWorkers::Continuation {
        auto decisions = std::make_shared<std::vector<Decision>>();
        try {
            *decisions = parts_.decider.decide(batch);
        } catch (const Error& error) {
            if (error.code().id != mlo::errors::interrupted.id) throw;
        }
        return [this, decisions] {
            for (auto& decision : *decisions) apply(std::move(decision));
        };
    };
    // While nothing runs there is nothing else to attend to, and no thread to be woken.
    if (jobs_.empty() && hooks_.empty() && workers_.open() == 0) {
        task()();
    } else {
        workers_.give(std::move(task));
    }
    return true;
}

/// Those that need no look at all.
bool EngineLoop::decide_by_others(std::uint32_t index) {
    if (parts_.states[index] == StageStates::State::done) {
        parts_.scheduler.done(index);
        return true;
    }
    for (const auto needed : parts_.graph.needs(index)) {
        if (parts_.states[needed] != StageStates::State::withheld) continue;
        auto report = report_of(index, StageOutcome::skipped);
        report.notes.push_back(fmt::format("stage '{}', which it needs, is skipped",
                                           printable(parts_.engine.pipeline.address(stage(needed)))));
        parts_.states[index] = StageStates::State::withheld;
        parts_.scheduler.done(index);
        add(std::move(report));
        return true;
    }
    return false;
}

/// An ignore file in a folder that a stage reads belongs to what it reads, so it must be there before that is looked
/// at. All makers at once: in what order they ended counts for nothing.
void EngineLoop::ignore_for(std::uint32_t reader) {
    if (to_ignore_.empty()) return;
    const auto& deps = stage(reader).deps;
    std::vector<std::uint32_t> makers;
    for (const auto maker : parts_.graph.needs(reader)) {
        if (!to_ignore_.contains(maker)) continue;
        const auto& outs = stage(maker).outs;
        const bool is_within = std::any_of(outs.begin(), outs.end(), [&](const StageOutput& out) {
            return std::any_of(deps.begin(), deps.end(), [&](const StagePath& dep) {
                return dep.reach == out.at.reach && dep.path != out.at.path && lies_within(out.at.path, dep.path);
            });
        });
        if (is_within) makers.push_back(maker);
    }
    if (makers.empty()) return;
    for (const auto maker : makers) to_ignore_.erase(maker);
    parts_.ignore(std::move(makers));
}

std::string EngineLoop::doubt_about(std::uint32_t index) {
    for (const auto needed : parts_.graph.needs(index)) {
        if (parts_.states[needed] == StageStates::State::uncertain)
            return parts_.engine.pipeline.address(stage(needed));
    }
    return {};
}

void EngineLoop::apply(Decision&& decision) {
    const auto index = decision.stage;
    if (only_decides(parts_.request.plan)) {
        const auto doubt = doubt_about(index);
        if (!doubt.empty() || decision.verdict == Verdict::must_run || decision.verdict == Verdict::restored) {
            apply_dry(std::move(decision), doubt);
            return;
        }
    }
    switch (decision.verdict) {
        case Verdict::must_run: {
            auto& active = active_[index];
            active.decision = std::move(decision);
            parts_.scheduler.must_run(index);
            return;
        }
        case Verdict::failed:
            fail(index, *decision.error, StageOutcome::failed);
            return;
        case Verdict::skipped: {
            auto report = report_of(index, StageOutcome::skipped);
            report.notes.push_back(decision.note);
            const bool has_outputs = decision.known && decision.reasons.empty();
            parts_.states[index] = has_outputs ? StageStates::State::done : StageStates::State::withheld;
            parts_.scheduler.done(index);
            add(std::move(report));
            return;
        }
        case Verdict::restored:
        case Verdict::recorded:
        case Verdict::up_to_date:
            break;
    }
    auto report = report_of(index, settled(decision.verdict));
    report.reasons = std::move(decision.reasons);
    report.run = decision.run;
    report.duration_ms = decision.duration_ms;
    if (!decision.note.empty()) report.notes.push_back(std::move(decision.note));
    if (!only_decides(parts_.request.plan) && !write_down(decision)) return;
    parts_.states[index] = StageStates::State::done;
    parts_.scheduler.done(index);
    add(std::move(report));
}

StageOutcome EngineLoop::settled(Verdict verdict) const {
    if (verdict == Verdict::restored) return StageOutcome::restored;
    if (verdict == Verdict::up_to_date) return StageOutcome::up_to_date;
    return only_decides(parts_.request.plan) ? StageOutcome::would_record : StageOutcome::recorded;
}

/// What is known of a stage for which nothing had to run. False if that failed, and the stage with it.
bool EngineLoop::write_down(const Decision& decision) {
    const auto& its = stage(decision.stage);
    const auto& document = parts_.engine.pipeline.documents.at(its.document).path;
    if (decision.verdict == Verdict::up_to_date) return true;
    if (decision.verdict == Verdict::restored && !decision.is_to_be_kept) {
        parts_.committer->record(document, its.name, decision.record);
        return true;
    }
    try {
        parts_.committer->submit({.entry = JournalEntry{.document = document,
                                                        .stage = its.name,
                                                        .run = decision.run,
                                                        .record = decision.record,
                                                        .duration_ms = decision.duration_ms,
                                                        .is_reusable = false}});
        return true;
    } catch (const Error& error) {
        give_up(decision.stage, error);
        return false;
    }
}

/// Nothing can be recorded any more.
void EngineLoop::give_up(std::uint32_t index, const Error& error) {
    is_ending_ = true;
    if (!parts_.report.trouble) parts_.report.trouble = std::make_shared<const Error>(error);
    fail(index, error, StageOutcome::failed);
}

void EngineLoop::apply_dry(Decision&& decision, const std::string& doubt) {
    auto outcome = StageOutcome::would_run;
    if (decision.verdict == Verdict::restored) outcome = StageOutcome::would_restore;
    if (decision.verdict == Verdict::up_to_date || decision.verdict == Verdict::skipped)
        outcome = StageOutcome::may_run;
    auto report = report_of(decision.stage, outcome);
    report.reasons = std::move(decision.reasons);
    if (decision.verdict == Verdict::failed) {
        report.notes.push_back(fmt::format("it waits for what stage '{}' makes", printable(doubt)));
    } else if (!doubt.empty()) {
        report.notes.push_back(fmt::format("it needs what stage '{}' makes", printable(doubt)));
    }
    parts_.states[decision.stage] = StageStates::State::uncertain;
    parts_.scheduler.done(decision.stage);
    add(std::move(report));
}

void EngineLoop::fail(std::uint32_t index, const Error& error, StageOutcome outcome) {
    auto report = report_of(index, outcome);
    report.error = std::make_shared<const Error>(error);
    if (const auto found = active_.find(index); found != active_.end()) {
        auto& active = found->second;
        report.attempts = active.attempts;
        report.run = active.run;
        report.duration_ms = std::chrono::duration_cast<std::chrono::milliseconds>(active.end.duration).count();
        if (active.end.kind == JobEndKind::exited && active.end.exit_code != 0) report.exit_code = active.end.exit_code;
        report.reasons = active.decision.reasons;
        if (!active.run.empty()) {
            const bool is_cancelled = outcome == StageOutcome::cancelled;
            parts_.committer->submit(
                {{}, end_of(active, is_cancelled ? track::RunState::killed : track::RunState::failed)});
        }
        if (outcome == StageOutcome::failed) run_hooks(stage(index), active.environment, Ended::badly);
        unlock_paths(active);
        active_.erase(found);
    }
    parts_.states[index] = StageStates::State::ended;
    add(std::move(report));
    if (outcome == StageOutcome::cancelled) {
        // What needs it has not begun, as all the rest.
        static_cast<void>(parts_.scheduler.failed(index));
        return;
    }
    block(index);
}

void EngineLoop::block(std::uint32_t failed) {
    for (const auto index : parts_.scheduler.failed(failed)) {
        auto report = report_of(index, StageOutcome::blocked);
        report.notes.push_back(
            fmt::format("it needs stage '{}'", printable(parts_.engine.pipeline.address(stage(failed)))));
        parts_.states[index] = StageStates::State::ended;
        add(std::move(report));
    }
}

StageReport EngineLoop::report_of(std::uint32_t index, StageOutcome outcome) const {
    StageReport report;
    report.stage = index;
    report.name = parts_.engine.pipeline.address(stage(index));
    report.outcome = outcome;
    return report;
}

void EngineLoop::add(StageReport report) {
    ++parts_.status.finished;
    if (has_made(report)) to_ignore_.insert(report.stage);
    std::erase(parts_.status.running, report.name);
    parts_.engine.observer.ended(report);
    parts_.report.stages.push_back(std::move(report));
    show_status();
}

void EngineLoop::show_status() { parts_.engine.observer.status(parts_.status); }

}  // namespace mlo::pipeline
