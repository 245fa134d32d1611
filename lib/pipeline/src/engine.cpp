// SPDX-License-Identifier: Apache-2.0
#include <mlo/pipeline/engine.hpp>

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include <mlo/db/errors.hpp>
#include <mlo/dvc/locks.hpp>
#include <mlo/dvc/site.hpp>
#include <mlo/pipeline/environment.hpp>
#include <mlo/pipeline/errors.hpp>
#include <mlo/pipeline/outputs.hpp>
#include <mlo/util/errors.hpp>
#include <mlo/util/lock_file.hpp>
#include <mlo/util/text.hpp>

#include "durations.hpp"
#include "dvc_order.hpp"
#include "dvc_shelf.hpp"
#include "engine_loop.hpp"
#include "param_files.hpp"

namespace mlo::pipeline {

namespace {

constexpr std::string_view lock_name = "pipeline.run";

Runtime unstoppable(Runtime runtime) {
    runtime.stop = {};
    return runtime;
}

/// One command: what all its graphs have in common.
class Session {
public:
    Session(const EngineParts& parts, const EngineRequest& request)
        : parts_{parts},
          request_{request},
          quiet_{parts.workspace.layout(), parts.workspace.layout().root, git::Environment{request.environment},
                 unstoppable(parts.workspace.runtime())},
          observer_{parts.workspace, with_md5()},
          absent_{parts.workspace, observer_},
          locks_{parts.workspace},
          surroundings_{parts.workspace, observer_, request.environment,
                        request.plan == Plan::glance ? Tools::leave : Tools::ask} {
        if (auto* const repository = parts.workspace.repository()) branch_ = repository->branch().value_or("");
    }

    EngineReport run() {
        const auto begin = parts_.workspace.runtime().clock.elapsed();
        find_dvc();
        open();
        run_groups();
        if (!is_over_) {
            graph_.emplace(parts_.pipeline);
            selected_ = select(parts_.pipeline, *graph_, request_.selection);
            run_graph(*graph_, selected_);
        }
        close();
        report_.duration_ms =
            std::chrono::duration_cast<std::chrono::milliseconds>(parts_.workspace.runtime().clock.elapsed() - begin)
                .count();
        return std::move(report_);
    }

private:
    [[nodiscard]] WithMd5 with_md5() const {
        return parts_.pipeline.dialect == Dialect::dvc ? WithMd5::yes : WithMd5::no;
    }
    [[nodiscard]] bool is_dry() const noexcept { return only_decides(request_.plan); }

    void find_dvc() {
        if (parts_.pipeline.dialect != Dialect::dvc) return;
        site_ = dvc::find_site(parts_.workspace.layout().root, parts_.pipeline.documents.front().folder,
                               request_.environment, parts_.workspace.runtime());
        if (site_) shelf_.emplace(*site_, parts_.workspace);
    }

    void open() {
        const auto& runtime = parts_.workspace.runtime();
        const auto& store_dir = parts_.workspace.layout().store_dir;
        if (!is_dry()) {
            auto* const private_dir = parts_.workspace.private_dir();
            if (private_dir == nullptr) {
                throw Error{errors::cannot_record, "the work tree's private folder cannot be written"}.hint(
                    "mlo run --dry");
            }
            one_at_a_time_.emplace(*private_dir, lock_name, LockMode::exclusive, "mlo run", WhenHeld::wait, runtime);
            parts_.executor.settle();
            static_cast<void>(workspace::make_folders(runtime.fs, store_dir));
            committer_.emplace(Committer::Parts{quiet_, with_md5(), locks_, parts_.writer, site_, runtime.stop});
            if (site_) path_locks_.emplace(*site_, fmt::format("{}", fmt::join(command_line(), " ")), quiet_.runtime());
            runs_.emplace(
                StageRuns::Parts{quiet_, parts_.pipeline, request_.environment, request_.user, command_line()});
            adopt(*private_dir);
            durations_.emplace(*private_dir);
        }
        try {
            ledger_.emplace(store_dir, is_dry() ? db::Access::read : db::Access::write, runtime);
            results_.emplace(*ledger_, parts_.writer, runtime.log);
        } catch (const Error& error) {
            if (!is_dry() || error.kind() != ErrorKind::not_found) throw;
        }
    }

    void adopt(Dir& private_dir) {
        std::vector<JournalEntry> left_over;
        auto journal = std::make_unique<Journal>(private_dir, quiet_.runtime(),
                                                 [&](JournalEntry entry) { left_over.push_back(std::move(entry)); });
        committer_->adopt(std::move(journal), std::move(left_over));
    }

