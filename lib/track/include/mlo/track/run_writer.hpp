// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mlo/track/run_store.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mlo::track {

/// When a point that was logged is in the run store.
enum class Commit : std::uint8_t {
    batched,  ///< within a tenth of a second, together with others: a call costs a microsecond or two
    each,     ///< when the call returns; each is a transaction
};

/// A metric and its value. A view: `key` lives as long as the call.
struct NamedValue {
    std::string_view key;
    double value = 0;
};

/// Where the points of a run go.
struct RunWriterRequest {
    std::string runs_path;  ///< that of runs.db
    std::string run;        ///< its full id
    std::string session;    ///< of the run, to say once a minute that it lives; "": somebody else says so
    Commit commit = Commit::batched;
    /// Told what was lost, or has to wait, in a sentence: each once, from the thread that found it, never from two
    /// at once. It may log, but not flush.
    std::function<void(std::string_view)> warn;
};

/// Records in one open run what a program says of it. Thread-safe. What is queued is lost if the process is killed
/// within the tenth of a second; what flush has returned for is not. A store that cannot be written to (a full disk) is
/// tried again: up to 250,000 points wait in memory meanwhile, further ones are lost, counted, and told.
class RunWriter {
public:
    /// Opens the run store. Throws what RunStore throws, run_not_found, run_ended and run_deleted.
    RunWriter(RunWriterRequest request, const Runtime& runtime);
    /// Records what is queued, if that is possible.
    ~RunWriter();
    RunWriter(const RunWriter&) = delete;
    RunWriter& operator=(const RunWriter&) = delete;

    /// Logs values of one moment: now. Without `step`, each has the one after the greatest of its metric. Throws
    /// name_invalid, run_too_large; with Commit::each everything that RunStore::record throws. Then none of them is
    /// recorded.
    void log(std::span<const NamedValue> values, std::optional<std::int64_t> step);
    /// RunStore::record, at once.
    void record(const Batch& batch);
    /// RunStore::edit, at once.
    void edit(const std::function<void(RunDocument&)>& change);

    /// Returns once everything that was logged before is in the run store. Throws what stands in the way (a later call
    /// may succeed), or what was lost since the last call.
    void flush();
    /// The last flush: nothing may be logged afterwards. Returns what was lost, in sentences.
    std::vector<std::string> finish();
    /// What was lost so far, in sentences.
    [[nodiscard]] std::vector<std::string> losses() const;

private:
    class Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace mlo::track
