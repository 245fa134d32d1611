// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include <mlo/pipeline/engine.hpp>
#include <mlo/pipeline/results.hpp>

#include "present.hpp"
#include "stage_locks.hpp"
#include "stored_outputs.hpp"

namespace mlo::pipeline {

enum class Verdict : std::uint8_t {
    up_to_date,
    restored,
    recorded,  ///< nothing runs: what is there is to be recorded, in the lock and where outputs are kept
    must_run,
    skipped,
    failed
};

/// What is to be done about a stage.
struct Decision {
    std::uint32_t stage = 0;
    Verdict verdict = Verdict::up_to_date;
    StageRecord record;                ///< what its result follows from; if nothing is to be done, with its outputs
    std::vector<Reason> reasons;       ///< why it is not up to date
    std::vector<StageResult> earlier;  ///< of the same key
    std::optional<StageRecord> known;  ///< the lock's
    std::string run;                   ///< restored: the run that made it
    std::int64_t duration_ms = 0;      ///< restored: how long that took
    std::string note;
    bool is_to_be_kept = false;          ///< restored: who keeps outputs for DVC lacks some of them
    std::shared_ptr<const Error> error;  ///< failed
};

/// Decides about stages whose upstream is done, many at once. Thread-safe.
class Decider {
public:
    struct Parts {
        workspace::Workspace& workspace;
        const Pipeline& pipeline;
        const EngineRequest& request;
        Observer& observer;
        PresentReader& present;
        AbsentOutputs& absent;
        StageLocks& locks;
        SharedResults* results;  ///< null: there are none yet
        StoredOutputs& stored;
    };
    explicit Decider(const Parts& parts) : parts_{parts} {}

    /// Those that a selected stage needs: their outputs need not be there.
    void set_needed(std::vector<bool> needed) { is_needed_ = std::move(needed); }
    /// Throws interrupted only.
    [[nodiscard]] std::vector<Decision> decide(std::span<const std::uint32_t> stages);

private:
    void compare(Decision& decision, Present&& present);
    void compare_frozen(Decision& decision);
    [[nodiscard]] std::vector<Reason> what_differs(const Decision& decision) const;
    void check_outputs(Decision& decision, std::span<const Observation> seen);
    void record_as_it_is(Decision& decision);
    void keep_for_dvc(Decision& decision);
    void require_sources(Decision& decision);
    void look_for_result(Decision& decision);
    [[nodiscard]] bool restore(Decision& decision, std::span<const OutputRecord> outs);
    void require_outputs_of_others(Decision& decision);
    [[nodiscard]] bool is_chosen_to_verify();

    Parts parts_;
    std::vector<bool> is_needed_;
};

/// Whether both have the same outputs, each with the same content.
[[nodiscard]] bool same_outputs(std::span<const OutputRecord> a, std::span<const OutputRecord> b) noexcept;
/// How a reason shows what is at a path.
[[nodiscard]] std::string shown_state(const PathState& state);

}  // namespace mlo::pipeline