    [[nodiscard]] std::vector<std::string> command_line() const {
        std::vector<std::string> words{"mlo", "run", "-f", parts_.pipeline.documents.front().path};
        const auto& targets = request_.selection.targets;
        words.insert(words.end(), targets.begin(), targets.end());
        return words;
    }

    // Groups whose stages a file tells that a stage makes.

    void run_groups() {
        while (!is_over_ && !parts_.pipeline.pending.empty()) {
            const Graph graph{parts_.pipeline};
            std::vector<std::string> makers;
            for (const auto& group : parts_.pipeline.pending) {
                if (const auto maker = graph.maker(group.from.path, group.from.reach)) {
                    makers.push_back(parts_.pipeline.address(parts_.pipeline.stages[*maker]));
                }
            }
            if (request_.selection.extent == Selection::Extent::with_upstream && !makers.empty()) {
                const auto needed = select(parts_.pipeline, graph, {.targets = makers});
                if (is_within(graph, needed)) return;
                run_graph(graph, needed);
            }
            if (is_over_ || !expand()) return;
        }
    }

    /// Whether what is selected is known without the groups.
    [[nodiscard]] bool is_within(const Graph& graph, const std::vector<std::uint32_t>& needed) const {
        const auto& targets = request_.selection.targets;
        if (targets.empty()) return false;
        for (const auto& target : targets) {
            if (find_target(parts_.pipeline, target, request_.selection.folder).empty()) return false;
        }
        const auto selected = select(parts_.pipeline, graph, request_.selection);
        return std::all_of(selected.begin(), selected.end(),
                           [&](auto stage) { return std::find(needed.begin(), needed.end(), stage) != needed.end(); });
    }

    /// Makes the stages of all groups whose files are there and current. False if there were none.
    bool expand() {
        auto groups = std::move(parts_.pipeline.pending);
        parts_.pipeline.pending.clear();
        bool has_grown = false;
        const Graph graph{parts_.pipeline};
        for (auto& group : groups) {
            const auto maker = graph.maker(group.from.path, group.from.reach);
            const bool is_current = !maker || states_[*maker] == StageStates::State::done ||
                                    request_.selection.extent != Selection::Extent::with_upstream;
            const auto seen = observer_.look(std::span{&group.from.path, 1});
            if (is_current && seen.front().state) {
                for (auto& stage : group.expand(read_text(parts_.workspace, group.from.path))) {
                    parts_.pipeline.stages.push_back(std::move(stage));
                }
                states_.grow(parts_.pipeline.stages.size());
                has_grown = true;
                continue;
            }
            if (!maker) {
                throw Error{errors::dependency_missing,
                            fmt::format("the group {} is told by {}, which no stage makes and no file provides",
                                        quoted(group.name), quoted(group.from.path))}
                    .at(format_place(parts_.pipeline.documents.at(group.document).path, group.place))
                    .hint(fmt::format("add the file {}", quoted(group.from.path)));
            }
            report_.warnings.push_back(fmt::format("the stages of the group {} are not known before stage '{}' has run",
                                                   quoted(group.name),
                                                   printable(parts_.pipeline.address(parts_.pipeline.stages[*maker]))));
            parts_.pipeline.pending.push_back(std::move(group));
        }
        return has_grown;
    }

