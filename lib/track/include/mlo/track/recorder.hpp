// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <mlo/track/archive.hpp>
#include <mlo/track/code.hpp>
#include <mlo/track/inputs.hpp>
#include <mlo/track/run.hpp>
#include <mlo/util/child.hpp>
#include <mlo/workspace/workspace.hpp>
#include <string>
#include <utility>
#include <vector>

namespace mlo::track {

enum class WithOutput : std::uint8_t { no, yes };

/// A job to record, and what is known of it beforehand.
struct RecordRequest {
    std::vector<std::string> command;      ///< argv
    std::vector<std::string> environment;  ///< the caller's, whole, as KEY=VALUE
    std::string experiment{};              ///< "": Default
    std::string name{};                    ///< "": one is made up
    std::string note{};
    std::string parent{};  ///< the id of a run, or ""
    std::string user{};
    std::vector<std::pair<std::string, std::string>> params{};
    std::vector<std::pair<std::string, std::string>> tags{};
    std::vector<std::string> inputs{};   ///< paths of the workspace
    std::vector<std::string> outputs{};  ///< likewise; they need not be there yet
    WithDiff with_diff = WithDiff::yes;
    WithPresent with_present = WithPresent::yes;
    WithOutput with_output = WithOutput::yes;
    store::LargeFiles large_files = store::LargeFiles::automatic;
};

/// Records one job from before it starts until its run is sealed. What cannot be recorded once the job runs is a loss
/// of the run, never an error of the job. One thread at a time.
class Recorder {
public:
    /// Reads code and inputs, and makes the run. Throws what these do.
    Recorder(workspace::Workspace& workspace, RunStore& runs, Archive& archive, RecordRequest request);
    ~Recorder();
    Recorder(const Recorder&) = delete;
    Recorder& operator=(const Recorder&) = delete;

    [[nodiscard]] const std::string& id() const noexcept;
    [[nodiscard]] const std::string& name() const noexcept;
    /// What the job finds in its environment: the caller's, MLO_RUN_ID, MLO_RUN_STORE and MLO_METRICS.
    [[nodiscard]] std::vector<std::string> environment() const;

    /// Passes the job's output on until it ends, and records meanwhile what can be seen of it.
    ChildEnd watch(ForegroundChild& job);
    /// The run of a job that could not be started.
    void fail(const Error& error);
    /// Ends and seals the run. Returns what was not recorded, in sentences.
    std::vector<std::string> finish(const ChildEnd& end);

private:
    class Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace mlo::track
