// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <mlo/pipeline/executor.hpp>
#include <mlo/pipeline/graph.hpp>
#include <mlo/pipeline/machine.hpp>
#include <mlo/pipeline/record.hpp>
#include <mlo/pipeline/scheduler.hpp>
#include <mlo/store/transfer.hpp>
#include <mlo/workspace/workspace.hpp>

/// Runs what is out of date, from the document to locks, ledger and runs (lib/pipeline/README.md, The engine).
namespace mlo::pipeline {

/// In the work tree's private folder: what an executor's guard is called.
inline constexpr std::string_view jobs_guard_name = "pipeline.jobs";

enum class Plan : std::uint8_t {
    run,
    dry,     ///< decides only: nothing in the work tree, the locks or the store changes
    glance,  ///< as dry, and starts no program: what fingerprints by `tool` answer counts as unchanged, needs as met
};
[[nodiscard]] constexpr bool only_decides(Plan plan) noexcept { return plan != Plan::run; }

struct EngineRequest {
    Selection selection{};
    Plan plan = Plan::run;
    std::uint32_t jobs = 1;                            ///< stages at once
    std::map<std::string, std::uint64_t> resources{};  ///< of this machine: "cpus", "memory", "gpus"
    GpuSet gpus{};                                     ///< "gpus" of them: each stage is told which it has
    Scheduler::KeepGoing keep_going = Scheduler::KeepGoing::no;
    bool is_forced = false;                  ///< every selected stage runs
    double verify_percent = 0;               ///< of what is up to date or could be restored, runs again to be compared
    std::vector<std::string> environment{};  ///< the caller's, whole, as KEY=VALUE
    std::string user{};                      ///< for the runs
    /// Gets what is missing of these objects from elsewhere, as far as that is possible; empty: nowhere to get it.
    std::function<void(std::span<const store::ObjectRef>)> fetch{};
};

enum class StageOutcome : std::uint8_t {
    up_to_date,
    restored,  ///< an earlier result, from the store
    recorded,  ///< nothing ran: what is there was recorded (it is frozen, or DVC's cache had lost its outputs)
    ran,
    skipped,  ///< its conditions do not hold, or those of one that it needs
    failed,
    blocked,        ///< one that it needs has failed
    not_started,    ///< others had failed, or the user stopped it
    cancelled,      ///< the user stopped it while it ran
    would_run,      ///< Plan::dry
    would_restore,  ///< Plan::dry
    would_record,   ///< Plan::dry
    may_run,        ///< Plan::dry: if one that would run makes something else than before
};
[[nodiscard]] std::string_view to_string(StageOutcome outcome) noexcept;  ///< "up-to-date"

struct StageReport {
    std::uint32_t stage = 0;
    std::string name;  ///< Pipeline::address
    StageOutcome outcome = StageOutcome::up_to_date;
    std::vector<Reason> reasons;          ///< why it ran, or would
    std::vector<std::string> notes;       ///< what else there is to say of it, in sentences
    std::int64_t duration_ms = 0;         ///< of the last attempt; of what was restored, when it was made
    std::int64_t cpu_ms = 0;              ///< of the last attempt, all of its processes together
    std::uint64_t peak_memory_bytes = 0;  ///< of the largest process of the last attempt
    std::uint32_t attempts = 0;
    std::optional<std::int32_t> exit_code;
    std::string run;                     ///< the tracked run that made its outputs, if that is known
    std::shared_ptr<const Error> error;  ///< failed
    bool is_deterministic = true;        ///< false: one key, other outputs than before
};

/// How far all is.
struct EngineStatus {
    std::size_t selected = 0;
    std::size_t finished = 0;
    std::vector<std::string> running;  ///< by name, in the order of their begin
};

/// Told by the engine's thread what happens, as it happens.
class EngineObserver {
public:
    virtual ~EngineObserver() = default;
    /// How many stages are selected; again, when a group became known.
    virtual void planned(std::size_t stages) = 0;
    /// It starts, for the `attempt`th time; the reasons are empty for all but the first.
    virtual void begun(const std::string& stage, std::span<const Reason> reasons, std::uint32_t attempt) = 0;
    virtual void output(const std::string& stage, OutputStream stream, ByteView bytes) = 0;
    /// An attempt failed, and after `delay` there is another one.
    virtual void retried(const std::string& stage, const Error& error, std::chrono::nanoseconds delay) = 0;
    virtual void ended(const StageReport& report) = 0;
    /// After each change, and at least twice a second while something runs.
    virtual void status(const EngineStatus& status) = 0;
};

struct EngineReport {
    std::vector<StageReport> stages;  ///< in the order of their ends
    std::string run;                  ///< the run that all runs of stages belong to; "" if none ran
    std::int64_t duration_ms = 0;
    std::vector<std::string> warnings;     ///< what could not be recorded, in sentences
    bool is_interrupted = false;           ///< the user asked to stop
    std::shared_ptr<const Error> trouble;  ///< what kept results from being recorded (a full disk), and ended all

    [[nodiscard]] std::size_t count(StageOutcome outcome) const noexcept;
};

/// What the engine works with; all must outlive it.
struct EngineParts {
    workspace::Workspace& workspace;
    Pipeline& pipeline;  ///< grows by the stages of groups that become known
    std::string writer;  ///< this clone's id
    Executor& executor;
    EngineObserver& observer;
};

/// Runs, or decides about, the stages selected. One `mlo run` at a time works in a work tree: another waits, naming
/// the holder. Throws what selecting throws, and what reading locks throws; what goes wrong with stages is in the
/// report.
[[nodiscard]] EngineReport run_pipeline(const EngineParts& parts, const EngineRequest& request);

}  // namespace mlo::pipeline
