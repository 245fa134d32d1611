// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mlo/db/database.hpp>
#include <mlo/track/liveness.hpp>
#include <mlo/track/run.hpp>
#include <mlo/util/runtime.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mlo::track {

/// One value of one metric. A view: `key` lives as long as the call.
struct MetricPoint {
    std::string_view key;
    Point point;
};

/// How far a metrics file was read.
struct Ingested {
    std::string file;  ///< bytes; what the reader calls it
    std::uint64_t offset_bytes = 0;
    std::uint64_t lines = 0;
    friend bool operator==(const Ingested&, const Ingested&) = default;
};

/// Whether points have the steps that they say, or each the one after the greatest of its metric.
enum class Steps : std::uint8_t { given, following };

/// What is recorded together: all of it or nothing.
struct Batch {
    std::span<const MetricPoint> points{};
    Steps steps = Steps::given;
    std::span<const std::pair<std::string, std::string>> params{};
    std::span<const std::pair<std::string, std::string>> tags{};  ///< replace what they had
    std::optional<std::string_view> note{};
    std::span<const Input> inputs{};
    std::span<const Output> outputs{};
    /// Where these points come from. With it, a run that was found lost, but is not sealed yet, takes them too.
    std::optional<Ingested> ingested{};
};

enum class IsModel : std::uint8_t { no, yes };

/// What is to be stored when the run ends.
struct WantedOutput {
    std::string path;  ///< of the workspace
    IsModel is_model = IsModel::no;
    friend bool operator==(const WantedOutput&, const WantedOutput&) = default;
};

/// How a run ends.
struct Ending {
    RunState state = RunState::finished;
    std::optional<std::int64_t> ended_ms{};  ///< now, if it is not said
    std::optional<std::int32_t> exit_code{};
    std::optional<std::int32_t> signal{};
    std::optional<store::ObjectId> log{};
    std::vector<std::string> changed{};  ///< Source::changed
    std::vector<std::string> losses{};   ///< added to those that are known
};

/// Where a run stands.
struct RunStatus {
    std::string id;
    std::string name;
    RunState state = RunState::running;
    bool is_sealed = false;
    bool is_deleted = false;
};

/// A run that is open although it may be dead.
struct OpenRun {
    std::string id;
    std::string session;
    std::optional<ProcessIdentity> process;
    std::optional<ProcessIdentity> job;  ///< what `process` has started, if it said so
    Pulse pulse = Pulse::beats;
    std::int64_t heartbeat_ms = 0;
};

/// The open runs and the projection of the sealed ones, in `runs.db`. Any number of processes may write at once; an
/// object is used by one thread at a time. Besides what is named below, everything throws what mlo::db throws.
///
/// A run is named by its full id: see resolve. Writing to one that has ended throws run_ended, that does not exist
/// run_not_found, that is deleted run_deleted.
class RunStore {
public:
    static constexpr std::string_view file_name = "runs.db";

    /// `path` is that of runs.db.
    RunStore(const std::string& path, db::Access access, const Runtime& runtime);
    ~RunStore();
    RunStore(RunStore&&) noexcept;
    RunStore& operator=(RunStore&&) noexcept;

    /// Makes this store, which is new and on a local disk, a scratch store: from now on whatever is recorded in it, by
    /// whoever opens it, is appended before to the run's journal in `folder`, an absolute path, and durable there
    /// (lib/track/README.md, Journals). Runs cannot be resumed in it.
    void journal_to(const std::string& folder);
    /// Where the journals of a scratch store are; "" for any other.
    [[nodiscard]] const std::string& journals() const noexcept;
    [[nodiscard]] const std::string& path() const noexcept;
    /// Whether it was opened for writing.
    [[nodiscard]] bool is_writable() const noexcept;

    /// Begins a run from `draft`, whose id, session, attempt, state and (if it is 0) start are made here, and its name
    /// if it is empty. Its experiment is found by name, or made. Returns the whole. Throws name_invalid, value_invalid.
    [[nodiscard]] RunDocument create(RunDocument draft, const ProcessIdentity& process, Pulse pulse = Pulse::beats);
    /// Opens a run again that has ended, but is not sealed: as the next attempt. A running one, whose process is dead,
    /// too; Archive::reopen does the same for sealed ones. Returns the whole. Throws run_running.
    [[nodiscard]] RunDocument resume(std::string_view run, const ProcessIdentity& process, const ProcessProbe& probe,
                                     Pulse pulse = Pulse::beats);
    /// Records a batch. Points that are there already are dropped. Throws name_invalid, value_invalid, run_too_large,
    /// and param_conflict for a parameter that has another value.
    void record(std::string_view run, const Batch& batch);
    /// Changes what RunDocument has beyond names, times, state, parameters, tags, metrics, inputs and outputs.
    void edit(std::string_view run, const std::function<void(RunDocument&)>& change);
    /// Names the job that the run's process has started, on the same machine: while either lives, the run does.
    void set_job(std::string_view run, std::int64_t pid, std::uint64_t start_ticks);
    /// Names what is to be stored as outputs when the run ends, besides what was named before.
    void want(std::string_view run, std::span<const WantedOutput> outputs);
    [[nodiscard]] std::vector<WantedOutput> wanted(std::string_view run);
    /// Says that the session is alive. A run that was found lost meanwhile is open again; false if that is too late.
    bool heartbeat(std::string_view run, std::string_view session);
    /// Ends a run. It is not sealed by that: Archive::seal.
    void end(std::string_view run, const Ending& ending);

    /// Marks the open runs whose process is dead (or whose heartbeat is 5 minutes old, where that cannot be told and it
    /// beats) as lost. They ended when they last gave a sign of life. Returns their ids.
    std::vector<std::string> settle(const ProcessProbe& probe);
    /// Whether settle would mark it so. Of `run` as open_runs gave it.
    [[nodiscard]] bool is_dead(const OpenRun& run, const ProcessProbe& probe) const;
    [[nodiscard]] std::vector<OpenRun> open_runs();
    /// The runs that have ended and wait to be sealed.
    [[nodiscard]] std::vector<std::string> ended_runs();

    /// The run that `text` names: an id, its unique start of at least 4 digits, a name, or "last", the newest that is
    /// not deleted. Throws run_not_found (with a guess, if there is a good one), run_ambiguous.
    [[nodiscard]] std::string resolve(std::string_view text);
    [[nodiscard]] RunStatus status(std::string_view run);
    /// All that is known of a run but its points. Throws run_not_found.
    [[nodiscard]] RunDocument get(std::string_view run);
    /// The points of a run that is not sealed, in order; false if it has no such metric. Archive::read_points reads
    /// those of any run.
    bool read_points(std::string_view run, std::string_view key,
                     const std::function<void(std::span<const Point>)>& sink);
    [[nodiscard]] std::vector<Ingested> ingested(std::string_view run);

    /// The experiment of that name; nothing if there is none.
    [[nodiscard]] std::optional<ExperimentName> find_experiment(std::string_view name);
    /// One for each name, by name.
    [[nodiscard]] std::vector<ExperimentName> experiments();

    struct State;  ///< the component's own sources only
    [[nodiscard]] State& state() noexcept { return *state_; }

private:
    std::unique_ptr<State> state_;
};

}  // namespace mlo::track