    void run_graph(const Graph& graph, const std::vector<std::uint32_t>& selected) {
        states_.grow(parts_.pipeline.stages.size());
        const auto durations = durations_ ? durations_->of(parts_.pipeline) : std::vector<std::uint32_t>{};
        Scheduler scheduler{
            parts_.pipeline, graph, selected, limits(), is_dry() ? Scheduler::KeepGoing::yes : request_.keep_going,
            durations};
        StoredOutputs stored{{parts_.workspace, observer_, request_, parts_.pipeline.dialect,
                              results_ ? &*results_ : nullptr, shelf_ ? &*shelf_ : nullptr}};
        Sources sources{{parts_.workspace, parts_.pipeline, observer_, stored}};
        tell_dvc(sources, selected);
        PresentReader present{{parts_.workspace, parts_.pipeline, graph, observer_, absent_, sources, surroundings_,
                               branch_, request_.plan}};
        Decider decider{{parts_.workspace, parts_.pipeline, request_, observer_, present, absent_, locks_,
                         results_ ? &*results_ : nullptr, stored}};
        std::vector<bool> is_selected(parts_.pipeline.stages.size());
        std::vector<bool> is_needed(parts_.pipeline.stages.size());
        for (const auto stage : selected) {
            is_selected[stage] = true;
            if (states_[stage] == StageStates::State::open) ++status_.selected;
            for (const auto needed : graph.needs(stage)) is_needed[needed] = true;
        }
        decider.set_needed(std::move(is_needed));
        Collector collector{{parts_.workspace, parts_.pipeline, request_, observer_, present}};
        parts_.observer.planned(status_.selected);
        EngineLoop loop{{parts_, request_, graph, scheduler, decider, collector, observer_, surroundings_, states_,
                         report_, status_, committer_ ? &*committer_ : nullptr, runs_ ? &*runs_ : nullptr,
                         path_locks_ ? &*path_locks_ : nullptr,
                         [this, &graph](std::vector<std::uint32_t> made) { ignore(&graph, std::move(made)); }}};
        loop.run();
        const bool has_failed = std::any_of(selected.begin(), selected.end(),
                                            [&](auto stage) { return states_[stage] == StageStates::State::ended; });
        is_over_ = loop.is_ending() || (has_failed && request_.keep_going == Scheduler::KeepGoing::no && !is_dry());
        if (!is_over_) return;
        for (const auto stage : graph.order()) {
            if (!is_selected[stage] || states_[stage] != StageStates::State::open) continue;
            StageReport report;
            report.stage = stage;
            report.name = parts_.pipeline.address(parts_.pipeline.stages[stage]);
            report.outcome = StageOutcome::not_started;
            parts_.observer.ended(report);
            report_.stages.push_back(std::move(report));
        }
    }

    void tell_dvc(Sources& sources, const std::vector<std::uint32_t>& selected) {
        if (is_dry() || !site_ || !ledger_) return;
        try {
            auto warnings = sources.tell_dvc(selected, {*site_, *shelf_, *ledger_, parts_.writer});
            std::move(warnings.begin(), warnings.end(), std::back_inserter(report_.warnings));
        } catch (const Error& error) {
            if (error.code().id == mlo::errors::interrupted.id || error.kind() == ErrorKind::internal) throw;
            report_.warnings.push_back(
                fmt::format("DVC does not know of changes of what it tracks: {}", error.message()));
        }
    }

    [[nodiscard]] Scheduler::Limits limits() const {
        Scheduler::Limits limits{.jobs = request_.jobs, .pools = request_.resources};
        for (const auto& [pool, amount] : parts_.pipeline.pools) limits.pools.insert_or_assign(pool, amount);
        if (request_.plan != Plan::glance) return limits;
        for (const auto& stage : parts_.pipeline.stages) {
            if (!stage.extras) continue;
            for (const auto& need : stage.extras->needs)
                limits.pools.insert_or_assign(need.pool, std::numeric_limits<std::uint64_t>::max());
        }
        return limits;
    }

    /// Outputs that are `temp`, once all who need them are done, and the store has them.
    void remove_temporary() {
        if (!graph_ || report_.trouble) return;
        for (const auto index : selected_) {
            auto maker = parts_.pipeline.stages[index];
            std::erase_if(maker.outs, [](const StageOutput& out) { return !out.is_temporary; });
            const auto needed_by = graph_->needed_by(index);
            const bool is_over = std::all_of(needed_by.begin(), needed_by.end(),
                                             [&](auto stage) { return states_[stage] == StageStates::State::done; });
            if (maker.outs.empty() || needed_by.empty() || !is_over) continue;
            try {
                static_cast<void>(clear_outputs(parts_.workspace, observer_, maker, nullptr));
            } catch (const Error& error) {
                report_.warnings.push_back(fmt::format("a temporary output of stage '{}' is still there: {}",
                                                       printable(maker.name), error.message()));
            }
        }
    }

    void ignore_what_was_made() {
        std::vector<std::uint32_t> made;
        for (const auto& report : report_.stages) {
            const bool has_made = report.outcome == StageOutcome::ran || report.outcome == StageOutcome::restored ||
                                  report.outcome == StageOutcome::recorded;
            if (has_made) made.push_back(report.stage);
        }
        ignore(graph_ ? &*graph_ : nullptr, std::move(made));
    }

    /// As written, or as DVC would run them, in whatever order they ended.
    void ignore(const Graph* graph, std::vector<std::uint32_t> made) {
        if (parts_.pipeline.dialect == Dialect::dvc && graph != nullptr && ranks_.empty() && !made.empty()) {
            ranks_.resize(parts_.pipeline.stages.size());
            std::uint32_t rank = 0;
            for (const auto stage : dvc_order(parts_.pipeline, *graph)) ranks_[stage] = rank++;
        }
        const auto rank_of = [&](std::uint32_t stage) { return ranks_.empty() ? stage : ranks_[stage]; };
        std::sort(made.begin(), made.end(), [&](auto a, auto b) { return rank_of(a) < rank_of(b); });
        std::vector<const Stage*> stages;
        for (const auto index : made) stages.push_back(&parts_.pipeline.stages[index]);
        try {
            static_cast<void>(ignore_outputs(quiet_, stages));
        } catch (const Error& error) {
            report_.warnings.push_back(fmt::format("git does not ignore all outputs: {}", error.message()));
        }
    }

