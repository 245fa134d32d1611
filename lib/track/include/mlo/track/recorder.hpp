// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <mlo/track/output_log.hpp>
#include <mlo/track/run_session.hpp>
#include <mlo/util/child.hpp>
#include <optional>
#include <string>
#include <vector>

namespace mlo::track {

/// Records one job: a RunSession, with what can be seen of the job while it runs. What cannot be recorded once it runs
/// is a loss of the run, never an error of the job. One thread at a time.
class Recorder {
public:
    /// Reads code and inputs, and makes the run, which belongs to this process. `output`: how much to keep of what the
    /// job prints, if anything. Throws what RunSession throws.
    Recorder(workspace::Workspace& workspace, RunStore& runs, Archive& archive, SessionRequest request,
             const std::optional<OutputLimits>& output);
    ~Recorder();
    Recorder(const Recorder&) = delete;
    Recorder& operator=(const Recorder&) = delete;

    [[nodiscard]] const std::string& id() const noexcept;
    [[nodiscard]] const std::string& name() const noexcept;
    /// What the job finds in its environment: RunSession::environment.
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
