// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <mlo/pipeline/record.hpp>
#include <mlo/util/fs.hpp>
#include <mlo/util/runtime.hpp>

namespace mlo::pipeline {

/// What one stage's execution came to, before locks, ledger and store know.
struct JournalEntry {
    std::string document;  ///< of the workspace
    std::string stage;
    std::string run;
    StageRecord record;  ///< with the states of its outputs
    std::int64_t duration_ms = 0;
    bool is_reusable = false;  ///< nothing that it followed from changed meanwhile
};

/// What has finished and is not yet in lock, ledger and store: an append-only file of checksummed lines in the work
/// tree's private folder (lib/pipeline/README.md). Each entry is in the file when append returns, and durable within a
/// tenth of a second. Whoever opens it next adopts what is there. Thread-safe.
class Journal {
public:
    static constexpr std::string_view file_name = "pipeline.journal";
    /// Who makes it durable: a thread of the journal, or each append itself.
    enum class Syncing : std::uint8_t { background, by_append };

    /// Opens it, and tells what an earlier process left, oldest first: whole lines only; a tail that was cut off is
    /// dropped, and lines that are damaged are passed over with a warning to the log. What was left stays in the file
    /// until clear. One process at a time has it: a second waits for the end of the first, and the log names that.
    /// Throws journal_newer, interrupted.
    Journal(Dir& private_dir, const Runtime& runtime, const std::function<void(JournalEntry)>& left_over,
            Syncing syncing = Syncing::background);
    /// If nothing is in it, there is no file afterwards.
    ~Journal();
    Journal(const Journal&) = delete;
    Journal& operator=(const Journal&) = delete;

    /// Throws kind io if the disk is full or fails: then the entry may be lost, but none before it is, and it may be
    /// tried again.
    void append(const JournalEntry& entry);
    /// All that was appended so far is elsewhere now: the file begins anew.
    void clear();

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace mlo::pipeline