    /// DVC runs one stage after the other: then the order of a dvc.lock follows from the document alone.
    void arrange_locks() {
        if (parts_.pipeline.dialect != Dialect::dvc) return;
        std::vector<std::pair<std::string, std::string>> order;
        for (const auto index : dvc_order(parts_.pipeline, *graph_)) {
            const auto& stage = parts_.pipeline.stages[index];
            order.emplace_back(parts_.pipeline.documents.at(stage.document).path, stage.name);
        }
        try {
            std::optional<dvc::RepoLock> without_dvc;
            if (site_) without_dvc.emplace(*site_, parts_.workspace.runtime());
            locks_.arrange(order);
        } catch (const Error& error) {
            report_.warnings.push_back(fmt::format("new stages stay in the order of their ends: {}", error.message()));
        }
    }

    void close() {
        if (!committer_) {
            observer_.save();
            return;
        }
        ignore_what_was_made();
        report_.run = runs_->parent();
        if (!report_.run.empty()) {
            const bool is_well = report_.count(StageOutcome::failed) == 0 && !report_.is_interrupted;
            committer_->submit({{},
                                runs_->end(is_well                  ? track::RunState::finished
                                           : report_.is_interrupted ? track::RunState::killed
                                                                    : track::RunState::failed)});
        }
        auto warnings = committer_->finish();
        report_.warnings.insert(report_.warnings.end(), std::make_move_iterator(warnings.begin()),
                                std::make_move_iterator(warnings.end()));
        if (!report_.trouble) report_.trouble = committer_->trouble();
        if (!report_.trouble && graph_) arrange_locks();
        if (!is_over_) remove_temporary();
        durations_->learn(parts_.pipeline, report_.stages);
        durations_->save(*parts_.workspace.private_dir(), parts_.workspace.runtime().random);
        observer_.save();
    }

    const EngineParts& parts_;
    const EngineRequest& request_;
    workspace::Workspace quiet_;  ///< goes on when the user asks to stop: for what is to be written down
    Observer observer_;
    AbsentOutputs absent_;
    StageLocks locks_;
    Surroundings surroundings_;
    std::string branch_;
    std::optional<dvc::Site> site_;  ///< DVC's dialect, and DVC is here
    std::optional<DvcShelf> shelf_;
    std::optional<dvc::PathLocks> path_locks_;
    std::optional<LockFile> one_at_a_time_;
    std::optional<Committer> committer_;
    std::optional<StageRuns> runs_;
    std::optional<Durations> durations_;
    std::optional<ledger::Ledger> ledger_;
    std::optional<SharedResults> results_;
    std::optional<Graph> graph_;  ///< the last one
    std::vector<std::uint32_t> selected_;
    std::vector<std::uint32_t> ranks_;  ///< of stages, in the order of DVC's; empty: not known
    StageStates states_;
    EngineReport report_;
    EngineStatus status_;
    bool is_over_ = false;
};

}  // namespace

std::string_view to_string(StageOutcome outcome) noexcept {
    switch (outcome) {
        case StageOutcome::up_to_date:
            return "up-to-date";
        case StageOutcome::restored:
            return "restored";
        case StageOutcome::recorded:
            return "recorded";
        case StageOutcome::ran:
            return "ran";
        case StageOutcome::skipped:
            return "skipped";
        case StageOutcome::failed:
            return "failed";
        case StageOutcome::blocked:
            return "blocked";
        case StageOutcome::not_started:
            return "not-started";
        case StageOutcome::cancelled:
            return "cancelled";
        case StageOutcome::would_run:
            return "would-run";
        case StageOutcome::would_restore:
            return "would-restore";
        case StageOutcome::would_record:
            return "would-record";
        case StageOutcome::may_run:
            return "may-run";
    }
    return "";
}

std::size_t EngineReport::count(StageOutcome outcome) const noexcept {
    return static_cast<std::size_t>(std::count_if(
        stages.begin(), stages.end(), [&](const StageReport& report) { return report.outcome == outcome; }));
}

EngineReport run_pipeline(const EngineParts& parts, const EngineRequest& request) {
    return Session{parts, request}.run();
}

}  // namespace mlo::pipeline
