// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <mlo/ledger/ledger.hpp>
#include <mlo/track/archive.hpp>
#include <mlo/track/run_store.hpp>
#include <mlo/workspace/tree_diff.hpp>
#include <mlo/workspace/workspace.hpp>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "args.hpp"
#include "output.hpp"

/// What the commands about runs have in common.
namespace mlo::cli {

class Context;

/// The run store of a workspace with its ledger and objects, opened for writing and tidied up.
class Tracking {
public:
    /// Warns of runs that were found lost. Whoever only reads says so (Access::read), and has what was last written
    /// down where nothing can be written, with a warning.
    explicit Tracking(Context& ctx, db::Access least = db::Access::write);
    /// A scratch store for one job, on the machine's own disk and removed with this object: what is recorded goes to
    /// journals in the folder `journals`, which is made, and nobody is waited for.
    Tracking(Context& ctx, const std::string& journals);
    ~Tracking();
    Tracking(const Tracking&) = delete;
    Tracking& operator=(const Tracking&) = delete;

    [[nodiscard]] workspace::Workspace& workspace() noexcept { return workspace_; }
    [[nodiscard]] track::RunStore& runs() noexcept { return runs_; }
    [[nodiscard]] ledger::Ledger& ledger() noexcept { return ledger_; }
    [[nodiscard]] track::Archive& archive() noexcept { return archive_; }
    /// RunStore::resolve.
    [[nodiscard]] std::string resolve(const std::string& text);

private:
    struct At {
        std::string folder;
        db::Access access;
    };
    Tracking(Context& ctx, const At& at);

    workspace::Workspace& workspace_;
    std::string scratch_;  ///< empty: there is none
    std::unique_ptr<Dir> folder_;
    track::RunStore runs_;
    ledger::Ledger ledger_;
    track::Archive archive_;
};

/// What can be done with the store's databases: folder and files must be writable.
[[nodiscard]] db::Access possible_access(Context& ctx);

/// The run that a command inside of a job writes to: what --run names, else MLO_RUN_ID.
class CurrentRun {
public:
    /// Opens the run store of MLO_RUN_STORE, or that of the workspace, and nothing else: a call costs milliseconds.
    CurrentRun(Context& ctx, const std::string& named);

    [[nodiscard]] track::RunStore& runs() noexcept { return *runs_; }
    [[nodiscard]] const std::string& id() const noexcept { return id_; }

private:
    std::optional<track::RunStore> runs_;
    std::string id_;
};

/// The environment of a job that cannot be recorded: in it, points may be logged, and go nowhere.
[[nodiscard]] std::vector<std::string> untracked_environment(const Context& ctx);
/// Whether this command is called by such a job, and `named` names no other run: then it has nothing to do.
[[nodiscard]] bool is_untracked(const Context& ctx, const std::string& named);

/// Where a job's run is journaled, as runs.storage says; nothing if it is written to the run store itself.
[[nodiscard]] std::optional<std::string> journals_folder(Context& ctx);

/// `named`, else MLO_RUN_ID. Throws no_current_run; `way` is how to name one.
[[nodiscard]] std::string named_run(const Context& ctx, const std::string& named, std::string_view way);

/// Whether this command runs inside of a run, which is to know what data it hands out.
[[nodiscard]] bool wants_observed(const Context& ctx);
[[nodiscard]] track::Input observed(const std::string& path, const workspace::Entry& entry);
/// Records what was handed out as inputs of the run that MLO_RUN_ID names, if that is going on in this workspace.
/// Never fails: what cannot be recorded is a warning.
void record_observed(Context& ctx, std::span<const track::Input> inputs);

/// The option --run.
void declare_run(Args& args, std::string& into);

/// "KEY=VALUE" taken apart at the first '='. Throws bad_value; `what` is the option or argument.
[[nodiscard]] std::pair<std::string, std::string> split_assignment(std::string_view text, std::string_view what);
[[nodiscard]] std::vector<std::pair<std::string, std::string>> split_assignments(const std::vector<std::string>& texts,
                                                                                 std::string_view what);
/// The value of a metric: a number, or NaN and the infinities in any common spelling. Throws bad_value.
[[nodiscard]] double parse_metric_value(std::string_view text);

/// The first eight digits of a run's id: what people see.
[[nodiscard]] std::string short_id(std::string_view id);
[[nodiscard]] Paint paint_of(track::RunState state) noexcept;
/// "2.5 s", "3 min 20 s", "1 h 5 min".
[[nodiscard]] std::string format_duration_ms(std::int64_t milliseconds);
/// To the second: on a terminal local time; else RFC 3339 in UTC.
[[nodiscard]] std::string format_moment_ms(std::int64_t time_ms, const Output& out);

}  // namespace mlo::cli
