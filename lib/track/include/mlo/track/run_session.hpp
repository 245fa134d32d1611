// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <mlo/track/archive.hpp>
#include <mlo/track/code.hpp>
#include <mlo/track/inputs.hpp>
#include <mlo/track/run.hpp>
#include <mlo/util/bytes.hpp>
#include <mlo/workspace/workspace.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mlo::track {

/// Whether the packages of Python, conda and R are of interest.
enum class WithPackages : std::uint8_t { no, yes };

/// A run to begin, and what is known of it beforehand. One that is resumed keeps experiment, name, parent, user, code,
/// command, environment and surroundings of its first attempt; what differs is said among its losses.
struct SessionRequest {
    std::vector<std::string> command{};      ///< argv of what runs; empty where that says nothing (a shell, a notebook)
    std::vector<std::string> environment{};  ///< the caller's, whole, as KEY=VALUE; secrets are masked here
    std::string experiment{};                ///< "": Default
    std::string name{};                      ///< "": one is made up
    std::string note{};
    std::string parent{};  ///< the id of a run, or ""
    std::string user{};    ///< UTF-8
    std::vector<std::pair<std::string, std::string>> params{};
    std::vector<std::pair<std::string, std::string>> tags{};
    std::vector<std::string> inputs{};   ///< paths of the workspace
    std::vector<std::string> outputs{};  ///< likewise; stored by finish(), they need not be there before
    std::vector<std::string> models{};   ///< likewise; outputs that are models
    std::string resumed{};               ///< the full id of a run to go on with, as its next attempt; "": a new one
    Pulse pulse = Pulse::beats;          ///< silent: nobody will call heartbeat
    /// Further variables to keep of the environment: see recorded_environment.
    std::vector<std::string> environment_rules{};
    WithDiff with_diff = WithDiff::yes;
    WithPresent with_present = WithPresent::yes;
    WithPackages with_packages = WithPackages::yes;
    store::LargeFiles large_files = store::LargeFiles::automatic;
};

/// A run from its begin to its end, apart from what it does in between: the part that `mlo track` (which watches a
/// job), `mlo track start` and `end`, and the C++ API have in common. In this order:
///
/// 1. The constructor reads code and inputs and makes the run. It is fast: what takes longer comes next.
/// 2. record_surroundings, once, best in a thread of its own.
/// 3. What happens is written by anybody who has a RunStore: record(), edit(), heartbeat() with run().id. For as long
///    as the session lives, somebody calls heartbeat at least once a minute, or other machines take the run for lost;
///    but for Pulse::silent, where the machine of the process alone can tell.
/// 4. finish, or end_at_once. Without either, the run is LOST once the process that was named here is gone.
///
/// Between 1 and 4, nothing that fails is an error: it becomes a loss of the run, one sentence. Used by one thread at a
/// time, except as said; what is handed in must outlive it.
class RunSession {
public:
    /// Begins a run that belongs to `process`. Throws what reading inputs and RunStore::create throw; then there is no
    /// run. To resume one: what Archive::reopen and RunStore::resume and record throw; then it has ended, as before.
    RunSession(workspace::Workspace& workspace, RunStore& runs, Archive& archive, SessionRequest request,
               const ProcessIdentity& process);
    /// Takes over `run` (a full id), which somebody else began, to end it. One that was found lost is open again, as
    /// its next attempt. Throws run_ended, and run_recorded for one that a living process records and will end.
    RunSession(workspace::Workspace& workspace, RunStore& runs, Archive& archive, std::string_view run,
               store::LargeFiles large_files);
    ~RunSession();
    RunSession(const RunSession&) = delete;
    RunSession& operator=(const RunSession&) = delete;

    /// As it was when it began. Thread-safe.
    [[nodiscard]] const RunDocument& run() const noexcept;
    /// Where runs.db is: for a thread that needs a RunStore of its own. Thread-safe.
    [[nodiscard]] std::string runs_path() const;
    /// The file that $MLO_METRICS names, made by the constructor; empty if that failed, which is a loss. finish takes
    /// what is in it, MetricsIngest does so before.
    [[nodiscard]] const std::string& metrics_path() const noexcept;
    /// The environment of the request, with MLO_RUN_ID, MLO_RUN_STORE and MLO_METRICS set to what names this run.
    [[nodiscard]] std::vector<std::string> environment() const;

    /// One more that finish is to store. Remembered in the run store, as those of the request are.
    void add_output(const WantedOutput& output);
    /// Stores the diff and the lists of packages, and records the machine; up to a second. May be called in another
    /// thread than the rest, with a RunStore of that thread's, but must have returned before finish is called.
    void record_surroundings(RunStore& runs);

    /// Adds a sentence to what could not be recorded; finish puts them into the run. Thread-safe.
    void lose(std::string sentence);
    /// Does `step`; if that throws, it is a loss: "`what` could not be recorded: ...". Only the user's wish to stop
    /// (mlo::errors::interrupted) is passed on. Thread-safe if `step` is.
    void attempt(std::string_view what, const std::function<void()>& step);
    /// What attempt says once, for everything, when somebody has deleted the run. Thread-safe.
    void lose_run();

    /// Puts what could not be recorded so far into the run, for a session that somebody else will finish, and returns
    /// it, in sentences.
    std::vector<std::string> keep_losses();
    /// Takes the rest of the metrics file, stores the outputs and, unless it is empty, `log` (what the run printed),
    /// finds what changed meanwhile, ends the run as `ending` says and seals it. Returns all losses, in sentences. If
    /// the user stops it meanwhile, the end is recorded all the same, and interrupted thrown; the next command seals.
    /// Throws what RunStore::end and Archive::seal throw: then the run is open, or ended and not sealed.
    std::vector<std::string> finish(Ending ending, ByteView log = {});
    /// Ends and seals the run as it is: what it was to do never began.
    void end_at_once(Ending ending);

private:
    class Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace mlo::track
