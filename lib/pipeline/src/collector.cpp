// SPDX-License-Identifier: Apache-2.0
#include "collector.hpp"

#include <algorithm>

#include <fmt/format.h>

#include <mlo/pipeline/errors.hpp>
#include <mlo/pipeline/lock.hpp>
#include <mlo/pipeline/outputs.hpp>
#include <mlo/util/errors.hpp>
#include <mlo/util/text.hpp>

#include "stage_runs.hpp"

namespace mlo::pipeline {

namespace {

std::string differing_paths(std::span<const OutputRecord> a, std::span<const OutputRecord> b) {
    std::string paths;
    for (const auto& out : a) {
        const auto other = std::find_if(b.begin(), b.end(), [&](const auto& each) { return each.path == out.path; });
        const bool is_same = other != b.end() && out.state && other->state && same_content(*out.state, *other->state);
        if (!is_same) paths += (paths.empty() ? "" : ", ") + quoted(out.path);
    }
    return paths;
}

/// A record that does not tell of a thing fits no present: whatever becomes of it later, the result is out of date.
void forget(StageRecord& record, const Reason& changed) {
    const auto is_it = [&](Reason::Field field, const std::string& name) {
        return changed.field == field && changed.name == name;
    };
    std::erase_if(record.deps, [&](const auto& dep) { return is_it(Reason::Field::dependency, dep.path); });
    std::erase_if(record.environment, [&](const auto& each) { return is_it(Reason::Field::environment, each.name); });
    for (auto& params : record.params) {
        std::erase_if(params.values, [&](const auto& value) {
            const auto name = value.name.empty() ? params.file : params.file + ':' + value.name;
            return is_it(Reason::Field::param, name);
        });
    }
    std::erase_if(record.params, [](const auto& params) { return params.values.empty(); });
}

void forget_all(StageRecord& record) {
    record.deps.clear();
    record.params.clear();
    record.environment.clear();
}

}  // namespace

Collected Collector::collect(const Decision& decision) {
    Collected collected;
    collected.record = decision.record;
    try {
        look_at_outputs(decision, collected);
        look_at_inputs(decision, collected);
        compare_with_earlier(decision, collected);
        const auto& stage = parts_.pipeline.stages[decision.stage];
        collected.metrics =
            run_metrics(parts_.workspace, parts_.pipeline.documents.at(stage.document).path, collected.record);
    } catch (const Error& error) {
        if (error.code().id == mlo::errors::interrupted.id) throw;
        collected.error = std::make_shared<const Error>(error);
    }
    return collected;
}

void Collector::look_at_outputs(const Decision& decision, Collected& collected) {
    const auto& stage = parts_.pipeline.stages[decision.stage];
    const auto name = printable(parts_.pipeline.address(stage));
    std::vector<std::string> paths;
    for (const auto& out : stage.outs) paths.push_back(out.at.path);
    const auto seen = parts_.observer.look(paths);
    for (std::size_t i = 0; i < seen.size(); ++i) {
        const auto& at = stage.outs[i].at;
        if (seen[i].error) {
            throw Error{errors::output_unusable, fmt::format("stage '{}' made {}, which cannot be used: {}", name,
                                                             quoted(at.path), seen[i].error->message())}
                .at(parts_.pipeline.place(stage, at.place))
                .hint("let the command write a file or a folder within the workspace");
        }
        if (!seen[i].state) {
            throw Error{errors::output_missing,
                        fmt::format("stage '{}' ended well, but did not make its output {}", name, quoted(at.path))}
                .at(parts_.pipeline.place(stage, at.place))
                .hint(fmt::format("let the command write {}, relative to {}, or correct the output", quoted(at.written),
                                  stage.wdir.empty() ? "the top of the workspace" : quoted(stage.wdir)));
        }
        for (auto& record : collected.record.outs) {
            if (record.path == at.written) record.state = seen[i].state;
        }
    }
}

void Collector::look_at_inputs(const Decision& decision, Collected& collected) {
    auto now = parts_.present.look(std::span{&decision.stage, 1});
    if (now.front().error) {
        collected.is_reusable = false;
        forget_all(collected.record);
        collected.notes.push_back(
            fmt::format("what it followed from was removed while it ran: {}", now.front().error->message()));
        return;
    }
    auto& after = now.front().record;
    if (!now.front().condition.empty()) {
        collected.is_reusable = false;
        forget_all(collected.record);
        collected.notes.push_back(fmt::format("its condition does not hold any more: {}", now.front().condition));
        return;
    }
    for (const auto& reason : differences(decision.record, after)) {
        collected.is_reusable = false;
        forget(collected.record, reason);
        collected.notes.push_back(
            fmt::format("{} was changed while it ran: the result is kept, and out of date", quoted(reason.name)));
    }
}

void Collector::compare_with_earlier(const Decision& decision, Collected& collected) {
    if (!collected.is_reusable) return;
    const auto tell = [&](std::span<const OutputRecord> before, const std::string& run) {
        const auto paths = differing_paths(collected.record.outs, before);
        if (paths.empty() || !collected.is_deterministic) return;
        collected.is_deterministic = false;
        collected.notes.push_back(fmt::format("it is not deterministic: from the same, {} made another {}",
                                              run.empty() ? "an earlier run" : "run " + run.substr(0, 8), paths));
    };
    for (const auto& result : decision.earlier) tell(result.outs, result.run);
    const auto& known = decision.known;
    if (!known || !differences(*known, as_locked(parts_.pipeline.dialect, decision.record)).empty()) return;
    const bool has_all = std::all_of(known->outs.begin(), known->outs.end(), [](const auto& out) { return out.state; });
    if (has_all) tell(known->outs, "");
    const auto& reasons = decision.reasons;
    const bool is_verified =
        std::any_of(reasons.begin(), reasons.end(), [](const Reason& reason) { return reason.name == "--verify"; });
    if (!is_verified || collected.is_deterministic || !has_all) return;
    // To verify is to look: what was there counts.
    if (!restore_outputs(parts_.workspace, parts_.observer, parts_.pipeline.stages[decision.stage], known->outs))
        return;
    collected.record.outs = known->outs;
    collected.was_put_back = true;
}

}  // namespace mlo::pipeline
