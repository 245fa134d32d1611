// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <mlo/pipeline/pipeline.hpp>
#include <mlo/pipeline/record.hpp>
#include <mlo/track/run_store.hpp>
#include <mlo/workspace/workspace.hpp>

#include "committer.hpp"

namespace mlo::pipeline {

/// The tracked runs of one `mlo run`: one of each execution of a stage, all of them belonging to one of the whole,
/// which begins with the first. What they have in common is read once. One thread at a time.
class StageRuns {
public:
    struct Parts {
        workspace::Workspace& workspace;  ///< whose runtime cannot be stopped
        const Pipeline& pipeline;
        std::vector<std::string> environment;  ///< the caller's
        std::string user;
        std::vector<std::string> command_line;  ///< for the run of the whole
    };
    explicit StageRuns(Parts parts);
    ~StageRuns();

    struct Begun {
        std::string id;
        std::string store;  ///< for MLO_RUN_STORE
    };
    /// Begins the run of a stage. Throws what RunStore throws.
    [[nodiscard]] Begun begin(const Stage& stage, const StageRecord& record, std::span<const std::string> environment);
    /// The id of the run of the whole; "" if no stage ran.
    [[nodiscard]] const std::string& parent() const noexcept { return parent_; }
    /// How the run of the whole ends; to be submitted last.
    [[nodiscard]] RunEnd end(track::RunState state) const;

private:
    void begin_all();
    [[nodiscard]] track::RunDocument draft(std::span<const std::string> environment) const;

    Parts parts_;
    std::optional<track::RunStore> runs_;
    track::ProcessIdentity process_;
    track::Source source_;
    track::Facts host_;
    track::Facts hardware_;
    std::vector<std::string> losses_;
    std::string parent_;
};

/// The outputs and the numbers of its metrics files, as a stage's run has them. `text_of` reads a file.
[[nodiscard]] std::vector<track::Output> run_outputs(const std::string& document, const StageRecord& record);
[[nodiscard]] std::vector<std::pair<std::string, double>> run_metrics(const workspace::Workspace& workspace,
                                                                      const std::string& document,
                                                                      const StageRecord& record);

}  // namespace mlo::pipeline
