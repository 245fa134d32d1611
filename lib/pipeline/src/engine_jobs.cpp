// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <fmt/format.h>

#include <mlo/pipeline/errors.hpp>
#include <mlo/pipeline/outputs.hpp>
#include <mlo/util/errors.hpp>
#include <mlo/util/path.hpp>
#include <mlo/util/text.hpp>

#include "engine_loop.hpp"
#include "job_of.hpp"

/// The part of the loop that runs commands.
namespace mlo::pipeline {

namespace {

/// How often it is asked whether DVC is done with a path.
constexpr std::chrono::milliseconds between_asking_dvc{250};
constexpr std::int32_t exit_timed_out = 124;
constexpr std::int32_t exit_signal_base = 128;

const StageExtras& extras_of(const Stage& stage) {
    static const StageExtras none;
    return stage.extras ? *stage.extras : none;
}

/// As a shell has it.
std::int32_t shell_code(const JobEnd& end) {
    if (end.kind == JobEndKind::signalled) return exit_signal_base + end.signal;
    return end.kind == JobEndKind::timed_out ? exit_timed_out : end.exit_code;
}

std::uint64_t gpus_needed(const Stage& stage) {
    const auto& needs = extras_of(stage).needs;
    const auto found = std::find_if(needs.begin(), needs.end(), [](const Need& need) { return need.pool == "gpus"; });
    return found == needs.end() ? 0 : found->amount;
}

double draw(Random& random) {
    std::uint32_t drawn = 0;
    random.fill(std::as_writable_bytes(std::span{&drawn, 1}));
    return static_cast<double>(drawn) / 4294967296.0;
}

}  // namespace

bool EngineLoop::start_jobs() {
    bool has_moved = false;
    while (const auto next = parts_.scheduler.next_to_start()) {
        has_moved = true;
        start(*next);
        if (is_ending_) break;
    }
    return has_moved;
}

/// All that comes before its commands.
void EngineLoop::prepare(Active& active) {
    const auto& its = stage(active.decision.stage);
    static_cast<void>(clear_outputs(parts_.engine.workspace, parts_.observer, its,
                                    active.decision.known ? &*active.decision.known : nullptr));
    if (active.run.empty()) {
        active.environment =
            without_outer_run(parts_.surroundings.variables_for(its, parts_.engine.pipeline.address(its)));
    }
    if (const auto count = gpus_needed(its); count > 0) {
        active.gpus = gpus_.take(count);
        gpus_.tell(active.gpus, extras_of(its).environment.set, active.environment);
    }
    if (!active.run.empty()) return;
    const auto secrets = parts_.surroundings.secrets_of(its);
    for (auto& mask : active.masks) mask = SecretMask{secrets};
    const auto begun = parts_.runs->begin(its, active.decision.record, active.environment);
    active.run = begun.id;
    active.environment.push_back("MLO_RUN_ID=" + begun.id);
    active.environment.push_back("MLO_RUN_STORE=" + begun.store);
}

void EngineLoop::release(Active& active) {
    gpus_.give_back(active.gpus);
    parts_.scheduler.release(active.decision.stage);
}

void EngineLoop::start(std::uint32_t index) {
    auto& active = active_.at(index);
    const auto& its = stage(index);
    const auto& root = parts_.engine.workspace.layout().root;
    try {
        if (!lock_paths(active)) {
            parts_.scheduler.release(index);
            retries_.push_back({runtime_.clock.elapsed() + between_asking_dvc, index});
            return;
        }
        prepare(active);
    } catch (Error& error) {
        error.at(parts_.engine.pipeline.place(its, its.place));
        release(active);
        fail(index, error, StageOutcome::failed);
        return;
    }
    auto job = job_of(its, active.environment, root);
    job.number = ++last_job_;
    active.job = job.number;
    jobs_.emplace(job.number, index);
    ++active.attempts;
    const auto name = parts_.engine.pipeline.address(its);
    parts_.status.running.push_back(name);
    parts_.engine.observer.begun(
        name, active.attempts == 1 ? std::span<const Reason>{active.decision.reasons} : std::span<const Reason>{},
        active.attempts);
    parts_.engine.executor.start(job);
    show_status();
}

std::vector<std::string> EngineLoop::read_paths(const Stage& its) const {
    std::vector<std::string> paths;
    for (const auto& dep : its.deps) paths.push_back(path::join(parts_.engine.workspace.layout().root, dep.path));
    return paths;
}

std::vector<std::string> EngineLoop::made_paths(const Stage& its) const {
    std::vector<std::string> paths;
    for (const auto& out : its.outs) paths.push_back(path::join(parts_.engine.workspace.layout().root, out.at.path));
    return paths;
}

/// So that DVC knows who uses what the stage reads and makes. False while DVC does.
bool EngineLoop::lock_paths(Active& active) {
    if (parts_.path_locks == nullptr || active.paths == Active::Paths::locked) return true;
    const auto& its = stage(active.decision.stage);
    const auto holder = parts_.path_locks->try_acquire(read_paths(its), made_paths(its));
    if (!holder) {
        active.paths = Active::Paths::locked;
        return true;
    }
    if (active.paths == Active::Paths::free) {
        runtime_.log.log(LogLevel::warning, fmt::format("stage '{}' waits for process {} ({}), which uses {}",
                                                        printable(parts_.engine.pipeline.address(its)), holder->pid,
                                                        printable(holder->command), quoted(holder->path)));
    }
    active.paths = Active::Paths::awaited;
    return false;
}

void EngineLoop::unlock_paths(Active& active) {
    if (active.paths != Active::Paths::locked) return;
    const auto& its = stage(active.decision.stage);
    parts_.path_locks->release(read_paths(its), made_paths(its));
    active.paths = Active::Paths::free;
}

void EngineLoop::tell(const JobEvent& event) {
    if (const auto hook = hooks_.find(event.job); hook != hooks_.end()) {
        tell_of_hook(hook->second, event);
        if (event.kind == JobEvent::Kind::ended) hooks_.erase(hook);
        return;
    }
    const auto job = jobs_.find(event.job);
    if (job == jobs_.end()) return;
    if (event.kind == JobEvent::Kind::ended) {
        job_ended(event);
        return;
    }
    auto& mask = active_.at(job->second).masks[event.stream == OutputStream::output ? 0 : 1];
    take_output(job->second, event.stream, mask.add(as_text(event.bytes)));
}

void EngineLoop::tell_of_hook(Hook& hook, const JobEvent& event) {
    const auto show = [&](OutputStream stream, const std::string& text) {
        if (!text.empty()) parts_.engine.observer.output(hook.stage, stream, as_bytes(text));
    };
    if (event.kind == JobEvent::Kind::output) {
        show(event.stream, hook.masks[event.stream == OutputStream::output ? 0 : 1].add(as_text(event.bytes)));
        return;
    }
    show(OutputStream::output, hook.masks[0].finish());
    show(OutputStream::error_output, hook.masks[1].finish());
    if (event.end.kind != JobEndKind::exited || event.end.exit_code != 0) {
        parts_.report.warnings.push_back(fmt::format("a hook of stage '{}' failed", printable(hook.stage)));
    }
}

void EngineLoop::take_output(std::uint32_t index, OutputStream stream, std::string_view text) {
    if (text.empty()) return;
    active_.at(index).log.add(as_bytes(text));
    parts_.engine.observer.output(parts_.engine.pipeline.address(stage(index)), stream, as_bytes(text));
}

void EngineLoop::job_ended(const JobEvent& event) {
    const auto index = jobs_.at(event.job);
    jobs_.erase(event.job);
    auto& active = active_.at(index);
    active.job = 0;
    active.end = event.end;
    take_output(index, OutputStream::output, active.masks[0].finish());
    take_output(index, OutputStream::error_output, active.masks[1].finish());
    release(active);
    std::erase(parts_.status.running, parts_.engine.pipeline.address(stage(index)));
    if (event.end.kind == JobEndKind::exited && event.end.exit_code == 0) {
        collect(active);
        return;
    }
    if (event.end.kind == JobEndKind::cancelled) {
        fail(index, Error{mlo::errors::interrupted, "it was stopped"}, StageOutcome::cancelled);
        return;
    }
    const auto error = error_of(active);
    if (!is_ending_ && retry(active, error)) return;
    fail(index, error, StageOutcome::failed);
}

Error EngineLoop::error_of(const Active& active) const {
    const auto& its = stage(active.decision.stage);
    const auto name = printable(parts_.engine.pipeline.address(its));
    const auto make = [&](const ErrorCode& code, std::string message) {
        Error error{code, std::move(message)};
        error.at(parts_.engine.pipeline.place(its, its.command_place));
        if (its.commands.size() > 1 && active.end.command < its.commands.size()) {
            error.note(fmt::format("in {}", quoted(its.commands[active.end.command])));
        }
        if (active.attempts > 1) error.note(fmt::format("after {} attempts", active.attempts));
        error.hint(fmt::format("mlo runs show {}", active.run.substr(0, 8)));
        return error;
    };
    switch (active.end.kind) {
        case JobEndKind::signalled:
            return make(errors::stage_failed,
                        fmt::format("stage '{}' was ended by signal {}", name, active.end.signal));
        case JobEndKind::timed_out:
            return make(errors::stage_timed_out, fmt::format("stage '{}' took longer than its timeout allows", name));
        case JobEndKind::not_started:
            return make(errors::stage_not_started,
                        fmt::format("stage '{}' could not be started: {}", name, active.end.trouble));
        default:
            return make(errors::stage_failed,
                        fmt::format("stage '{}' failed with exit code {}", name, active.end.exit_code));
    }
}

bool EngineLoop::retry(Active& active, const Error& error) {
    const auto index = active.decision.stage;
    const auto& retries = extras_of(stage(index)).retries;
    if (active.attempts > retries.count || active.end.kind == JobEndKind::not_started) return false;
    const auto& codes = retries.exit_codes;
    if (!codes.empty() && std::find(codes.begin(), codes.end(), shell_code(active.end)) == codes.end()) return false;
    const auto delay = delay_before(retries, active.attempts + 1, draw(runtime_.random));
    parts_.engine.observer.retried(parts_.engine.pipeline.address(stage(index)), error, delay);
    retries_.push_back({runtime_.clock.elapsed() + delay, index});
    return true;
}

void EngineLoop::collect(Active& active) {
    const auto index = active.decision.stage;
    // An element of an unordered map stays where it is; nobody else touches it until it is finished.
    workers_.give([this, index, decision = &active.decision]() -> EngineWorkers::Continuation {
        auto collected = std::make_shared<Collected>();
        try {
            *collected = parts_.collector.collect(*decision);
        } catch (const Error& error) {
            if (error.code().id != mlo::errors::interrupted.id) throw;
            collected->error = std::make_shared<const Error>(error);
        }
        return [this, index, collected] { finish(index, std::move(*collected)); };
    });
}

RunEnd EngineLoop::end_of(Active& active, track::RunState state) {
    RunEnd end;
    end.run = active.run;
    end.ending.state = state;
    end.ending.ended_ms =
        std::chrono::floor<std::chrono::milliseconds>(runtime_.clock.now().time_since_epoch()).count();
    if (active.end.kind == JobEndKind::exited) end.ending.exit_code = active.end.exit_code;
    if (active.end.kind == JobEndKind::signalled) end.ending.signal = active.end.signal;
    end.log = active.log.take();
    return end;
}

void EngineLoop::finish(std::uint32_t index, Collected&& collected) {
    if (collected.error) {
        const bool is_stopped = collected.error->code().id == mlo::errors::interrupted.id;
        fail(index, *collected.error, is_stopped ? StageOutcome::cancelled : StageOutcome::failed);
        return;
    }
    auto& active = active_.at(index);
    const auto& its = stage(index);
    auto report = report_of(index, StageOutcome::ran);
    report.reasons = active.decision.reasons;
    report.notes = std::move(collected.notes);
    const auto cpu_time = active.end.user_time + active.end.system_time;
    report.duration_ms = std::chrono::duration_cast<std::chrono::milliseconds>(active.end.duration).count();
    report.cpu_ms = std::chrono::duration_cast<std::chrono::milliseconds>(cpu_time).count();
    report.peak_memory_bytes = active.end.peak_memory_bytes;
    report.attempts = active.attempts;
    report.run = active.run;
    report.exit_code = 0;
    report.is_deterministic = collected.is_deterministic;
    if (!active.end.left_behind.empty()) {
        report.notes.push_back(fmt::format("{} that it had left running {} ended",
                                           plural(active.end.left_behind.size(), "process", "processes"),
                                           active.end.left_behind.size() == 1 ? "was" : "were"));
    }
    Finished finished;
    const auto& document = parts_.engine.pipeline.documents.at(its.document).path;
    finished.run = end_of(active, track::RunState::finished);
    finished.run.outputs = run_outputs(document, collected.record);
    finished.run.metrics = std::move(collected.metrics);
    if (!collected.was_put_back) {
        finished.entry = JournalEntry{.document = document,
                                      .stage = its.name,
                                      .run = active.run,
                                      .record = std::move(collected.record),
                                      .duration_ms = report.duration_ms,
                                      .is_reusable = collected.is_reusable};
    }
    try {
        parts_.committer->submit(std::move(finished));
    } catch (const Error& error) {
        give_up(index, error);
        return;
    }
    run_hooks(its, active.environment, Ended::well);
    unlock_paths(active);
    active_.erase(index);
    parts_.states[index] = StageStates::State::done;
    parts_.scheduler.done(index);
    add(std::move(report));
}

void EngineLoop::run_hooks(const Stage& its, const std::vector<std::string>& environment, Ended ended) {
    const auto& hooks = extras_of(its).hooks;
    auto commands = ended == Ended::well ? hooks.success : hooks.failure;
    commands.insert(commands.end(), hooks.always.begin(), hooks.always.end());
    if (is_cancelled_) return;
    // Each by itself: one that fails keeps no other from running.
    for (auto& command : commands) {
        auto job = job_of(its, {std::move(command)}, environment, parts_.engine.workspace.layout().root);
        job.number = ++last_job_;
        auto& hook = hooks_[job.number];
        hook.stage = parts_.engine.pipeline.address(its);
        for (auto& mask : hook.masks) mask = SecretMask{parts_.surroundings.secrets_of(its)};
        parts_.engine.executor.start(job);
    }
}

}  // namespace mlo::pipeline
