// SPDX-License-Identifier: Apache-2.0
#include "decider.hpp"

#include <algorithm>
#include <cstring>

#include <fmt/format.h>

#include <mlo/pipeline/errors.hpp>
#include <mlo/pipeline/outputs.hpp>
#include <mlo/util/errors.hpp>
#include <mlo/util/text.hpp>

namespace mlo::pipeline {

namespace {

bool is_interruption(const Error& error) { return error.code().id == mlo::errors::interrupted.id; }

Reason forced(std::string_view why) { return {.field = Reason::Field::forced, .name = std::string{why}}; }

bool has_persistent(const Stage& stage) {
    return std::any_of(stage.outs.begin(), stage.outs.end(), [](const auto& out) { return out.is_persistent; });
}

const OutputRecord* find_output(const StageRecord& record, const std::string& written) noexcept {
    const auto found =
        std::find_if(record.outs.begin(), record.outs.end(), [&](const auto& out) { return out.path == written; });
    return found == record.outs.end() ? nullptr : &*found;
}

/// Whether all outputs are what the lock says.
bool is_as_known(const Stage& stage, const StageRecord& known, std::span<const Observation> seen) noexcept {
    for (std::size_t i = 0; i < seen.size(); ++i) {
        const auto* const out = find_output(known, stage.outs[i].at.written);
        const bool is_same = out != nullptr && out->state && seen[i].state && same_content(*out->state, *seen[i].state);
        if (!is_same) return false;
    }
    return true;
}

/// A frozen stage follows from what it followed from.
void freeze(StageRecord& now, const StageRecord& known) {
    now.deps = known.deps;
    now.params = known.params;
    now.environment = known.environment;
}

void set_states(StageRecord& record, const Stage& stage, std::span<const Observation> seen) {
    record.outs = outputs_of(stage);
    for (std::size_t i = 0; i < seen.size(); ++i) {
        for (auto& out : record.outs) {
            if (out.path == stage.outs[i].at.written) out.state = seen[i].state;
        }
    }
}

std::vector<std::string> paths_of(const Stage& stage) {
    std::vector<std::string> paths;
    for (const auto& out : stage.outs) paths.push_back(out.at.path);
    return paths;
}

}  // namespace

std::string shown_state(const PathState& state) {
    return state.id ? state.id->to_string() : fmt::format("md5:{}", state.md5);
}

bool same_outputs(std::span<const OutputRecord> a, std::span<const OutputRecord> b) noexcept {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const OutputRecord& x, const OutputRecord& y) {
        return x.path == y.path && x.state && y.state && same_content(*x.state, *y.state);
    });
}

std::vector<Decision> Decider::decide(std::span<const std::uint32_t> stages) {
    auto present = parts_.present.look(stages);
    std::vector<Decision> decisions(stages.size());
    std::vector<std::string> paths;
    std::vector<std::size_t> ends;
    for (std::size_t i = 0; i < stages.size(); ++i) {
        decisions[i].stage = stages[i];
        compare(decisions[i], std::move(present[i]));
        const auto verdict = decisions[i].verdict;
        if (verdict == Verdict::up_to_date || verdict == Verdict::skipped) {
            for (const auto& out : parts_.pipeline.stages[stages[i]].outs) paths.push_back(out.at.path);
        }
        ends.push_back(paths.size());
    }
    const auto seen = parts_.observer.look(paths);
    for (std::size_t i = 0, begin = 0; i < stages.size(); begin = ends[i++]) {
        auto& decision = decisions[i];
        try {
            if (ends[i] > begin) check_outputs(decision, std::span{seen}.subspan(begin, ends[i] - begin));
            if (decision.verdict == Verdict::must_run) require_sources(decision);
            if (decision.verdict == Verdict::must_run) look_for_result(decision);
            if (decision.verdict == Verdict::must_run) require_outputs_of_others(decision);
            if (decision.verdict == Verdict::recorded) record_as_it_is(decision);
            keep_for_dvc(decision);
        } catch (const Error& error) {
            if (is_interruption(error)) throw;
            decision.verdict = Verdict::failed;
            decision.error = std::make_shared<const Error>(error);
        }
    }
    return decisions;
}

