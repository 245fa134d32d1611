// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <mlo/ledger/ledger.hpp>
#include <mlo/pipeline/environment.hpp>
#include <mlo/util/path.hpp>
#include <project.hpp>

#include "collector.hpp"
#include "committer.hpp"
#include "decider.hpp"
#include "pipeline_maker.hpp"
#include "stored_outputs.hpp"

namespace mlo::test {

using namespace mlo::pipeline;

/// The steps of the engine by themselves, over a project and stages that a test writes down; the test is the command.
class EngineWorld {
public:
    PipelineMaker maker;
    EngineRequest request{};
    std::vector<JournalEntry> left;  ///< what the last committer found in the journal

    EngineWorld() = default;
    ~EngineWorld() = default;
    EngineWorld(const EngineWorld&) = delete;
    EngineWorld& operator=(const EngineWorld&) = delete;

    /// As a new process begins: nothing is known but what is on disk.
    void begin() {
        end();
        workspace_ = project_.open();
        quiet_ = project_.open();
        observer_ = std::make_unique<Observer>(*workspace_, WithMd5::no);
        absent_ = std::make_unique<AbsentOutputs>(*workspace_, *observer_);
        locks_ = std::make_unique<StageLocks>(*workspace_);
        surroundings_ = std::make_unique<Surroundings>(*workspace_, *observer_, std::vector<std::string>{});
        graph_ = std::make_unique<Graph>(maker.made);
        static_cast<void>(workspace::make_folders(real_fs(), path(".mlo")));
        ledger_ = std::make_unique<ledger::Ledger>(path(".mlo"), db::Access::write, project_.runtime());
        results_ = std::make_unique<SharedResults>(*ledger_, writer, silent_log());
        stored_ = std::make_unique<StoredOutputs>(
            StoredOutputs::Parts{*workspace_, *observer_, request, Dialect::mlo, results_.get(), nullptr});
        sources_ = std::make_unique<Sources>(Sources::Parts{*workspace_, maker.made, *observer_, *stored_});
        present_ = std::make_unique<PresentReader>(PresentReader::Parts{
            *workspace_, maker.made, *graph_, *observer_, *absent_, *sources_, *surroundings_, "main", request.plan});
        decider_ = std::make_unique<Decider>(Decider::Parts{*workspace_, maker.made, request, *observer_, *present_,
                                                            *absent_, *locks_, results_.get(), *stored_});
        decider_->set_needed(std::vector<bool>(maker.made.stages.size(), needs_all_));
        collector_ =
            std::make_unique<Collector>(Collector::Parts{*workspace_, maker.made, request, *observer_, *present_});
    }
    /// Writes all down. Returns what could not be.
    std::vector<std::string> end() {
        auto warnings = committer_ ? committer_->finish() : std::vector<std::string>{};
        committer_.reset();
        return warnings;
    }
    Committer& committer() {
        if (!committer_) {
            committer_ =
                std::make_unique<Committer>(Committer::Parts{.workspace = *quiet_, .locks = *locks_, .writer = writer});
            left.clear();
            auto journal = std::make_unique<Journal>(*quiet_->private_dir(), project_.runtime(),
                                                     [&](JournalEntry entry) { left.push_back(std::move(entry)); });
            committer_->adopt(std::move(journal), left);
        }
        return *committer_;
    }
    /// Whether any stage's outputs are needed by another that is selected.
    void set_needed(bool to) { needs_all_ = to; }

    Decision decide(std::uint32_t stage) { return std::move(decider_->decide(std::span{&stage, 1}).front()); }
    Collected collect(const Decision& decision) { return collector_->collect(decision); }
    /// As the engine does when commands have ended well.
    Collected finish(const Decision& decision) {
        auto collected = collect(decision);
        if (collected.error || collected.was_put_back) return collected;
        committer().submit({JournalEntry{.document = "pipeline.yaml",
                                         .stage = maker.made.stages[decision.stage].name,
                                         .run = std::string(32, '7'),
                                         .record = collected.record,
                                         .duration_ms = 5,
                                         .is_reusable = collected.is_reusable},
                            {}});
        return collected;
    }
    /// What is known of earlier executions.
    std::vector<StageResult> results_of(const StageRecord& record) { return results_->find(key_of(record)); }

    void write(std::string_view name, std::string_view text) const { project_.folder().write(name, text); }
    [[nodiscard]] std::string read(std::string_view name) const { return project_.folder().read(name); }
    [[nodiscard]] std::string path(std::string_view name) const { return project_.folder().path(name); }
    [[nodiscard]] bool exists(std::string_view name) const { return std::filesystem::exists(path(name)); }
    void remove(std::string_view name) const { std::filesystem::remove_all(path(name)); }
    /// The files that hold objects.
    [[nodiscard]] std::vector<std::filesystem::path> packs() const {
        std::vector<std::filesystem::path> found;
        for (const auto& each : std::filesystem::directory_iterator{path(".mlo/packs")}) found.push_back(each.path());
        return found;
    }
    /// The store loses them.
    void lose(const std::vector<std::filesystem::path>& packs) const {
        for (const auto& each : packs) std::filesystem::remove(each);
        remove(".mlo/index");
    }

    inline static const std::string writer = std::string(32, 'a');

private:
    Project project_;
    bool needs_all_ = true;
    std::unique_ptr<workspace::Workspace> workspace_;
    std::unique_ptr<workspace::Workspace> quiet_;
    std::unique_ptr<Observer> observer_;
    std::unique_ptr<AbsentOutputs> absent_;
    std::unique_ptr<StageLocks> locks_;
    std::unique_ptr<Surroundings> surroundings_;
    std::unique_ptr<Graph> graph_;
    std::unique_ptr<Sources> sources_;
    std::unique_ptr<PresentReader> present_;
    std::unique_ptr<ledger::Ledger> ledger_;
    std::unique_ptr<SharedResults> results_;
    std::unique_ptr<StoredOutputs> stored_;
    std::unique_ptr<Decider> decider_;
    std::unique_ptr<Collector> collector_;
    std::unique_ptr<Committer> committer_;
};

}  // namespace mlo::test
