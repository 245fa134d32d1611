// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include <mlo/pipeline/environment.hpp>
#include <mlo/pipeline/graph.hpp>
#include <mlo/pipeline/observer.hpp>
#include <mlo/pipeline/record.hpp>

#include "param_files.hpp"
#include "sources.hpp"

namespace mlo::pipeline {

/// Outputs that are not in the work tree, as nobody needs their bytes now, but which the lock knows and the store has.
/// Thread-safe.
class AbsentOutputs {
public:
    AbsentOutputs(workspace::Workspace& workspace, Observer& observer) : workspace_{workspace}, observer_{observer} {}

    void add(std::uint32_t stage, std::vector<OutputRecord> outs);
    /// What an output is, by its path in the workspace, if it is one of these.
    [[nodiscard]] std::optional<PathState> find(const Stage& maker, std::uint32_t stage, std::string_view path) const;
    /// Puts those of a stage into the work tree, if they are absent. False if the store has lost them.
    [[nodiscard]] bool bring(const Stage& maker, std::uint32_t stage);
    [[nodiscard]] bool contains(std::uint32_t stage) const;

private:
    workspace::Workspace& workspace_;
    Observer& observer_;
    mutable std::mutex mutex_;
    std::map<std::uint32_t, std::vector<OutputRecord>> outs_;
};

/// What a stage's result would follow from now.
struct Present {
    StageRecord record;                  ///< outputs without their states
    std::shared_ptr<const Error> error;  ///< a dependency or parameter is not there, or cannot be read
    std::string condition;               ///< of `when`, that does not hold, in words; "": all hold
};

/// Finds that out. Thread-safe.
class PresentReader {
public:
    struct Parts {
        workspace::Workspace& workspace;
        const Pipeline& pipeline;
        const Graph& graph;
        Observer& observer;
        AbsentOutputs& absent;
        Sources& sources;
        Surroundings& surroundings;
        std::string branch;
        Plan plan = Plan::run;
    };
    explicit PresentReader(const Parts& parts) : parts_{parts}, params_{parts.workspace} {}

    /// In the order of `stages`. Throws interrupted only.
    [[nodiscard]] std::vector<Present> look(std::span<const std::uint32_t> stages);
    /// Those of fingerprints that were not asked for.
    void assume_tools(StageRecord& record, const StageRecord& known) const {
        parts_.surroundings.assume_tools(record.environment, known.environment);
    }
    /// Brings the sources that the record only knows by name.
    void require_sources(std::uint32_t stage, StageRecord& record);
    [[nodiscard]] std::span<const std::uint32_t> needs(std::uint32_t stage) const { return parts_.graph.needs(stage); }

private:
    void fill(std::uint32_t stage, std::span<const Observation> seen, Present& present);
    enum class Bytes : std::uint8_t { may_be_absent, needed };
    [[nodiscard]] PathState state_of(std::uint32_t stage, const StagePath& at, const Observation& seen,
                                     Bytes bytes = Bytes::may_be_absent);
    void read_deps(std::uint32_t stage, std::span<const Observation> seen, StageRecord& record);
    void read_params(std::uint32_t stage, std::span<const Observation> seen, StageRecord& record);
    [[nodiscard]] std::string failed_condition(std::uint32_t stage, std::span<const Observation> seen);
    [[nodiscard]] Error missing(std::uint32_t stage, const StagePath& at) const;
    [[nodiscard]] std::optional<std::string> similar_path(std::string_view path) const;
    [[nodiscard]] std::optional<std::string> pointer_above(const std::string& path) const;

    Parts parts_;
    ParamFiles params_;
};

/// The outputs of a stage in the order of its record, without their states.
[[nodiscard]] std::vector<OutputRecord> outputs_of(const Stage& stage);
/// The commands, wdir and outputs of a record: what the document alone says.
void describe(const Pipeline& pipeline, const Stage& stage, StageRecord& record);

}  // namespace mlo::pipeline