void Decider::compare(Decision& decision, Present&& present) {
    const auto& stage = parts_.pipeline.stages[decision.stage];
    decision.record = std::move(present.record);
    try {
        decision.known = parts_.locks.find(parts_.pipeline.documents.at(stage.document).path, stage.name);
    } catch (const Error& error) {
        present.error = std::make_shared<const Error>(error);
    }
    if (present.error && !stage.is_frozen) {
        decision.verdict = Verdict::failed;
        decision.error = std::move(present.error);
        return;
    }
    if (!present.condition.empty()) {
        decision.verdict = Verdict::skipped;
        decision.note = std::move(present.condition);
        return;
    }
    if (stage.is_frozen) {
        compare_frozen(decision);
        return;
    }
    if (decision.known) parts_.present.assume_tools(decision.record, *decision.known);
    auto& reasons = decision.reasons;
    if (parts_.request.is_forced) {
        reasons.push_back(forced("--force"));
    } else if (stage.always_runs) {
        reasons.push_back(forced("always_changed"));
    } else if (stage.deps.empty() && stage.params.empty() && stage.outs.empty()) {
        reasons.push_back(forced("it has neither dependencies nor outputs"));
    }
    if (!decision.known) {
        reasons.push_back({.field = Reason::Field::never_ran});
    } else {
        auto differing = what_differs(decision);
        reasons.insert(reasons.end(), std::make_move_iterator(differing.begin()),
                       std::make_move_iterator(differing.end()));
    }
    if (reasons.empty() && is_chosen_to_verify()) {
        reasons.push_back(forced("--verify"));
        parts_.stored.identify(decision.known->outs);
    }
    decision.verdict = reasons.empty() ? Verdict::up_to_date : Verdict::must_run;
}

/// It never runs, and what it reads does not count. Where it is out of date nevertheless, what is there is recorded.
void Decider::compare_frozen(Decision& decision) {
    auto& reasons = decision.reasons;
    if (parts_.request.is_forced) reasons.push_back(forced("--force"));
    if (decision.known) {
        freeze(decision.record, *decision.known);
        auto differing = what_differs(decision);
        reasons.insert(reasons.end(), std::make_move_iterator(differing.begin()),
                       std::make_move_iterator(differing.end()));
    } else if (!decision.record.outs.empty()) {
        reasons.push_back({.field = Reason::Field::never_ran});
    }
    decision.verdict = reasons.empty() ? Verdict::up_to_date : Verdict::recorded;
}

std::vector<Reason> Decider::what_differs(const Decision& decision) const {
    return differences(*decision.known, as_locked(parts_.pipeline.dialect, decision.record));
}

bool Decider::is_chosen_to_verify() {
    const auto percent = parts_.request.verify_percent;
    if (percent <= 0) return false;
    std::uint32_t drawn = 0;
    parts_.workspace.runtime().random.fill(std::as_writable_bytes(std::span{&drawn, 1}));
    constexpr double all = 4294967296.0;
    return static_cast<double>(drawn) / all * 100 < percent;
}

/// The lock's record fits; do the outputs?
void Decider::check_outputs(Decision& decision, std::span<const Observation> seen) {
    if (decision.verdict != Verdict::up_to_date && decision.verdict != Verdict::skipped) return;
    const auto& stage = parts_.pipeline.stages[decision.stage];
    const auto& known = decision.known;
    std::vector<Reason> reasons;
    std::vector<OutputRecord> absent;
    bool is_only_temporary = true;  // what is absent
    if (known && !is_as_known(stage, *known, seen)) parts_.stored.identify(decision.known->outs);
    for (std::size_t i = 0; i < seen.size(); ++i) {
        const auto& at = stage.outs[i].at;
        const auto* const record = known ? find_output(*known, at.written) : nullptr;
        const bool is_known = record != nullptr && record->state;
        if (is_known && seen[i].state && same_content(*record->state, *seen[i].state)) continue;
        if (is_known && !seen[i].state && !seen[i].error) {
            absent.push_back(*record);
            is_only_temporary = is_only_temporary && stage.outs[i].is_temporary;
        }
        Reason reason{.field = Reason::Field::output, .name = at.written};
        if (is_known) reason.before = shown_state(*record->state);
        if (seen[i].state) reason.after = shown_state(*seen[i].state);
        if (seen[i].error) reason.after = seen[i].error->message();
        reasons.push_back(std::move(reason));
    }
    if (decision.verdict == Verdict::skipped) {
        // What needs it can go on with what an earlier run has made.
        if (reasons.empty() && known) decision.record = *known;
        decision.reasons = std::move(reasons);
        return;
    }
    if (reasons.empty()) {
        if (known) decision.record.outs = known->outs;
        return;
    }
    decision.reasons = std::move(reasons);
    const bool is_nothing_else = absent.size() == decision.reasons.size();
    // DVC calls a stage out of date whose outputs are absent, whoever needs them.
    const bool is_lazy = parts_.pipeline.dialect == Dialect::mlo && absent.size() == seen.size();
    const bool may_be_absent = is_needed_[decision.stage] && (is_lazy || is_only_temporary);
    if (is_nothing_else && may_be_absent && parts_.stored.contains(absent)) {
        if (!is_only_temporary) decision.note = "its outputs are not in the work tree, where nobody needs them";
        parts_.absent.add(decision.stage, known->outs);
        decision.record.outs = known->outs;
        decision.verdict = Verdict::up_to_date;
        return;
    }
    // Of a frozen stage only what is absent comes back: an edit is its owner's.
    decision.verdict = stage.is_frozen ? Verdict::recorded : Verdict::must_run;
    if (stage.is_frozen && !is_nothing_else) return;
    if (restore(decision, known->outs)) decision.verdict = Verdict::restored;
}

