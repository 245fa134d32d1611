// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <mlo/pipeline/engine.hpp>
#include <mlo/pipeline/observer.hpp>
#include <mlo/pipeline/results.hpp>

#include "dvc_aliases.hpp"
#include "dvc_shelf.hpp"

namespace mlo::pipeline {

/// What the ledger knows, behind a mutex.
class SharedResults {
public:
    SharedResults(ledger::Ledger& ledger, const std::string& writer, LogSink& log)
        : results_{ledger, writer, log}, aliases_{ledger, writer} {}
    [[nodiscard]] std::vector<StageResult> find(const hash::Digest& key) {
        const std::scoped_lock lock{mutex_};
        return results_.find(key);
    }
    [[nodiscard]] std::vector<store::ObjectRef> find_alias(const std::string& md5) {
        const std::scoped_lock lock{mutex_};
        return aliases_.find(md5);
    }

private:
    std::mutex mutex_;
    Results results_;
    DvcAliases aliases_;
};

/// Outputs that some earlier run made: whether they can be had, and having them. Thread-safe.
class StoredOutputs {
public:
    struct Parts {
        workspace::Workspace& workspace;
        Observer& observer;
        const EngineRequest& request;
        Dialect dialect = Dialect::mlo;
        SharedResults* results;  ///< null: there are none yet
        const DvcShelf* shelf;   ///< null: DVC is not here
    };
    explicit StoredOutputs(const Parts& parts) : parts_{parts} {}

    /// What a dvc.lock calls by its MD5 alone gets its id, if anybody knows it.
    void identify(std::vector<OutputRecord>& outs);
    [[nodiscard]] bool contains(std::span<const OutputRecord> outs);
    /// Whether DVC has in its cache what it would look for there; so it is, where it is not here.
    [[nodiscard]] bool are_kept_for_dvc(std::span<const PathState> outs) const;
    /// Makes the outputs of a stage so; with Plan::dry only finds out whether that is possible. Returns what they are
    /// then; nothing if not all can be had.
    [[nodiscard]] std::optional<std::vector<OutputRecord>> restore(const Stage& stage,
                                                                   std::span<const OutputRecord> outs);

private:
    [[nodiscard]] std::optional<store::ObjectId> id_of(const PathState& state);
    [[nodiscard]] bool could_restore(std::span<const OutputRecord> outs);
    [[nodiscard]] bool look_at(const Stage& stage, std::vector<OutputRecord>& outs);

    Parts parts_;
};

}  // namespace mlo::pipeline
