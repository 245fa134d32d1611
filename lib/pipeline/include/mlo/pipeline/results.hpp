// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include <mlo/ledger/ledger.hpp>
#include <mlo/pipeline/record.hpp>
#include <mlo/util/runtime.hpp>

namespace mlo::pipeline {

/// A result that some execution had: an event `stage.result` of the ledger, its subject the key.
struct StageResult {
    hash::Digest key;
    std::vector<OutputRecord> outs;  ///< all with their states
    std::string run;                 ///< the tracked run that made it
    std::int64_t duration_ms = 0;
    std::int64_t time_ms = 0;  ///< since 1970, when it was published
    std::string writer;        ///< whose event it is
};

/// The run cache: results by key, of this clone and of those whose events were fetched. One thread at a time.
class Results {
public:
    /// `log` hears of results that cannot be read. All must outlive the object.
    Results(ledger::Ledger& ledger, std::string writer, LogSink& log);

    /// All that are known and distinct by their outputs' ids, the oldest first: more than one means that the stage is
    /// not deterministic. Damaged or foreign bodies are passed over with a warning in the log.
    [[nodiscard]] std::vector<StageResult> find(const hash::Digest& key);
    /// All or none. What their cached outputs name is durable in the store before. A result that is known already is
    /// dropped; so is, with a warning in the log, one of too many outputs for an event (some five thousand).
    void publish(std::span<const StageResult> results);

private:
    ledger::Ledger& ledger_;
    std::string writer_;
    LogSink& log_;
};

}  // namespace mlo::pipeline