bool Decider::restore(Decision& decision, std::span<const OutputRecord> outs) {
    auto restored = parts_.stored.restore(parts_.pipeline.stages[decision.stage], outs);
    if (!restored) return false;
    decision.record.outs = *std::move(restored);
    return true;
}

/// As DVC does it with "Verifying outputs in frozen stage": whoever has made what is there, it counts.
void Decider::record_as_it_is(Decision& decision) {
    const auto& stage = parts_.pipeline.stages[decision.stage];
    const auto name = printable(parts_.pipeline.address(stage));
    const auto seen = parts_.observer.look(paths_of(stage));
    for (std::size_t i = 0; i < seen.size(); ++i) {
        const auto& at = stage.outs[i].at;
        if (seen[i].error) throw Error{*seen[i].error}.at(parts_.pipeline.place(stage, at.place));
        if (seen[i].state) continue;
        throw Error{errors::frozen_output_missing,
                    fmt::format("stage '{}' is frozen, so it does not run, and its output {} is not there", name,
                                quoted(at.path))}
            .at(parts_.pipeline.place(stage, at.place))
            .hint(decision.known
                      ? fmt::format("mlo pull, or remove 'frozen: true' and run '{}'", name)
                      : fmt::format("put {} there, or remove 'frozen: true' and run '{}'", quoted(at.path), name));
    }
    auto now = parts_.present.look(std::span{&decision.stage, 1});
    if (now.front().error) throw Error{*now.front().error};
    decision.record = std::move(now.front().record);
    set_states(decision.record, stage, seen);
    decision.note = "it is frozen";
}

/// What DVC's cache has lost, it gets again: DVC calls a stage out of date whose outputs are not in its cache.
void Decider::keep_for_dvc(Decision& decision) {
    const bool is_settled = decision.verdict == Verdict::up_to_date || decision.verdict == Verdict::restored;
    if (!is_settled || parts_.absent.contains(decision.stage)) return;
    const auto& stage = parts_.pipeline.stages[decision.stage];
    std::vector<PathState> cached;  // only the document tells which these are
    for (const auto& out : stage.outs) {
        const auto* const record = out.is_cached ? find_output(decision.record, out.at.written) : nullptr;
        if (record != nullptr && record->state) cached.push_back(*record->state);
    }
    if (parts_.stored.are_kept_for_dvc(cached)) return;
    decision.is_to_be_kept = true;
    set_states(decision.record, stage, parts_.observer.look(paths_of(stage)));
    if (decision.verdict == Verdict::restored) return;
    decision.verdict = Verdict::recorded;
    decision.note = "DVC's cache lacks what it made";
}

/// As long as all was up to date, the names of what others have added were enough.
void Decider::require_sources(Decision& decision) {
    if (!only_decides(parts_.request.plan)) parts_.present.require_sources(decision.stage, decision.record);
}

void Decider::look_for_result(Decision& decision) {
    const auto& stage = parts_.pipeline.stages[decision.stage];
    if (parts_.results == nullptr || stage.outs.empty()) return;
    decision.earlier = parts_.results->find(key_of(decision.record));
    const auto& reasons = decision.reasons;
    const bool is_forced = std::any_of(reasons.begin(), reasons.end(),
                                       [](const Reason& reason) { return reason.field == Reason::Field::forced; });
    if (is_forced || has_persistent(stage)) return;
    for (const auto& result : decision.earlier) {
        if (!restore(decision, result.outs)) continue;
        decision.verdict = Verdict::restored;
        decision.run = result.run;
        decision.duration_ms = result.duration_ms;
        if (decision.earlier.size() > 1) {
            decision.note = fmt::format("{} results are known for what it follows from: it is not deterministic",
                                        decision.earlier.size());
        }
        return;
    }
}

/// It will read what others have made and what is not in the work tree.
void Decider::require_outputs_of_others(Decision& decision) {
    if (only_decides(parts_.request.plan)) return;
    for (const auto maker : parts_.present.needs(decision.stage)) {
        if (parts_.absent.bring(parts_.pipeline.stages[maker], maker)) continue;
        throw Error{errors::dependency_missing,
                    fmt::format("what stage '{}' has made is neither in the work tree nor in the store any more",
                                printable(parts_.pipeline.address(parts_.pipeline.stages[maker])))}
            .hint(fmt::format("mlo run --force {}", printable(parts_.pipeline.address(parts_.pipeline.stages[maker]))));
    }
}

}  // namespace mlo::pipeline
