// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include <mlo/dvc/locks.hpp>
#include <mlo/pipeline/engine.hpp>
#include <mlo/track/output_log.hpp>

#include "collector.hpp"
#include "committer.hpp"
#include "decider.hpp"
#include "engine_workers.hpp"
#include "gpu_pool.hpp"
#include "secret_mask.hpp"
#include "stage_runs.hpp"

namespace mlo::pipeline {

/// What is known of all stages, over all graphs of one command: a group may add some.
class StageStates {
public:
    enum class State : std::uint8_t {
        open,
        done,
        withheld,   ///< skipped, without outputs that could be used
        uncertain,  ///< Plan::dry: it would run, or might
        ended       ///< failed, blocked, cancelled
    };
    void grow(std::size_t stages) { states_.resize(stages, State::open); }
    [[nodiscard]] State& operator[](std::uint32_t stage) { return states_[stage]; }

private:
    std::vector<State> states_;
};

/// One graph, from its first stage to its last: asks the scheduler what is next, lets workers look, and runs commands.
class EngineLoop {
public:
    struct Parts {
        const EngineParts& engine;
        const EngineRequest& request;
        const Graph& graph;
        Scheduler& scheduler;
        Decider& decider;
        Collector& collector;
        Observer& observer;
        Surroundings& surroundings;
        StageStates& states;
        EngineReport& report;
        EngineStatus& status;
        Committer* committer;        ///< null: Plan::dry
        StageRuns* runs;             ///< null: Plan::dry
        dvc::PathLocks* path_locks;  ///< null: DVC is not here
        /// Makes git ignore what stages have made.
        std::function<void(std::vector<std::uint32_t>)> ignore;
    };
    explicit EngineLoop(const Parts& parts);
    ~EngineLoop();

    /// Returns once nothing is left to be done, or nothing can be.
    void run();
    /// Whether stages may still be begun.
    [[nodiscard]] bool is_ending() const noexcept { return is_ending_; }

private:
    /// A stage that must run, from that decision to its end.
    struct Active {
        Decision decision;
        std::uint32_t attempts = 0;
        std::uint64_t job = 0;                                                          ///< 0: none now
        enum class Paths : std::uint8_t { free, awaited, locked } paths = Paths::free;  ///< as DVC sees them
        std::string run;
        std::vector<std::string> environment;
        std::vector<std::size_t> gpus;  ///< while it runs
        SecretMask masks[2];            ///< of both streams
        track::OutputLog log;
        JobEnd end;
    };
    /// A command of `on`, of a stage that has ended.
    struct Hook {
        std::string stage;      ///< its name
        SecretMask masks[2]{};  ///< of both streams
    };
    struct Retry {
        std::chrono::nanoseconds at;
        std::uint32_t stage;
    };

    // Deciding.
    bool give_decisions();
    bool decide_by_others(std::uint32_t stage);
    void ignore_for(std::uint32_t reader);
    void apply(Decision&& decision);
    void apply_dry(Decision&& decision, const std::string& doubt);
    [[nodiscard]] StageOutcome settled(Verdict verdict) const;
    bool write_down(const Decision& decision);
    void give_up(std::uint32_t stage, const Error& error);
    [[nodiscard]] std::string doubt_about(std::uint32_t stage);

    // Running.
    bool start_jobs();
    void start(std::uint32_t stage);
    [[nodiscard]] std::vector<std::string> read_paths(const Stage& its) const;
    [[nodiscard]] std::vector<std::string> made_paths(const Stage& its) const;
    [[nodiscard]] bool lock_paths(Active& active);
    void unlock_paths(Active& active);
    void prepare(Active& active);
    void release(Active& active);
    void tell(const JobEvent& event);
    void tell_of_hook(Hook& hook, const JobEvent& event);
    void take_output(std::uint32_t stage, OutputStream stream, std::string_view text);
    void job_ended(const JobEvent& event);
    [[nodiscard]] Error error_of(const Active& active) const;
    bool retry(Active& active, const Error& error);
    void collect(Active& active);
    void finish(std::uint32_t stage, Collected&& collected);
    void fail(std::uint32_t stage, const Error& error, StageOutcome outcome);
    enum class Ended : std::uint8_t { well, badly };
    void run_hooks(const Stage& its, const std::vector<std::string>& environment, Ended ended);

    // Ending.
    void check_stop();
    void poll();
    void block(std::uint32_t failed);
    void add(StageReport report);
    [[nodiscard]] StageReport report_of(std::uint32_t stage, StageOutcome outcome) const;
    [[nodiscard]] const Stage& stage(std::uint32_t index) const { return parts_.engine.pipeline.stages[index]; }
    [[nodiscard]] RunEnd end_of(Active& active, track::RunState state);
    void show_status();

    Parts parts_;
    const Runtime& runtime_;
    EngineWorkers workers_;
    std::unordered_map<std::uint32_t, Active> active_;
    std::unordered_map<std::uint64_t, std::uint32_t> jobs_;  ///< stages by job
    std::unordered_map<std::uint64_t, Hook> hooks_;          ///< by job
    std::vector<Retry> retries_;
    std::set<std::uint32_t> to_ignore_;  ///< stages that have made something that git is to ignore
    GpuPool gpus_;
    std::uint64_t last_job_ = 0;
    bool is_ending_ = false;
    bool is_cancelled_ = false;
};

}  // namespace mlo::pipeline
