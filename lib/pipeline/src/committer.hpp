// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <mlo/dvc/locks.hpp>
#include <mlo/dvc/site.hpp>
#include <mlo/pipeline/journal.hpp>
#include <mlo/pipeline/observer.hpp>
#include <mlo/pipeline/results.hpp>
#include <mlo/track/archive.hpp>

#include "stage_locks.hpp"

namespace mlo::pipeline {

/// How the run of a stage ended.
struct RunEnd {
    std::string run;  ///< "": there is none
    track::Ending ending{};
    Bytes log{};
    std::vector<track::Output> outputs{};
    std::vector<std::pair<std::string, double>> metrics{};
};

/// What is to be written down: a result, the end of a run, or both.
struct Finished {
    std::optional<JournalEntry> entry{};
    RunEnd run{};
};

/// Writes down what has finished, in a thread of its own: many results with one durable step each of store, ledger and
/// runs; locks at most once a second, and at the end. Works on when the user asks to stop: it has little to do.
class Committer {
public:
    struct Parts {
        workspace::Workspace& workspace;  ///< whose runtime cannot be stopped; for this object alone
        WithMd5 with_md5 = WithMd5::no;
        StageLocks& locks;
        std::string writer;
        std::optional<dvc::Site> site{};  ///< DVC's dialect, and DVC is here: then its cache gets the outputs too
        std::stop_token stop{};           ///< for waiting until DVC is done
    };
    explicit Committer(const Parts& parts);
    ~Committer();
    Committer(const Committer&) = delete;
    Committer& operator=(const Committer&) = delete;

    /// Adds what an earlier process left in its journal, and has the journal from then on.
    void adopt(std::unique_ptr<Journal> journal, std::vector<JournalEntry> left_over);
    /// Puts a result into the journal and the lock, and the rest on the way. Throws what Journal::append throws.
    void submit(Finished finished);
    /// Puts into the lock what was known already.
    void record(const std::string& document, const std::string& stage, const StageRecord& record);
    /// What went wrong, if anything did: nothing is written down from then on, and the journal stays.
    [[nodiscard]] std::shared_ptr<const Error> trouble() const;
    /// Waits until all is written. Returns what could not be recorded, in sentences.
    std::vector<std::string> finish();

private:
    struct Stores;
    void work();
    void commit(std::vector<Finished>& batch);
    /// An output that is in the store.
    struct Kept {
        const JournalEntry& entry;
        std::string path;
        const OutputRecord& out;
    };
    [[nodiscard]] std::vector<Kept> store_outputs(std::vector<Finished>& batch);
    void name_for_dvc(const std::vector<Kept>& kept);
    [[nodiscard]] std::optional<dvc::RepoLock> lock_out_dvc() const;
    void warn(std::string warning);
    void end_runs(std::vector<Finished>& batch);
    [[nodiscard]] std::jthread begin_thread();

    Parts parts_;
    std::unique_ptr<Stores> stores_;  ///< of the thread
    std::unique_ptr<Journal> journal_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<Finished> queue_;
    bool is_closing_ = false;
    bool has_unwritten_ = false;
    std::chrono::nanoseconds last_write_{};
    std::vector<std::string> warnings_;
    std::shared_ptr<const Error> trouble_;
    std::jthread thread_;
};

/// Where an output of a record is in the workspace.
[[nodiscard]] std::string path_of(const std::string& document, const StageRecord& record, const std::string& written);

}  // namespace mlo::pipeline
