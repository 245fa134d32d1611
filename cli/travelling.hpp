// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mlo/sync/events.hpp>
#include <mlo/sync/push.hpp>
#include <optional>
#include <string>
#include <vector>

#include "tracking.hpp"
#include "transfers.hpp"

/// What push, fetch and pull do with runs.
namespace mlo::cli {

/// The options that say whether data or runs travel.
struct TravelOptions {
    enum class Only : std::uint8_t { both, data, runs };

    Only only = Only::both;
    std::vector<std::string> runs;  ///< of these everything
};
void declare_travel(Args& args, TravelOptions& options, std::string_view run_doc);

/// Whether the command line names paths or revisions.
enum class Names : std::uint8_t { nothing, data };

/// The runs of a workspace on their way to or from a remote.
class RunTransfer {
public:
    /// What names data is about data alone. Throws conflicting_options.
    RunTransfer(Context& ctx, Transfer& transfer, const TravelOptions& options, Names names);

    [[nodiscard]] bool wants_data() const noexcept { return wants_data_; }
    [[nodiscard]] bool wants_runs() const noexcept { return wants_runs_; }

    /// Seals what has ended, and adds chains and what the named runs have to the request. A run store that cannot be
    /// opened is a failure among others. Throws run_not_found, run_ambiguous.
    void add_to(sync::PushRequest& request, std::vector<sync::Failure>& failures);
    /// Gets events and what shows the runs, then all that the named runs have.
    [[nodiscard]] sync::EventReport fetch(sync::DryRun dry_run);
    /// How many runs the remote lacks, and other events about runs.
    [[nodiscard]] sync::EventCounts not_pushed();

private:
    [[nodiscard]] bool has_store() const;
    [[nodiscard]] Tracking& tracking();
    [[nodiscard]] std::vector<sync::NamedRef> objects_of_named();
    [[nodiscard]] sync::Chains chains() const;
    void tell_unread();

    Context& ctx_;
    Transfer& transfer_;
    std::vector<std::string> named_;
    bool wants_data_ = true;
    bool wants_runs_ = true;
    std::optional<Tracking> tracking_;
};

/// "3 runs and 2 changes of runs"; empty for none.
[[nodiscard]] std::string count_runs(const sync::EventCounts& events);
/// Says what a fetch of runs has brought.
void show_runs(Output& out, const ConfiguredRemote& remote, const sync::EventReport& report, sync::DryRun dry_run);
/// The keys "runs" and "events".
void write_events(json::Writer& json, const sync::EventCounts& events);
/// The same, and "not_published".
void write_fetched_events(json::Writer& json, const sync::EventReport& report);

}  // namespace mlo::cli
